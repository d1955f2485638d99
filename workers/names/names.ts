// The host names in use, each looked up in the background: at once when it first appears, then when its TTL is over, or
// with backoff while it fails. One look-up a name at a time, however many nodes have it; nobody's request starts one.
import type { LookupFunction } from "node:net";
import { type NameState, type NameStep, nameAnswered, nameFailed } from "#lib/core/names.ts";
import { LookUpError, type LookUpOptions, makeLookUp } from "./look-up.ts";
import { Name } from "./name.ts";
import { Turnstile } from "./turnstile.ts";

export interface NamesOptions extends LookUpOptions {
  /** Its addresses changed, or it began or ceased to fail. */
  onNews?: (name: Name) => void;
  random?: () => number;
}

const MAX_AT_ONCE = 256;

export class Names {
  readonly #names = new Map<string, { name: Name; timer: NodeJS.Timeout | undefined }>();
  readonly #lookUp: ReturnType<typeof makeLookUp>;
  readonly #turnstile = new Turnstile(MAX_AT_ONCE);
  /** Who is told news; whoever has not all at hand when names are made sets it later. */
  onNews: (name: Name) => void;
  readonly #random: () => number;
  #isStopped = false;

  constructor({ onNews = () => {}, random = Math.random, ...lookUp }: NamesOptions = {}) {
    this.#lookUp = makeLookUp(lookUp);
    this.onNews = onNews;
    this.#random = random;
  }

  /** The entry of `hostname`; one that is new is looked up at once. */
  get(hostname: string): Name {
    const known = this.#names.get(hostname);
    if (known) return known.name;
    const name = new Name(hostname);
    this.#names.set(hostname, { name, timer: undefined });
    this.#refresh(name);
    return name;
  }

  /** What is known of `hostname`; undefined when it is not in use. */
  stateOf(hostname: string): NameState | undefined {
    return this.#names.get(hostname)?.name.state;
  }

  get all(): Name[] {
    return [...this.#names.values()].map(({ name }) => name);
  }

  /** As `get(hostname).lookup`, for sockets to whatever host. */
  readonly lookup: LookupFunction = (hostname, options, done) => this.get(hostname).lookup(hostname, options, done);

  /** Forgets the names that are no longer in use. */
  retain(inUse: ReadonlySet<string>): void {
    for (const [hostname, { timer }] of this.#names) {
      if (inUse.has(hostname)) continue;
      clearTimeout(timer);
      this.#names.delete(hostname);
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.retain(new Set());
  }

  async #refresh(name: Name): Promise<void> {
    const look = () => this.#lookUp(name.hostname);
    const step = await this.#turnstile.pass(look).then(
      (answer) => nameAnswered(name.state, answer, Date.now(), this.#random()),
      (cause) => {
        const fault = cause instanceof LookUpError ? cause.fault : "name-lookup-failed";
        return nameFailed(name.state, fault, Date.now(), this.#random());
      },
    );
    this.#take(name, step);
  }

  #take(name: Name, { state, nextInMs, isNews }: NameStep): void {
    // Also one that was forgotten meanwhile: connections may wait for it.
    name.become(state);
    const entry = this.#names.get(name.hostname);
    if (entry?.name !== name || this.#isStopped) return;
    entry.timer = setTimeout(() => this.#refresh(name), nextInMs);
    if (isNews) this.onNews(name);
  }
}
