// A client's connection over which HTTP/2 is spoken: what comes in is taken apart by node:http2, each stream is a request.
import { constants, performServerHandshake, type ServerHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import { CONTROL_WINDOW_MS, MAX_PINGS, MAX_SETTINGS_FRAMES, serverOptions } from "../http2/limits.ts";
import { sendShutdownNotice } from "../http2/shutdown-notice.ts";
import type { OwnedSocket } from "./client-socket.ts";
import { Http2ClientStream } from "./http2-stream.ts";
import { ClientLine } from "./line.ts";
import type { Client, ClientShell } from "./shell.ts";

const { NGHTTP2_ENHANCE_YOUR_CALM } = constants;
/** nghttp2's word for a frame that breaks the protocol. */
const NGHTTP2_ERR_PROTO = -505;

/**
 * Speaks HTTP/2 on a connection that has agreed on it: by ALPN, or with what it sent first.
 * @param socket without anybody reading from it; bytes that were read already are put back into it before
 */
export function acceptHttp2(socket: Socket, shell: ClientShell, connectionFields: string): Http2Connection {
  const owned: OwnedSocket = "owner" in socket ? (socket as OwnedSocket) : Object.assign(socket, { owner: null });
  return new Http2Connection(owned, shell, connectionFields);
}

export class Http2Connection extends ClientLine implements Client {
  readonly connectionFields: string;
  readonly #shell: ClientShell;
  readonly #session: ServerHttp2Session;
  readonly #streams = new Set<Http2ClientStream>();
  #controlSinceMs = 0;
  #pings = 0;
  #settings = 0;
  #isInDoubt = false;

  constructor(socket: OwnedSocket, shell: ClientShell, connectionFields: string) {
    super(socket);
    this.#shell = shell;
    this.connectionFields = connectionFields;
    const session = performServerHandshake(socket, serverOptions(shell.limits.maxHead));
    this.#session = session;
    session.on("error", () => {});
    this.#spare(session);
    session.on("stream", (stream, _headers, flags, raw) => {
      const request = new Http2ClientStream(stream, this, shell);
      this.#streams.add(request);
      this.noLimit();
      request.begin(raw as unknown as string[], flags);
    });
    session.on("ping", () => this.#count(++this.#pings > MAX_PINGS));
    session.on("remoteSettings", () => this.#count(++this.#settings > MAX_SETTINGS_FRAMES));
    this.limit(shell.limits.idleMs);
  }

  /**
   * node:http2 ends a connection for each frame that breaks the protocol; nghttp2 may only have reset the stream it is of:
   * one request, of many, that has more DATA than its content-length says (RFC 9113 §8.1.1).
   */
  #spare(session: ServerHttp2Session): void {
    const destroy = session.destroy.bind(session);
    session.destroy = (fault, code) => {
      const { errno, code: name } = (fault ?? {}) as NodeJS.ErrnoException;
      if (errno === NGHTTP2_ERR_PROTO && name === "ERR_HTTP2_ERROR") queueMicrotask(() => this.#doubt());
      else destroy(fault, code);
    };
  }

  /** nghttp2 hears nothing any more of a connection that it has given up: whether it has is found out by PING. */
  #doubt(): void {
    if (this.#isInDoubt || this.#session.destroyed) return;
    this.#isInDoubt = true;
    const timer = setTimeout(() => this.socket.destroy(), this.#shell.limits.lingerMs);
    this.#session.ping(() => {
      this.#isInDoubt = false;
      clearTimeout(timer);
    });
  }

  #count(isFlood: boolean): void {
    const nowMs = performance.now();
    if (nowMs - this.#controlSinceMs > CONTROL_WINDOW_MS) {
      this.#controlSinceMs = nowMs;
      this.#pings = this.#settings = 0;
    } else if (isFlood) this.#session.destroy(undefined, NGHTTP2_ENHANCE_YOUR_CALM);
  }

  streamClosed(stream: Http2ClientStream): void {
    this.#streams.delete(stream);
    if (this.#streams.size === 0) this.limit(this.#shell.limits.idleMs);
  }

  sweep(nowMs: number): void {
    for (const stream of this.#streams) stream.sweep(nowMs);
    // Idle for too long, or its end is not taken.
    if (!this.isOverdue(nowMs)) return;
    if (this.#session.closed || this.#session.destroyed) this.socket.destroy();
    else this.#leave();
  }

  /** No more requests: what is in flight is finished, then the connection ends. */
  #leave(): void {
    this.#session.close();
    if (this.#streams.size === 0) this.limit(this.#shell.limits.lingerMs);
  }

  /**
   * The process stops. The client is asked to send no more, and what it sent before it heard of it is served; where that
   * cannot be said, requests that cross our word are not, and it is told which.
   */
  stop(lastRequestMs: number): void {
    if (this.#session.closed || this.#session.destroyed) return;
    if (lastRequestMs === 0 || !sendShutdownNotice(this.socket)) {
      this.#leave();
      return;
    }
    const leave = () => {
      clearTimeout(timer);
      if (!this.#session.closed && !this.#session.destroyed) this.#leave();
    };
    const timer = setTimeout(leave, lastRequestMs);
    // It has read the notice before it answers.
    this.#session.ping(leave);
  }

  cut(): void {
    for (const stream of [...this.#streams]) stream.cut();
    if (this.#session.destroyed) this.socket.destroy();
    else this.#leave();
  }

  /** node:http2 has the bytes. */
  read(): void {}
  taken(): void {}
  stalled(): void {}

  /** A client that is done sending is taken to have left, as on HTTP/1. */
  ended(): void {
    this.#session.destroy();
  }

  closed(): void {
    this.noLimit();
    this.#session.destroy();
    this.#shell.closed(this);
  }
}
