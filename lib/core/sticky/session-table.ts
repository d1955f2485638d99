// Which session is bound to which node, as far as one process knows. Sessions that are idle for too long are forgotten, and
// when there are too many, those that were used longest ago. Several processes bind and move sessions; of two bindings the
// newer one holds, wherever it is heard of, so that all of them come to the same whatever the order in which they are told.

export interface Binding {
  nodeId: string;
  /** When the session came to this node. */
  boundMs: number;
  usedMs: number;
}

/** Processes share a clock; what claims to come from further ahead than this was written before the clock was put back. */
const MAX_AHEAD_MS = 60_000;
/** Idle ones that are looked for with each that is added: twice as many as can have come. */
const EXPIRED_AT_ONCE = 2;

export class SessionTable {
  #max: number;
  #ttlMs: number;
  /** Least recently used first, nearly: what others tell of comes last. */
  readonly #bindings = new Map<string, Binding>();
  /** By node, how many are bound to it. */
  readonly #counts = new Map<string, number>();

  /** @param max sessions, at least 1 @param ttlMs how long one may be idle */
  constructor(max: number, ttlMs: number) {
    this.#max = max;
    this.#ttlMs = ttlMs;
  }

  configure(max: number, ttlMs: number): void {
    this.#max = max;
    this.#ttlMs = ttlMs;
    this.#shrink();
  }

  get size(): number {
    return this.#bindings.size;
  }

  /** Where the session is bound to; undefined: it is not known, or was idle for too long. */
  get(session: string, nowMs: number): Binding | undefined {
    const binding = this.#bindings.get(session);
    if (binding === undefined || nowMs - binding.usedMs < this.#ttlMs) return binding;
    this.#forget(session);
    return undefined;
  }

  /** How many sessions are bound to the node: some may have been idle for too long by now, and are not looked for here. */
  countOf(nodeId: string): number {
    return this.#counts.get(nodeId) ?? 0;
  }

  #forget(session: string): void {
    const binding = this.#bindings.get(session);
    if (binding === undefined) return;
    this.#bindings.delete(session);
    const left = this.countOf(binding.nodeId) - 1;
    if (left > 0) this.#counts.set(binding.nodeId, left);
    else this.#counts.delete(binding.nodeId);
  }

  /** The same for a request of the session: it is used now. */
  use(session: string, nowMs: number): Binding | undefined {
    const binding = this.get(session, nowMs);
    if (binding === undefined) return undefined;
    binding.usedMs = Math.max(binding.usedMs, nowMs);
    this.#bindings.delete(session);
    this.#bindings.set(session, binding);
    return binding;
  }

  /**
   * Takes in what this process did or another one tells.
   * @returns `bound`: the session is bound to another node than before, or was not known; `used`: it was used later than
   * known; `known`: nothing new
   */
  merge(session: string, told: Binding, nowMs: number): "bound" | "used" | "known" {
    const known = this.get(session, nowMs);
    const usedMs = Math.min(told.usedMs, nowMs);
    const boundMs = Math.min(told.boundMs, nowMs + MAX_AHEAD_MS);
    if (nowMs - usedMs >= this.#ttlMs) return "known";
    if (known === undefined || isNewer(boundMs, told.nodeId, known)) {
      const isMove = known?.nodeId !== told.nodeId;
      this.#put(session, { nodeId: told.nodeId, boundMs, usedMs: Math.max(usedMs, known?.usedMs ?? 0) }, nowMs);
      return isMove ? "bound" : "used";
    }
    if (usedMs <= known.usedMs) return "known";
    known.usedMs = usedMs;
    return "used";
  }

  #put(session: string, binding: Binding, nowMs: number): void {
    this.#forget(session);
    this.#bindings.set(session, binding);
    this.#counts.set(binding.nodeId, this.countOf(binding.nodeId) + 1);
    let left = EXPIRED_AT_ONCE;
    for (const [oldest, { usedMs }] of this.#bindings) {
      if (left-- === 0 || nowMs - usedMs < this.#ttlMs) break;
      this.#forget(oldest);
    }
    this.#shrink();
  }

  #shrink(): void {
    for (const session of this.#bindings.keys()) {
      if (this.#bindings.size <= this.#max) return;
      this.#forget(session);
    }
  }

  entries(): Iterable<[session: string, binding: Readonly<Binding>]> {
    return this.#bindings;
  }
}

/** Of two in one millisecond the greater id holds: everywhere the same. */
const isNewer = (boundMs: number, nodeId: string, than: Binding): boolean =>
  boundMs > than.boundMs || (boundMs === than.boundMs && nodeId > than.nodeId);
