// The sessions of one node: as few as serve its requests. The first with room takes the next, so that those opened for a
// burst become idle again, and are closed in time.
import type { ConfigPool } from "#lib/contracts/config.ts";
import { MAX_NODE_STREAMS } from "../http2/limits.ts";
import type { NodeAddress } from "./address.ts";
import type { ConnectionCounts } from "./connection-counts.ts";
import { Http2Session, type SessionKeeper } from "./http2-session.ts";
import type { UpstreamStream, UpstreamUser } from "./stream.ts";

/** Counts the connections of a node. */
export interface ConnectionCounter {
  /** One came about, for a request of `flow`'s. */
  opened(flow: ConnectionCounts): void;
  closed(): void;
  /** A request of `flow`'s goes on one that is there. */
  reused(flow: ConnectionCounts): void;
}

type Settings = Pick<ConfigPool, "keepAlive" | "timeouts">;

export class Http2Sessions implements SessionKeeper {
  maxStreams = MAX_NODE_STREAMS;
  readonly #sessions: Http2Session[] = [];
  readonly #settings: () => Settings;
  readonly #counter: ConnectionCounter;

  /** @param settings of the pool, those of now @param counter is told of connections */
  constructor(settings: () => Settings, counter: ConnectionCounter) {
    this.#settings = settings;
    this.#counter = counter;
  }

  opened(flow: ConnectionCounts): void {
    this.#counter.opened(flow);
  }
  closed(): void {
    this.#counter.closed();
  }

  open(user: UpstreamUser, flow: ConnectionCounts, address: NodeAddress): UpstreamStream {
    const session = this.#sessions.find(({ hasRoom }) => hasRoom);
    if (session === undefined) return this.#connect(address, flow).open(user);
    this.#counter.reused(flow);
    return session.open(user);
  }

  #connect(address: NodeAddress, flow: ConnectionCounts): Http2Session {
    const session = new Http2Session(address, this.#settings().timeouts.connectMs, flow, this);
    this.#sessions.push(session);
    return session;
  }

  idle(session: Http2Session): void {
    session.idleSinceMs = performance.now();
    const idle = this.#sessions.filter(({ isIdle, isConnected }) => isIdle && isConnected).length;
    if (idle > this.#settings().keepAlive.maxIdlePerNode) session.retire();
  }

  forget(session: Http2Session): void {
    const at = this.#sessions.indexOf(session);
    if (at >= 0) this.#sessions.splice(at, 1);
  }

  /** Closes sessions that have been idle for too long. */
  expireIdle(nowMs: number): void {
    const { idleMs } = this.#settings().keepAlive;
    this.#retire(({ isIdle, isConnected, idleSinceMs }) => isIdle && isConnected && nowMs - idleSinceMs >= idleMs);
  }

  /** Those to addresses that the node's name no longer has take no more requests. */
  closeMoved(): void {
    this.#retire(({ isCurrent }) => !isCurrent);
  }

  /** No session takes a request from now on; those in flight are finished. */
  close(): void {
    this.#retire(() => true);
  }

  #retire(which: (session: Http2Session) => boolean): void {
    for (const session of this.#sessions.filter(which)) session.retire();
  }
}
