// One host name: what it resolves to now, who waits for its first answer, and whose turn its addresses are.
import type { LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import { AVOID_MS, addressesOf, addressOrder, familyOf, type NameState } from "#lib/core/names.ts";

export class Name {
  readonly hostname: string;
  state: NameState = { state: "pending" };
  #turn = 0;
  readonly #avoidUntilMs = new Map<string, number>();
  readonly #waiting: (() => void)[] = [];

  constructor(hostname: string) {
    this.hostname = hostname;
  }

  /** Whether `address` is one of those that connections may be kept to. */
  holds(address: string): boolean {
    return addressesOf(this.state).includes(address);
  }

  /** `address` could not be connected to: others come first for a while. */
  failed(address: string): void {
    if (this.holds(address)) this.#avoidUntilMs.set(address, performance.now() + AVOID_MS);
  }

  /** It could: its turn is as good as the others' again. */
  connected(address: string): void {
    this.#avoidUntilMs.delete(address);
  }

  become(state: NameState): void {
    this.state = state;
    for (const address of this.#avoidUntilMs.keys()) if (!this.holds(address)) this.#avoidUntilMs.delete(address);
    for (const go of this.#waiting.splice(0)) go();
  }

  /** For net.connect and tls.connect: never asks anybody. Before the first answer it waits for it. */
  readonly lookup: LookupFunction = (_hostname, options, done) => {
    if (this.state.state === "pending") {
      this.#waiting.push(() => this.lookup(_hostname, options, done));
      return;
    }
    // Later than now, so that whoever called can listen to what the socket tells of each address.
    queueMicrotask(() => {
      const addresses = this.#next(options.family);
      const [first] = addresses;
      if (!first) done(this.#error(), "", 0);
      else if (options.all) done(null, addresses);
      else done(null, first.address, first.family);
    });
  };

  #next(family: unknown): LookupAddress[] {
    const order = addressOrder(addressesOf(this.state), this.#turn++, this.#avoidUntilMs, performance.now());
    const all = order.map((address) => ({ address, family: familyOf(address) }));
    return family === 4 || family === 6 ? all.filter((address) => address.family === family) : all;
  }

  #error(): NodeJS.ErrnoException {
    const cause = this.state.state === "failing" ? this.state.cause : "name-not-found";
    const code = cause === "name-not-found" ? "ENOTFOUND" : "EAI_AGAIN";
    return Object.assign(new Error(`${this.hostname}: ${cause}`), { code });
  }
}
