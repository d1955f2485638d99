// The connections of one process to one node: idle ones kept for later requests, new ones, and the sessions of HTTP/2.
import type { ConfigPool, Protocol } from "#lib/contracts/config.ts";
import { sameValue } from "#lib/core/config/same.ts";
import { IdleClose } from "#lib/core/idle-close.ts";
import type { Names } from "#workers/names/names.ts";
import { type NodeAddress, nodeAddress } from "./address.ts";
import { type ConnectionKeeper, UpstreamConnection } from "./connection.ts";
import { ConnectionCounts } from "./connection-counts.ts";
import { Http2Sessions } from "./http2-sessions.ts";
import type { UpstreamStream, UpstreamUser } from "./stream.ts";

/** What the nodes of a pool share. */
export interface ConnectionShare {
  readonly config: ConfigPool;
  readonly names: Names;
  /** Idle connections to all of them. */
  idleConnections: number;
}

export class NodeConnections implements ConnectionKeeper {
  address: NodeAddress;
  /** After how long the node closes idle connections. */
  readonly idleClose = new IdleClose();
  open = 0;
  readonly counts = new ConnectionCounts();
  readonly #share: ConnectionShare;
  /** Most recently used last. */
  readonly #idle: UpstreamConnection[] = [];
  #protocol: Protocol;
  /** For a pool whose protocol is HTTP/2. */
  #sessions: Http2Sessions | null;
  #isClosed = false;

  constructor(url: string, share: ConnectionShare) {
    this.#share = share;
    this.address = this.#addressOf(url);
    this.#protocol = share.config.protocol;
    this.#sessions = this.#newSessions();
  }

  /** Takes the pool's settings of now. Connections to where `url` is not, or that speak otherwise, serve no more requests. */
  configure(url: string, hasMoved: boolean): void {
    const { tls, protocol } = this.#share.config;
    const isTlsChanged = this.address.tls !== null && !sameValue(this.address.tls.settings, tls);
    if (hasMoved) this.idleClose.forget();
    if (!hasMoved && !isTlsChanged && this.#protocol === protocol) return;
    this.#closeIdle();
    this.address = this.#addressOf(url);
    this.#protocol = protocol;
    this.#sessions = this.#newSessions();
  }

  #addressOf(url: string): NodeAddress {
    const { config, names } = this.#share;
    return nodeAddress(url, config.tls, names, config.protocol === "h2");
  }

  #newSessions(): Http2Sessions | null {
    return this.#protocol === "http1" ? null : new Http2Sessions(() => this.#share.config, this);
  }

  /**
   * For one request of `user`'s. @param recentMs how long a connection may have been idle to serve it
   * @param flow the counts of where the request counts
   */
  forRequest(user: UpstreamUser, flow: ConnectionCounts, nowMs: number, recentMs: number): UpstreamStream {
    const idle = this.#sessions === null ? this.#takeIdle(nowMs, recentMs) : null;
    if (idle === null) return this.connect(user, flow);
    this.reused(flow);
    idle.user = user;
    return idle;
  }

  /** An idle connection that is still good; null when there is none. */
  #takeIdle(nowMs: number, recentMs: number): UpstreamConnection | null {
    for (let connection = this.#idle.at(-1); connection !== undefined; connection = this.#idle.at(-1)) {
      const idleMs = nowMs - connection.idleSinceMs;
      // Those before it have been idle for longer still.
      if (idleMs > recentMs) return null;
      this.#idle.pop();
      this.#share.idleConnections--;
      if (!connection.isClosed && idleMs < connection.idleLimitMs && idleMs < this.idleClose.limitMs) return connection;
      connection.destroy();
    }
    return null;
  }

  /** After one that went stale: on a connection of its own, which is being made, or a session that takes requests. */
  connect(user: UpstreamUser, flow: ConnectionCounts): UpstreamStream {
    if (this.#sessions !== null) return this.#sessions.open(user, flow, this.address);
    return new UpstreamConnection(this.address, this.#share.config.timeouts.connectMs, user, flow, this);
  }

  opened(flow: ConnectionCounts): void {
    this.open++;
    this.counts.opened++;
    flow.opened++;
  }
  closed(): void {
    this.open--;
  }
  reused(flow: ConnectionCounts): void {
    this.counts.reused++;
    flow.reused++;
  }

  giveBack(connection: UpstreamConnection, address: NodeAddress, nowMs: number): void {
    const { maxIdle, maxIdlePerNode } = this.#share.config.keepAlive;
    const isFull = this.#idle.length >= maxIdlePerNode || this.#share.idleConnections >= maxIdle;
    if (isFull || this.#isClosed || address !== this.address || !connection.isCurrent) {
      connection.destroy();
      return;
    }
    connection.user = null;
    connection.timer.clear();
    connection.idleSinceMs = nowMs;
    connection.served++;
    this.#idle.push(connection);
    this.#share.idleConnections++;
  }

  /** Closes connections that have been idle for too long. */
  expireIdle(nowMs: number): void {
    this.#sessions?.expireIdle(nowMs);
    this.idleClose.expire(nowMs);
    const idleMs = Math.min(this.#share.config.keepAlive.idleMs, this.idleClose.limitMs);
    // The oldest come first, but nodes may set limits of their own.
    for (let i = this.#idle.length - 1; i >= 0; i--) {
      const connection = this.#idle[i] as UpstreamConnection;
      if (nowMs - connection.idleSinceMs < Math.min(idleMs, connection.idleLimitMs)) continue;
      this.#drop(connection);
      connection.destroy();
    }
  }

  /** Closes idle connections to addresses that the node's name no longer has. */
  closeMoved(): void {
    this.#sessions?.closeMoved();
    for (const connection of this.#idle.filter(({ isCurrent }) => !isCurrent)) {
      this.#drop(connection);
      connection.destroy();
    }
  }

  /** Keeps none from now on; what is in flight goes on. */
  close(): void {
    this.#isClosed = true;
    this.#closeIdle();
  }

  #closeIdle(): void {
    this.#sessions?.close();
    for (const connection of this.#idle.splice(0)) {
      this.#share.idleConnections--;
      connection.destroy();
    }
  }

  /** It closed. If it was idle here, the node closed it: what we close ourselves is dropped before. */
  forget(connection: UpstreamConnection): void {
    if (!this.#drop(connection)) return;
    const nowMs = performance.now();
    this.idleClose.closed(nowMs - connection.idleSinceMs, nowMs);
  }

  #drop(connection: UpstreamConnection): boolean {
    const at = this.#idle.indexOf(connection);
    if (at < 0) return false;
    this.#idle.splice(at, 1);
    this.#share.idleConnections--;
    return true;
  }
}
