// What a benchmark starts and makes, so that all of it is gone at the end: after the last figure, a fault, or Ctrl-C.
import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

export interface StartOptions {
  env?: Record<string, string>;
  stdio?: StdioOptions;
  /** Core that it is bound to, where `taskset` is there. */
  core?: number;
  /** Resolves the start: an IPC message `{type: "ready"}`, or nothing (the caller finds out). */
  ready?: "message" | "none";
  /** The user that it runs as, where it is to be another one. */
  ids?: { uid?: number; gid?: number };
  cwd?: string;
}
export interface Started {
  readonly name: string;
  readonly pid: number;
  readonly process: ChildProcess;
  /** Rejects, with what it printed, when it ends. */
  readonly failed: Promise<never>;
}

const READY_WITHIN_MS = 15_000;
const SHOWN_OUTPUT = 4_000;

export class Workshop {
  /** Temporary directory. */
  readonly dir: string;
  readonly #running = new Map<number, Started>();
  readonly #canPin = os.availableParallelism() > 1 && findProgram("taskset") !== null;

  constructor(name: string) {
    this.dir = fs.mkdtempSync(path.join(os.tmpdir(), `gb-bench-${name}-`));
    // nginx's worker is another user than root, who made this.
    fs.chmodSync(this.dir, 0o755);
    process.once("exit", () => this.#clear());
    for (const [signal, code] of [["SIGINT", 130] as const, ["SIGTERM", 143] as const, ["SIGHUP", 129] as const])
      process.once(signal, () => process.exit(code));
  }

  get canPin(): boolean {
    return this.#canPin;
  }

  file(name: string, text: string): string {
    const file = path.join(this.dir, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
    return file;
  }

  /** Starts a program in a process group of its own. Rejects with what it printed when it ends before it is ready. */
  async start(name: string, file: string, args: string[], options: StartOptions = {}): Promise<Started> {
    const { env = {}, stdio = ["ignore", "pipe", "pipe", "ipc"], core, ready = "message", ids = {}, cwd } = options;
    const pinned = core !== undefined && this.#canPin;
    const command: [string, string[]] = pinned ? ["taskset", ["-c", String(core), file, ...args]] : [file, args];
    const child = spawn(...command, { env: { ...process.env, ...env }, stdio, detached: true, cwd, ...ids });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (piece: Buffer) => {
        output = (output + piece.toString()).slice(-SHOWN_OUTPUT);
      });
    const failed = new Promise<never>((_, reject) => {
      child.once("error", reject);
      child.once("exit", (code, signal) => reject(new Error(`${name} ended (${signal ?? code})\n${output}`)));
    });
    failed.catch(() => {});
    if (child.pid === undefined) return failed;
    const started: Started = { name, pid: child.pid, process: child, failed };
    this.#running.set(child.pid, started);
    child.once("exit", () => this.#running.delete(started.pid));
    if (ready === "message") await Promise.race([readyMessage(child), failed, tooLate(name)]);
    return started;
  }

  /** Ends it at once, with whatever it started. Resolves when it is gone. */
  async stop(started: Started, signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const child = started.process;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    if (signal === "SIGKILL") killGroup(started.pid);
    else child.kill(signal);
    await gone;
    killGroup(started.pid);
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#running.values()].map((started) => this.stop(started)));
  }

  #clear(): void {
    for (const pid of this.#running.keys()) killGroup(pid);
    fs.rmSync(this.dir, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** SIGCONT first: a node that a scenario hung must not stay behind stopped. */
function killGroup(pid: number): void {
  for (const signal of ["SIGCONT", "SIGKILL"] as const)
    try {
      process.kill(-pid, signal);
    } catch {
      return; // nobody of the group is left
    }
}

const readyMessage = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    const listen = (message: unknown) => {
      if ((message as { type?: string }).type !== "ready") return;
      child.off("message", listen);
      resolve();
    };
    child.on("message", listen);
  });

const tooLate = (name: string): Promise<never> =>
  new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`${name} is not ready after ${READY_WITHIN_MS} ms`)), READY_WITHIN_MS).unref();
  });

/** Path of a program, also where an ordinary user's PATH does not lead. */
export function findProgram(name: string): string | null {
  const places = [...(process.env.PATH ?? "").split(path.delimiter), "/usr/sbin", "/sbin", "/usr/local/sbin"];
  return places.map((place) => path.join(place, name)).find((file) => fs.existsSync(file)) ?? null;
}
