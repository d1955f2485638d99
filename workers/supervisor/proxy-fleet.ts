// The proxy processes. All of them accept on one listening socket, so that they are replaced, or made more or fewer, one
// after the other without refusing a connection.
import { ManagedProcess, type ProcessSpec } from "./managed-process.ts";

/** How long a new process may take to serve before the old one is kept instead. */
const READY_WITHIN_MS = 30_000;

export type MakeProxy = (index: number, count: number) => ProcessSpec;

export class ProxyFleet {
  readonly #make: MakeProxy;
  readonly #onChange: () => void;
  #serving: ManagedProcess[] = [];
  /** Finish what is in flight. */
  readonly #leaving = new Map<ManagedProcess, Promise<void>>();
  /** An index is never used twice: for a while an old and a new process are on the bus together. */
  #nextIndex = 0;
  #isStopped = false;

  constructor(make: MakeProxy, onChange: () => void) {
    this.#make = make;
    this.#onChange = onChange;
  }

  /** Those that serve, then those that leave. */
  get processes(): readonly ManagedProcess[] {
    return [...this.#serving, ...this.#leaving.keys()];
  }

  /** Resolves when `count` processes serve, however many starts that takes. */
  async start(count: number): Promise<void> {
    this.#serving = Array.from({ length: count }, () => this.#new(count));
    await Promise.all(this.#serving.map((proxy) => proxy.start()));
  }

  /**
   * Replaces every process by a new one, `count` in the end. An old one is asked to leave when a new one serves, and takes
   * its time: see `allLeft`.
   * @throws {Error} when a new one does not come to serve: the old ones that are left go on, beside the new ones so far.
   */
  async replace(count: number): Promise<void> {
    const old = [...this.#serving];
    for (let i = 0; i < count; i++) {
      const proxy = this.#new(count);
      this.#serving.push(proxy);
      try {
        await proxy.startOnce(READY_WITHIN_MS);
      } catch (error) {
        this.#serving = this.#serving.filter((one) => one !== proxy);
        throw error;
      }
      const oldest = old.shift();
      if (oldest) this.#dismiss(oldest);
    }
    for (const surplus of old) this.#dismiss(surplus);
  }

  /** Resolves when none is left of those that were asked to leave so far. */
  async allLeft(): Promise<void> {
    await Promise.all(this.#leaving.values());
  }

  /** Ends all of them for good; each finishes what is in flight. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    // Those that leave already have less time now.
    for (const proxy of this.#leaving.keys()) void proxy.stop();
    for (const proxy of this.#serving) this.#leave(proxy, proxy.stop());
    await this.allLeft();
  }

  #new(count: number): ManagedProcess {
    if (this.#isStopped) throw new Error("the product is stopping");
    return new ManagedProcess(this.#make(this.#nextIndex++, count), this.#onChange);
  }

  #dismiss(proxy: ManagedProcess): void {
    this.#leave(proxy, proxy.dismiss());
  }

  #leave(proxy: ManagedProcess, ended: Promise<void>): void {
    this.#serving = this.#serving.filter((one) => one !== proxy);
    this.#leaving.set(
      proxy,
      ended.finally(() => this.#leaving.delete(proxy)),
    );
  }
}
