// One child that is kept alive until it is told to stop. Every start asks the spec for its command anew, and every end
// that was not asked for is followed by a restart: the first at once, then with growing waits, for ever.
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { restartDelayMs, STABLE_AFTER_MS } from "./backoff.ts";
import { messageOf } from "./faults.ts";
import { warn } from "./log.ts";
import { signalGroup } from "./process-identity.ts";

/** `spawned` is called right after the child was started: what was opened for it may be closed. */
export type Command = { file: string; args: string[]; options: SpawnOptions; spawned?(): void };
export type StopStep = { signal: NodeJS.Signals; graceMs: number };

export type ProcessSpec = {
  name: string;
  command(): Command | Promise<Command>;
  /** `message`: the child sends `{type: "ready"}`. A function resolves when the child serves, or rejects. */
  ready: "message" | ((child: ChildProcess, gone: AbortSignal) => Promise<void>);
  /** Signals of an ordered stop with the time each gets; SIGKILL follows the last. */
  stop: readonly StopStep[];
  /** The same for one whose place another has taken, where that is not as urgent. */
  dismiss?: readonly StopStep[];
};

type State =
  | { name: "stopped" }
  | { name: "launching" }
  | { name: "running"; child: ChildProcess; readyAtMs: number | null; gone: AbortController }
  | { name: "waiting"; timer: NodeJS.Timeout };

export class ManagedProcess {
  readonly name: string;
  readonly #spec: ProcessSpec;
  readonly #onChange: () => void;
  #state: State = { name: "stopped" };
  #stopping = false;
  #failures = 0;
  /** One try, until it is ready for the first time. */
  #givesUp = false;
  #firstReady = Promise.withResolvers<void>();

  /** `onChange` is called whenever the child's pid appears or goes. */
  constructor(spec: ProcessSpec, onChange: () => void = () => {}) {
    this.name = spec.name;
    this.#spec = spec;
    this.#onChange = onChange;
  }

  get pid(): number | undefined {
    return this.#state.name === "running" ? this.#state.child.pid : undefined;
  }

  /** Starts the child unless it was started before. Resolves when it is first ready, however many starts that takes. */
  start(): Promise<void> {
    if (this.#state.name === "stopped" && !this.#stopping) void this.#launch();
    return this.#firstReady.promise;
  }

  /**
   * Starts the child, which from its being ready on is kept alive as any other. When it ends before, or takes longer than
   * `withinMs`, it is ended for good.
   * @throws {Error} that says which
   */
  async startOnce(withinMs: number): Promise<void> {
    this.#givesUp = true;
    const ready = this.start().then(() => {
      this.#givesUp = false;
    });
    try {
      if (!(await within(ready, withinMs))) throw new Error(`${this.name} is not ready after ${withinMs / 1_000} s`);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Ends the child so that it starts again with what its spec says now. */
  restart(): void {
    if (this.pid !== undefined) signalGroup(this.pid, "SIGKILL");
  }

  /** Ends a child that is not needed any more; `stop` may still hurry it. */
  dismiss(): Promise<void> {
    return this.stop(this.#spec.dismiss);
  }

  /** Ends the child for good; resolves when it is gone. It takes at most the sum of the steps' times, then SIGKILL. */
  async stop(steps: readonly StopStep[] = this.#spec.stop): Promise<void> {
    this.#stopping = true;
    if (this.#givesUp) this.#firstReady.reject(new Error(`${this.name} is stopped`));
    if (this.#state.name === "waiting") clearTimeout(this.#state.timer);
    if (this.#state.name !== "running") return;
    const { child } = this.#state;
    const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    for (const { signal, graceMs } of [...steps, { signal: "SIGKILL", graceMs: 5_000 } as const]) {
      if (child.exitCode !== null || child.signalCode !== null) break;
      if (child.pid !== undefined) signalGroup(child.pid, signal);
      if (await within(exited, graceMs)) break;
    }
    // What the child itself may have left behind: `next dev`, say, runs a child of its own.
    if (child.pid !== undefined) signalGroup(child.pid, "SIGKILL");
  }

  async #launch(): Promise<void> {
    this.#state = { name: "launching" };
    try {
      const { file, args, options, spawned } = await this.#spec.command();
      if (this.#stopping) return spawned?.();
      // Its own process group: Ctrl-C reaches the supervisor alone, which stops everything in order.
      this.#watch(spawn(file, args, { ...options, detached: true }));
      spawned?.();
    } catch (error) {
      this.#ended(messageOf(error), null);
    }
  }

  #watch(child: ChildProcess): void {
    const gone = new AbortController();
    const running = { name: "running" as const, child, readyAtMs: null as number | null, gone };
    this.#state = running;
    this.#onChange();
    const ready = () => {
      running.readyAtMs ??= performance.now();
      this.#firstReady.resolve();
    };
    let over = false;
    const end = (how: string) => {
      if (over) return;
      over = true;
      gone.abort();
      this.#ended(how, running.readyAtMs);
    };
    child.once("error", (error) => child.pid === undefined && end(messageOf(error)));
    child.once("exit", (code, signal) => end(signal ?? `exit code ${code}`));
    if (this.#spec.ready === "message")
      child.on("message", (message: { type?: string }) => message?.type === "ready" && ready());
    else
      this.#spec.ready(child, gone.signal).then(
        () => gone.signal.aborted || ready(),
        (error) => gone.signal.aborted || warn(`${this.name} is not ready: ${messageOf(error)}`),
      );
  }

  #ended(how: string, readyAtMs: number | null): void {
    this.#state = { name: "stopped" };
    this.#onChange();
    if (this.#stopping) return;
    if (this.#givesUp) {
      this.#firstReady.reject(new Error(`${this.name} ended (${how})`));
      return;
    }
    if (readyAtMs !== null && performance.now() - readyAtMs >= STABLE_AFTER_MS) this.#failures = 0;
    const delayMs = restartDelayMs(this.#failures++);
    warn(`${this.name} ended (${how}), starting it again ${delayMs === 0 ? "now" : `in ${delayMs} ms`}`);
    this.#state = { name: "waiting", timer: setTimeout(() => void this.#launch(), delayMs) };
  }
}

/** Whether `done` comes within `ms`. */
async function within(done: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  return Promise.race([done.then(() => true), late]).finally(() => clearTimeout(timer));
}
