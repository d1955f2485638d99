// One request at a node that speaks HTTP/2: a stream of one of its sessions.
import { type ClientHttp2Stream, constants } from "node:http2";
import type { Fields } from "../http/fields.ts";
import type { ResponseHead } from "../http/response-head.ts";
import { trailerFields } from "../http/serialise.ts";
import { parseHttp2Answer } from "../http2/answer-head.ts";
import { parseHttp2Trailers } from "../http2/request-head.ts";
import { http2Request, http2Trailers } from "../http2/translate.ts";
import { LazyTimer } from "../lazy-timer.ts";
import type { Http2Session } from "./http2-session.ts";
import { CONGESTED, type Loss, type UpstreamStream, type UpstreamUser } from "./stream.ts";

const { NGHTTP2_CANCEL, NGHTTP2_REFUSED_STREAM } = constants;
const END_STREAM = 1;

export class Http2UpstreamStream implements UpstreamStream {
  user: UpstreamUser | null;
  readonly #session: Http2Session;
  /** Nothing else was on the session, and it had served before: the node may be closing it just now. */
  readonly #mayBeStale: boolean;
  readonly #timer = new LazyTimer(() => this.user?.timedOut());
  #stallTimer: LazyTimer | null = null;
  #stream: ClientHttp2Stream | null = null;
  #method = "";
  #answerTrailers: Fields | null = null;
  #requestTrailers: Fields | null = null;
  #errorCode: string | null = null;
  /** Not one frame of an answer has come. */
  #isUntouched = true;
  /** The node has ended its answer; not merely its stream. */
  #hasEnded = false;
  #isHeld = false;
  #isLost = false;

  constructor(session: Http2Session, user: UpstreamUser, mayBeStale: boolean) {
    this.#session = session;
    this.user = user;
    this.#mayBeStale = mayBeStale;
  }

  get isConnected(): boolean {
    return this.#session.isConnected;
  }
  get tcpConnectedMs(): number | null {
    return this.#session.tcpConnectedMs;
  }
  /** Whether the node owes it the head of an answer. */
  get isAwaiting(): boolean {
    return this.#stream !== null && this.#isUntouched;
  }

  limit(ms: number): void {
    this.#timer.set(ms);
  }
  noLimit(): void {
    this.#timer.clear();
  }

  limitStall(ms: number): void {
    const stream = this.#stream;
    if (stream === null) return;
    let waiting = stream.bufferSize;
    this.#stallTimer?.stop();
    const timer = new LazyTimer(() => {
      if (stream.bufferSize >= waiting) this.user?.timedOut();
      else {
        waiting = stream.bufferSize;
        timer.set(ms);
      }
    });
    this.#stallTimer = timer;
    timer.set(ms);
  }

  // --- the request ---------------------------------------------------------------------------------------------------

  send(user: UpstreamUser, head: string, body: readonly Buffer[], isChunked: boolean, isWhole: boolean): void {
    this.#method = user.method;
    const stream = this.#session.request(http2Request(head, this.#session.scheme), {
      endStream: isWhole && body.length === 0,
      // Only what is of unknown length may have trailers, as in HTTP/1.
      waitForTrailers: isChunked && !isWhole,
    });
    this.#stream = stream;
    this.#listen(stream);
    for (const piece of body) stream.write(piece);
    if (isWhole && body.length > 0) stream.end();
  }

  bodyPiece(bytes: Buffer): void {
    if (this.#isWritable) this.#stream?.write(bytes);
  }
  bodyCopy(bytes: Buffer, start: number, end: number): void {
    if (this.#isWritable) this.#stream?.write(Buffer.from(bytes.subarray(start, end)));
  }
  bodyEnd(trailers: Fields): void {
    this.#requestTrailers = trailers;
    if (this.#isWritable) this.#stream?.end();
  }
  get isCongested(): boolean {
    return this.#stream !== null && this.#stream.writableLength > CONGESTED;
  }
  get #isWritable(): boolean {
    return this.#stream?.writable === true;
  }

  #sendTrailers(stream: ClientHttp2Stream): void {
    if (stream.destroyed || stream.closed) return;
    stream.sendTrailers(this.#requestTrailers === null ? {} : http2Trailers(trailerFields(this.#requestTrailers)));
  }

  // --- what the node sends -------------------------------------------------------------------------------------------

  #listen(stream: ClientHttp2Stream): void {
    watchEnd(stream, () => {
      this.#hasEnded = true;
    });
    stream.on("headers", (_fields, _flags, raw) => this.#interim(raw as unknown as string[]));
    stream.on("response", (_fields, flags, raw) => this.#answered(stream, raw as unknown as string[], flags));
    stream.on("trailers", (_fields, _flags, raw) => this.#trailed(raw as unknown as string[]));
    stream.on("end", () => this.#ended());
    stream.on("wantTrailers", () => this.#sendTrailers(stream));
    stream.on("drain", () => this.#drained());
    stream.on("error", (error: NodeJS.ErrnoException) => {
      this.#errorCode = error.code ?? null;
    });
    stream.on("close", () => this.#closed());
  }

  #heard(): void {
    this.#isUntouched = false;
    this.#session.heard();
  }

  #interim(raw: readonly string[]): void {
    this.#heard();
    const head = parseHttp2Answer(raw, this.#method, false);
    if (typeof head === "string") this.#break(head);
    else this.user?.interim(head);
  }

  #answered(stream: ClientHttp2Stream, raw: readonly string[], flags: number): void {
    this.#heard();
    if (this.user === null) return;
    const head = parseHttp2Answer(raw, this.#method, (flags & END_STREAM) !== 0);
    if (typeof head === "string") {
      this.#break(head);
      return;
    }
    this.user.answer(head);
    // Not before: its pieces must not overtake the head. Whoever holds the answer has paused it by now.
    stream.on("data", (bytes: Buffer) => this.#piece(bytes));
  }

  #piece(bytes: Buffer): void {
    this.#session.heard();
    this.user?.piece(bytes, 0, bytes.length);
    this.user?.readDone();
  }

  #trailed(raw: readonly string[]): void {
    const trailers = parseHttp2Trailers(raw);
    if (typeof trailers === "string") this.#break(trailers);
    else this.#answerTrailers = trailers;
  }

  #ended(): void {
    if (this.#hasEnded) this.user?.answerEnd(this.#answerTrailers);
  }

  #break(detail: string): void {
    const { user } = this;
    this.destroy();
    user?.broken(detail);
  }

  #drained(): void {
    this.#stallTimer?.stop();
    this.user?.drained();
  }

  // --- its end -------------------------------------------------------------------------------------------------------

  #closed(): void {
    this.#session.closed(this);
    this.#timer.stop();
    this.#stallTimer?.stop();
    if (this.#isHeld) this.#isLost = true;
    else this.#lose(this.#errorCode);
  }

  /** The session could not be made. */
  neverConnected(errorCode: string | null): void {
    this.#timer.stop();
    this.#lose(errorCode);
  }

  #lose(errorCode: string | null): void {
    const { user } = this;
    this.user = null;
    user?.lost(errorCode, this.#howLost());
  }

  #howLost(): Loss {
    const stream = this.#stream;
    if (stream === null) return "broken";
    if (stream.id === undefined || this.#session.hasPassedOver(stream.id)) return "untouched";
    if (stream.rstCode === NGHTTP2_REFUSED_STREAM) return "refused";
    return this.#mayBeStale && this.#isUntouched ? "stale" : "broken";
  }

  // --- for the attempt -----------------------------------------------------------------------------------------------

  pause(): void {
    this.#stream?.pause();
  }
  resume(): void {
    this.#stream?.resume();
  }

  hold(): void {
    this.user = null;
    this.#isHeld = true;
    this.#stream?.pause();
    this.#timer.clear();
  }

  unhold(user: UpstreamUser): void {
    this.user = user;
    this.#isHeld = false;
    if (this.#isLost) this.#lose(this.#errorCode);
    else this.#stream?.resume();
  }

  release(_answer: ResponseHead, isSent: boolean): void {
    this.user = null;
    this.#timer.stop();
    this.#stallTimer?.stop();
    // The node has said all that it has to say: the rest of the request is not sent.
    if (!isSent) this.#stream?.close(NGHTTP2_CANCEL);
  }

  destroy(): void {
    this.user = null;
    this.#isHeld = false;
    this.#timer.stop();
    this.#stallTimer?.stop();
    if (this.#stream === null) this.#session.closed(this);
    else this.#stream.close(NGHTTP2_CANCEL);
  }

  tunnel(): never {
    throw new Error("HTTP/2 switches no protocols: a 101 is refused before");
  }
}

/**
 * Tells when the peer has ended the stream. node:http2 emits `end` also for a stream that was reset with NO_ERROR, where an
 * answer was cut short; but then it marks the stream as closed before it ends what can be read.
 */
function watchEnd(stream: ClientHttp2Stream, onEnd: () => void): void {
  const { push } = stream;
  stream.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
    if (chunk === null && !stream.closed) onEnd();
    return push.call(stream, chunk, encoding);
  };
}
