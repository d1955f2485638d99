// A connection to a node over which HTTP/2 is spoken, for many requests at once.
import http2, { type ClientHttp2Session, type ClientHttp2Stream, type ClientSessionRequestOptions } from "node:http2";
import net from "node:net";
import tls from "node:tls";
import type { NodeTls } from "#workers/tls/node-tls.ts";
import { clientOptions, MAX_NODE_STREAMS, PING_AFTER_MS, PING_WITHIN_MS } from "../http2/limits.ts";
import { LazyTimer } from "../lazy-timer.ts";
import type { NodeAddress } from "./address.ts";
import type { ConnectionCounts } from "./connection-counts.ts";
import { resolvingOf, watchAddresses } from "./dial.ts";
import { Http2UpstreamStream } from "./http2-stream.ts";
import type { UpstreamUser } from "./stream.ts";

export interface SessionKeeper {
  /** Requests that the node takes at once, as far as it has said: a new session knows only later. */
  maxStreams: number;
  /** It serves nobody now. */
  idle(session: Http2Session): void;
  /** It takes no more requests. */
  forget(session: Http2Session): void;
  /** It came about, for a request of `flow`'s; and it is closed. */
  opened(flow: ConnectionCounts): void;
  closed(): void;
}

export class Http2Session {
  isConnected = false;
  tcpConnectedMs: number | null = null;
  idleSinceMs = 0;
  readonly scheme: "http" | "https";
  readonly #address: NodeAddress;
  readonly #keeper: SessionKeeper;
  readonly #madeFor: ConnectionCounts;
  readonly #socket: net.Socket;
  readonly #session: ClientHttp2Session;
  readonly #streams = new Set<Http2UpstreamStream>();
  /** Limits the connect, then watches for a node that has gone silent. */
  readonly #timer = new LazyTimer(() => this.#due());
  #maxStreams: number;
  #isClosing = false;
  #hasServed = false;
  #ip = "";
  #errorCode: string | null = null;
  /** Streams above it were not processed; from GOAWAY. */
  #lastStreamId = Number.POSITIVE_INFINITY;
  #heardMs = 0;
  /** A PING that was sent, for which silence; none twice for one, as gRPC servers count them as abuse. */
  #ping: { sinceMs: number; isAnswered: boolean } | null = null;

  /** @param madeFor the counts of the flow whose request it is made for */
  constructor(address: NodeAddress, connectMs: number, madeFor: ConnectionCounts, keeper: SessionKeeper) {
    this.#address = address;
    this.#keeper = keeper;
    this.#madeFor = madeFor;
    this.#maxStreams = keeper.maxStreams;
    this.scheme = address.tls ? "https" : "http";
    this.#socket = address.tls
      ? this.#connectTls(address, address.tls, connectMs)
      : this.#connectTcp(address, connectMs);
    if (address.name)
      watchAddresses(this.#socket, address.name, (ip) => {
        this.#ip = ip;
      });
    this.#session = http2.connect(`${this.scheme}://${address.host}`, {
      ...clientOptions,
      createConnection: () => this.#socket,
    });
    this.#timer.set(connectMs);
    this.#listen(this.#session);
  }

  #connectTcp({ hostname, port }: NodeAddress, connectMs: number): net.Socket {
    return net.connect({ host: hostname, port, noDelay: true, ...resolvingOf(this.#address, connectMs) });
  }

  #connectTls({ hostname, port }: NodeAddress, { options }: NodeTls, connectMs: number): net.Socket {
    const resolving = resolvingOf(this.#address, connectMs);
    const socket = tls.connect({ host: hostname, port, ALPNProtocols: ["h2"], ...options, ...resolving });
    socket.once("connect", () => {
      this.tcpConnectedMs = performance.now();
    });
    // Before node:http2 speaks: a node that did not agree would take it for something else.
    socket.once("secureConnect", () => {
      if (socket.alpnProtocol !== "h2") socket.destroy(Object.assign(new Error("no ALPN"), { code: "ERR_TLS_NO_H2" }));
    });
    return socket;
  }

  #listen(session: ClientHttp2Session): void {
    session.on("connect", () => this.#connected());
    session.on("remoteSettings", ({ maxConcurrentStreams }) => {
      this.#maxStreams = Math.min(MAX_NODE_STREAMS, maxConcurrentStreams ?? MAX_NODE_STREAMS);
      this.#keeper.maxStreams = this.#maxStreams;
    });
    session.on("goaway", (_code, lastStreamId) => {
      this.#lastStreamId = lastStreamId;
      this.retire();
    });
    session.on("error", (error: NodeJS.ErrnoException) => {
      this.#errorCode ??= error.code ?? "ERR_HTTP2_SESSION_ERROR";
    });
    session.on("close", () => this.#ended());
  }

  #connected(): void {
    if (this.#session.destroyed) return;
    this.isConnected = true;
    this.#keeper.opened(this.#madeFor);
    this.#timer.clear();
    this.#address.name?.connected(this.#ip);
    if (this.#streams.size === 0) this.#keeper.idle(this);
    for (const stream of [...this.#streams]) stream.user?.connected();
  }

  /** Whether it takes one more request. */
  get hasRoom(): boolean {
    return !this.#isClosing && !this.#session.closed && this.#streams.size < this.#maxStreams;
  }
  get isIdle(): boolean {
    return this.#streams.size === 0;
  }
  /** Whether it goes where the node is now: names move. */
  get isCurrent(): boolean {
    return this.#address.name === null || !this.isConnected || this.#address.name.holds(this.#ip);
  }

  open(user: UpstreamUser): Http2UpstreamStream {
    const stream = new Http2UpstreamStream(this, user, this.#hasServed && this.#streams.size === 0);
    this.#streams.add(stream);
    return stream;
  }

  request(raw: readonly string[], options: ClientSessionRequestOptions): ClientHttp2Stream {
    this.#hasServed = true;
    if (this.#timer.isIdle) this.#timer.set(PING_AFTER_MS);
    this.#heardMs = Math.max(this.#heardMs, this.#streams.size === 1 ? performance.now() : 0);
    return this.#session.request(raw, options);
  }

  /** Whether the node has said that it did nothing about a stream. */
  hasPassedOver(streamId: number): boolean {
    return streamId > this.#lastStreamId;
  }

  closed(stream: Http2UpstreamStream): void {
    if (!this.#streams.delete(stream) || this.#streams.size > 0) return;
    this.idleSinceMs = performance.now();
    if (this.isConnected && !this.#isClosing) this.#keeper.idle(this);
  }

  // --- silence -------------------------------------------------------------------------------------------------------

  /** The node has sent something. */
  heard(): void {
    this.#heardMs = performance.now();
  }

  #due(): void {
    if (!this.isConnected) {
      this.#errorCode = "ETIMEDOUT";
      this.#session.destroy();
    } else this.#watchSilence(performance.now());
  }

  /**
   * A node whose host has vanished says nothing, not even that. It is asked for a sign of life once for each silence in
   * which it owes an answer; without one, no request may wait on this connection, and none goes there any more.
   */
  #watchSilence(nowMs: number): void {
    if (![...this.#streams].some(({ isAwaiting }) => isAwaiting)) return;
    const leftMs = this.#heardMs + PING_AFTER_MS - nowMs;
    const ping = this.#ping;
    if (leftMs > 0) this.#timer.set(leftMs);
    else if (ping?.sinceMs !== this.#heardMs) this.#sendPing();
    else if (ping.isAnswered) this.#timer.set(PING_AFTER_MS);
    else {
      this.#errorCode = "ETIMEDOUT";
      this.#session.destroy();
    }
  }

  #sendPing(): void {
    const ping = { sinceMs: this.#heardMs, isAnswered: false };
    this.#ping = ping;
    this.#timer.set(PING_WITHIN_MS);
    if (this.#session.destroyed) return;
    this.#session.ping((fault) => {
      ping.isAnswered = fault === null;
    });
  }

  // --- its end -------------------------------------------------------------------------------------------------------

  /** Takes no more requests, and closes when those in flight are done. */
  retire(): void {
    if (!this.#isClosing) this.#keeper.forget(this);
    this.#isClosing = true;
    if (!this.isConnected && this.isIdle) this.#session.destroy();
    else this.#session.close();
  }

  #ended(): void {
    this.#timer.stop();
    if (!this.#isClosing) this.#keeper.forget(this);
    this.#isClosing = true;
    if (this.isConnected) {
      this.#keeper.closed();
      return;
    }
    this.#address.name?.failed(this.#ip);
    for (const stream of [...this.#streams]) stream.neverConnected(this.#errorCode);
    this.#streams.clear();
  }
}
