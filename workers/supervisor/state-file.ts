// supervisor.json: who runs this data directory, and which processes it started. It is the lock against a second
// supervisor, and what the next one reads after this one was killed. (Of two that break a stale lock in the same
// instant, the ports stop the second.)
import fs from "node:fs";
import { identify, isRunning, type ProcessIdentity } from "./process-identity.ts";

export type ChildRecord = ProcessIdentity & { name: string };
type Contents = { supervisor: ProcessIdentity; children: ChildRecord[] };

export class StateFile {
  readonly #file: string;
  readonly #self: ProcessIdentity;
  /** What a dead supervisor had running. */
  readonly leftovers: ChildRecord[];

  /** @throws {Error} when another supervisor holds the data directory. */
  constructor(file: string) {
    const self = identify(process.pid);
    if (self === undefined) throw new Error("cannot read this process's own start time");
    this.#file = file;
    this.#self = self;
    const before = read(file);
    if (before && before.supervisor.pid !== process.pid && isRunning(before.supervisor))
      throw new Error(`is in use by a Gemini Balance that runs already (process ${before.supervisor.pid})`);
    this.leftovers = (before?.children ?? []).filter(isRunning);
    fs.rmSync(file, { force: true });
    fs.writeFileSync(file, serialise({ supervisor: self, children: this.leftovers }), { flag: "wx", mode: 0o600 });
  }

  write(children: readonly { name: string; pid: number }[]): void {
    const records = children.flatMap(({ name, pid }) => {
      const identity = identify(pid);
      return identity ? [{ name, ...identity }] : [];
    });
    const draft = `${this.#file}.${process.pid}`;
    fs.writeFileSync(draft, serialise({ supervisor: this.#self, children: records }), { mode: 0o600 });
    fs.renameSync(draft, this.#file);
  }

  release(): void {
    fs.rmSync(this.#file, { force: true });
  }
}

const serialise = (contents: Contents): string => `${JSON.stringify(contents, null, 2)}\n`;

function read(file: string): Contents | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8")) as Contents;
  } catch {
    return undefined; // none, or cut off by a crash: there is nothing to learn from it
  }
}
