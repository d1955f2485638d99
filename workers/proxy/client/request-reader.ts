// Takes what an HTTP/1 client sends apart: head, body, and so on; requests that come ahead of their turn are kept for
// later, within bounds. What becomes of them is decided by the connection that this is the reading half of.
import type { PieceSink } from "../http/chunked.ts";
import type { Fields } from "../http/fields.ts";
import { readProxyHeader } from "../http/proxy-protocol.ts";
import type { HeadFault, RequestHead } from "../http/request-head.ts";
import { paceFault } from "./body-pace.ts";
import { BodyReader } from "./body-reader.ts";
import { readRequestHead } from "./head-reader.ts";
import type { ClientLimits } from "./limits.ts";
import { ClientLine } from "./line.ts";

type Phase = "announcement" | "head" | "body" | "waiting" | "tunnel" | "closing";

/** Pipelined bytes kept while a request is served; beyond it reading pauses. */
const MAX_AHEAD = 65_536;

/** Made so that HTTP/1 takes it for a request of a version that it does not know (RFC 9113 §3.4). */
const PREFACE = "PRI * HTTP/2.0\r\n\r\n";
const startsHttp2 = (bytes: Buffer, at: number, end: number): boolean =>
  end - at >= PREFACE.length && bytes.toString("latin1", at, at + PREFACE.length) === PREFACE;

export abstract class RequestReader extends ClientLine implements PieceSink {
  protected abstract readonly limits: ClientLimits;
  protected phase: Phase = "head";
  /** Bytes not yet understood: the start of a head, or requests that came ahead of their turn. */
  protected rest: Buffer | null = null;
  protected isConsuming = false;
  /** A head has begun, and must be whole in time. */
  protected isHeadTimed = false;
  /** A piece of the body met congestion. */
  protected wantsPause = false;
  #body: BodyReader | null = null;
  #hasHadHead = false;

  /** @returns where the request's bytes end, as far as they are there; -1 when nothing more is to be read */
  protected abstract headRead(head: RequestHead, bytes: Buffer, at: number, end: number): number;
  abstract piece(bytes: Buffer, start: number, end: number): void;
  protected abstract bodyRead(trailers: Fields | null): void;
  protected abstract tunnelled(bytes: Buffer, start: number, end: number): void;
  /** It is known whose connection it is. @returns whether it may stay */
  abstract comeIn(): boolean;
  /** The connection begins with the preface of HTTP/2. */
  protected abstract speaksHttp2(preface: Buffer): void;
  /** What was read is no proper request. @returns -1 */
  protected abstract refuse(fault: HeadFault): -1;

  read(bytes: Buffer, length: number): void {
    if (this.phase === "closing") return;
    const joined = this.rest ? Buffer.concat([this.rest, bytes.subarray(0, length)]) : bytes;
    const end = this.rest ? joined.length : length;
    this.rest = null;
    this.#consume(joined, 0, end);
  }

  /** Goes on with what was kept for later. */
  protected readRest(): void {
    const { rest } = this;
    this.rest = null;
    if (rest) this.#consume(rest, 0, rest.length);
  }

  #consume(bytes: Buffer, start: number, end: number): void {
    this.isConsuming = true;
    let at = start;
    while (at < end && at >= 0) {
      if (this.phase === "head") at = this.#readHead(bytes, at, end);
      else if (this.phase === "body") at = this.readBody(bytes, at, end);
      else if (this.phase === "announcement") at = this.#readAnnouncement(bytes, at, end);
      else if (this.phase === "waiting") at = this.#keepForLater(bytes, at, end);
      else if (this.phase === "tunnel") {
        this.tunnelled(bytes, at, end);
        at = end;
      } else break;
    }
    this.isConsuming = false;
  }

  /** It begins with a header of the PROXY protocol, which must come whole in time. */
  awaitAnnouncement(): void {
    this.phase = "announcement";
    this.limit(this.limits.headMs);
  }

  #announced(address: string | null): boolean {
    if (address !== null) this.address = this.socket.announcedAddress = address;
    this.phase = "head";
    this.limit(this.limits.idleMs);
    return this.comeIn();
  }

  /** Nothing comes before it, so that it begins with the bytes. */
  #readAnnouncement(bytes: Buffer, at: number, end: number): number {
    const read = readProxyHeader(bytes, end);
    if (read.kind === "fault") return this.refuse({ code: "bad-request", detail: read.detail });
    if (read.kind === "header") return this.#announced(read.source) ? read.end : -1;
    this.rest = Buffer.from(bytes.subarray(at, end));
    return -1;
  }

  /** @returns where it stopped, or -1 when nothing more is to be read. */
  #readHead(bytes: Buffer, from: number, end: number): number {
    const read = readRequestHead(bytes, from, end, this.limits);
    if (read.kind === "fault") {
      if (this.#hasHadHead || !startsHttp2(bytes, from, end)) return this.refuse(read.fault);
      this.speaksHttp2(bytes.subarray(from, end));
      return -1;
    }
    if (read.kind === "head") {
      this.#hasHadHead = true;
      this.isHeadTimed = false;
      return this.headRead(read.head, bytes, read.end, end);
    }
    if (read.at === end) return end;
    // The limit is for the whole head, however slowly its pieces come.
    if (!this.isHeadTimed) this.limit(this.limits.headMs);
    this.isHeadTimed = true;
    this.rest = Buffer.from(bytes.subarray(read.at, end));
    return -1;
  }

  /** A body follows. */
  protected awaitBody(head: RequestHead): void {
    this.phase = "body";
    this.#body = new BodyReader(head.body, performance.now());
    this.limit(this.limits.bodyIdleMs);
  }

  protected readBody(bytes: Buffer, at: number, end: number): number {
    const body = this.#body as BodyReader;
    const stop = body.read(bytes, at, end, this);
    // A piece may have been one too many: the request is answered, and the rest of it is of no interest.
    if (this.phase === "closing") return -1;
    if (stop < 0) return this.refuse({ code: "ambiguous-request", detail: body.fault });
    if (body.isDone) {
      this.#body = null;
      this.wantsPause = false;
      this.phase = "waiting";
      this.noLimit();
      this.bodyRead(body.trailers);
    } else if (this.wantsPause) {
      this.noLimit();
      this.holdReading();
      body.pace.paused(performance.now());
    } else this.#limitBody(body);
    return stop;
  }

  #limitBody(body: BodyReader): void {
    this.limit(body.pace.dueInMs(performance.now(), this.limits));
  }

  /** Whoever takes the body wants more of it. */
  protected readBodyOn(): void {
    this.wantsPause = false;
    if (this.#body !== null) {
      this.#body.pace.resumed(performance.now());
      this.#limitBody(this.#body);
    }
    this.readOn();
  }

  /** Why the body did not come in time. */
  protected bodyFault(): HeadFault {
    return paceFault(this.#body?.pace.isTooSlow(performance.now(), this.limits) ?? false, this.limits);
  }

  #keepForLater(bytes: Buffer, at: number, end: number): number {
    this.rest = Buffer.from(bytes.subarray(at, end));
    if (this.rest.length > MAX_AHEAD) this.holdReading();
    return -1;
  }
}
