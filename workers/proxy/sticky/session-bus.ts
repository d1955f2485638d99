// What the proxy processes of a worker tell each other, through control, of sessions that they learned. A session is told of
// before the answer goes out that teaches it, and who meets an unknown one asks: so the next request of a session finds its
// node in whichever process it arrives. Nobody waits long, and while control is away each process goes by what it knows.
import type { SessionAnswer, SessionAsk, SessionTuple, ToControl } from "#lib/contracts/bus.ts";
import type { Binding } from "#lib/core/sticky/session-table.ts";

/**
 * How long a request waits for control's answer at most, and for how long none waits after one has in vain. Control answers in
 * a millisecond; where it is slow, or hangs, a session at the wrong node is worse than a moment.
 */
const ANSWER_WITHIN_MS = 500;
const SILENT_MS = 2_000;
/** How often it is told that sessions are in use, and how many are told of in one message. */
const TELL_MS = 1_000;
const AT_ONCE = 2_000;

export type SessionMessage = Extract<ToControl, { type: "sessions" | "session-asks" }>;

/** The learned sessions of one pool. */
export interface SessionsOfPool {
  readonly poolId: string;
  /** Control or a sibling tells of them. */
  hear(sessions: readonly SessionTuple[]): void;
  all(): Iterable<[session: string, binding: Readonly<Binding>]>;
}

export interface SessionBusOptions {
  send: (message: SessionMessage) => void;
  waitMs?: number | undefined;
  /** Those of all pools that learn now. */
  pools: () => Iterable<SessionsOfPool>;
}

/** @param nodeId where the session is bound to; null: control did not say in time */
type Told = (nodeId: string | null) => void;

export class SessionBus {
  readonly #options: SessionBusOptions;
  readonly #waitMs: number;
  #isConnected = false;
  #silentUntilMs = 0;
  /** To be sent with the others of this turn. */
  #asks: SessionAsk[] = [];
  /** By pool and session: who waits, and since when. In the order asked. */
  readonly #asked = new Map<string, { atMs: number; waiting: Told[] }>();
  #used = new Map<string, SessionTuple[]>();
  #patience: NodeJS.Timeout | undefined;
  #telling: NodeJS.Timeout | undefined;

  constructor(options: SessionBusOptions) {
    this.#options = options;
    this.#waitMs = options.waitMs ?? ANSWER_WITHIN_MS;
  }

  /** Whether a request may wait for control. */
  get isAnswering(): boolean {
    return this.#isConnected && performance.now() >= this.#silentUntilMs;
  }

  /** Control may know less than we do, if it has lost its file, or more. */
  connected(): void {
    this.#isConnected = true;
    this.#silentUntilMs = 0;
    for (const { poolId, all } of [...this.#options.pools()].map((pool) => ({
      poolId: pool.poolId,
      all: pool.all(),
    }))) {
      let sessions: SessionTuple[] = [];
      for (const [session, { nodeId, boundMs, usedMs }] of all) {
        sessions.push([session, nodeId, boundMs, usedMs]);
        if (sessions.length < AT_ONCE) continue;
        this.#options.send({ type: "sessions", poolId, sessions });
        sessions = [];
      }
      if (sessions.length > 0) this.#options.send({ type: "sessions", poolId, sessions });
    }
  }

  disconnected(): void {
    this.#isConnected = false;
    this.#asks = [];
    for (const key of [...this.#asked.keys()]) this.#resolve(key, null);
  }

  /** A session came to a node: told at once, before the answer that it came from is sent on. */
  tell(poolId: string, session: SessionTuple): void {
    if (this.#isConnected) this.#options.send({ type: "sessions", poolId, sessions: [session] });
  }

  /** A session is in use: told with others. */
  used(poolId: string, session: SessionTuple): void {
    const list = this.#used.get(poolId);
    if (list === undefined) this.#used.set(poolId, [session]);
    else list.push(session);
    this.#telling ??= setTimeout(() => this.#tellUsed(), TELL_MS).unref();
  }

  #tellUsed(): void {
    this.#telling = undefined;
    const used = this.#used;
    this.#used = new Map();
    if (!this.#isConnected) return;
    for (const [poolId, sessions] of used)
      for (let at = 0; at < sessions.length; at += AT_ONCE)
        this.#options.send({ type: "sessions", poolId, sessions: sessions.slice(at, at + AT_ONCE) });
  }

  /** Asks where a session is bound to; to the node proposed, if to none yet. Only while control answers. */
  ask(ask: SessionAsk, told: Told): void {
    const key = keyOf(ask);
    const asked = this.#asked.get(key);
    if (asked !== undefined) {
      asked.waiting.push(told);
      return;
    }
    this.#asked.set(key, { atMs: performance.now(), waiting: [told] });
    this.#patience ??= setTimeout(() => this.#outOfPatience(), this.#waitMs);
    if (this.#asks.length === 0) queueMicrotask(() => this.#flush());
    this.#asks.push(ask);
  }

  #flush(): void {
    const asks = this.#asks;
    this.#asks = [];
    if (asks.length > 0) this.#options.send({ type: "session-asks", asks });
  }

  answered(answers: readonly SessionAnswer[]): void {
    this.#silentUntilMs = 0;
    const pools = new Map([...this.#options.pools()].map((pool) => [pool.poolId, pool]));
    for (const { poolId, session } of answers) {
      pools.get(poolId)?.hear([session]);
      const [token, nodeId] = session;
      this.#resolve(keyOf({ poolId, session: token }), nodeId);
    }
  }

  hear(poolId: string, sessions: readonly SessionTuple[]): void {
    for (const pool of this.#options.pools()) if (pool.poolId === poolId) pool.hear(sessions);
  }

  #resolve(key: string, nodeId: string | null): void {
    const asked = this.#asked.get(key);
    this.#asked.delete(key);
    for (const told of asked?.waiting ?? []) told(nodeId);
  }

  /** Whoever has waited for long enough goes on without control. */
  #outOfPatience(): void {
    this.#patience = undefined;
    const nowMs = performance.now();
    for (const [key, { atMs }] of this.#asked) {
      const leftMs = atMs + this.#waitMs - nowMs;
      if (leftMs > 0) {
        this.#patience = setTimeout(() => this.#outOfPatience(), Math.ceil(leftMs));
        return;
      }
      this.#silentUntilMs = nowMs + SILENT_MS;
      this.#resolve(key, null);
    }
  }

  stop(): void {
    clearTimeout(this.#patience);
    clearTimeout(this.#telling);
  }
}

const keyOf = ({ poolId, session }: Pick<SessionAsk, "poolId" | "session">): string => `${poolId} ${session}`;
