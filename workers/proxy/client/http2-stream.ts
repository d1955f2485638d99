// One request of an HTTP/2 client: the same exchange as any other, on a stream instead of a connection.
import { constants, type ServerHttp2Stream } from "node:http2";
import { Exchange } from "../exchange/exchange.ts";
import type { ClientWriter, ProblemSubject } from "../exchange/exchange-client.ts";
import { brokenOff, isGrpcCall } from "../exchange/grpc.ts";
import type { Recording } from "../explain/recording.ts";
import { type Fields, noFields } from "../http/fields.ts";
import type { OwnAnswer } from "../http/own-answer.ts";
import { grpcAnswer, ownProblem } from "../http/problem.ts";
import { isFault, type RequestHead } from "../http/request-head.ts";
import type { ResponseHead } from "../http/response-head.ts";
import { interimHead, requestIdOf } from "../http/serialise.ts";
import { parseHttp2Head, parseHttp2Trailers } from "../http2/request-head.ts";
import { asObject, http2Answer } from "../http2/translate.ts";
import { LazyTimer } from "../lazy-timer.ts";
import { Reception, type ReceptionClient, type Verdict } from "../route/reception.ts";
import { BodyPace, paceFault } from "./body-pace.ts";
import type { Http2Connection } from "./http2-connection.ts";
import { respondWith } from "./http2-own-answer.ts";
import { Http2Writer } from "./http2-writer.ts";
import type { ClientShell } from "./shell.ts";

const { NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR, NGHTTP2_PROTOCOL_ERROR } = constants;
const END_STREAM = 1;

export class Http2ClientStream implements ReceptionClient {
  readonly #stream: ServerHttp2Stream;
  readonly #connection: Http2Connection;
  readonly #shell: ClientShell;
  #exchange: Exchange | null = null;
  #isGrpc = false;
  /** Waits at its route. */
  #reception: Reception | null = null;
  #writer: Http2Writer | null = null;
  #waitTimer: LazyTimer | null = null;
  #trailers: Fields | null = null;
  #pace: BodyPace | null = null;
  /** When the next piece of the body is due. */
  #bodyDueMs = Number.POSITIVE_INFINITY;
  /** The answer waits for the client: since when it has taken nothing, and how much there was. */
  #stalledMs = Number.POSITIVE_INFINITY;
  #untaken = 0;

  constructor(stream: ServerHttp2Stream, connection: Http2Connection, shell: ClientShell) {
    this.#stream = stream;
    this.#connection = connection;
    this.#shell = shell;
    stream.on("error", () => {});
    stream.on("aborted", () => this.#gone());
    stream.on("close", () => this.#closed());
    stream.on("drain", () => this.#drained());
  }

  get address(): string {
    return this.#connection.address;
  }
  get connectionFields(): string {
    return this.#connection.connectionFields;
  }
  get isStopping(): boolean {
    return this.#shell.isStopping;
  }

  /** @param raw names and values in turn @param flags of the frame that ended the head */
  begin(raw: readonly string[], flags: number): void {
    const head = parseHttp2Head(raw, (flags & END_STREAM) !== 0, this.#shell.limits);
    if (isFault(head)) {
      const isHead = raw[raw.indexOf(":method") + 1] === "HEAD";
      const requestId = requestIdOf(noFields(), this.#shell.idPrefix);
      this.#answerAtOnce(ownProblem(head.code, head.detail, requestId), requestId, null, null, isHead);
      return;
    }
    this.#isGrpc = isGrpcCall(head);
    const requestId = requestIdOf(head.fields, this.#shell.idPrefix);
    const destination = this.#shell.route(head, this.address);
    if ("code" in destination) {
      this.#answerAtOnce(ownProblem(destination.code, destination.detail, requestId), requestId, head, null);
      return;
    }
    if (destination.route === null) {
      this.#start(new Exchange(head, requestId, destination, this, null));
      return;
    }
    const address = this.#shell.clientAddress(head, this.address);
    const reception = new Reception(destination, head, requestId, address, this);
    const verdict = reception.decide();
    // What comes of its body meanwhile is kept by the stream, within its window.
    if (verdict === null) this.#reception = reception;
    else this.received(reception, verdict);
  }

  received(reception: Reception, verdict: Verdict): void {
    this.#reception = null;
    const { head, requestId, destination } = reception;
    if (verdict.kind === "answer") this.#answerAtOnce(verdict.answer, requestId, head, destination.recording);
    else this.#start(reception.exchange(verdict.passage));
  }

  #start(exchange: Exchange): void {
    const stream = this.#stream;
    this.#exchange = exchange;
    if (stream.endAfterHeaders) stream.resume();
    else this.#readBody();
    if (this.#exchange === exchange) exchange.start();
  }

  // --- the request's body --------------------------------------------------------------------------------------------

  #readBody(): void {
    const stream = this.#stream;
    this.#pace = new BodyPace(performance.now());
    this.#limitBody();
    stream.on("trailers", (_fields, _flags, raw) => this.#takeTrailers(raw));
    stream.on("end", () => this.#bodyDone());
    // What came with the head goes to the node in one write with it.
    for (let piece = stream.read(); piece !== null; piece = stream.read()) this.#piece(piece);
    stream.on("data", (piece: Buffer) => this.#piece(piece));
  }

  #piece(piece: Buffer): void {
    const exchange = this.#exchange;
    if (exchange === null) return;
    this.#pace?.came(piece.length);
    if (!exchange.bodyPiece(piece, 0, piece.length)) {
      this.#limitBody();
      return;
    }
    this.#bodyDueMs = Number.POSITIVE_INFINITY;
    this.#pace?.paused(performance.now());
    this.#stream.pause();
  }

  resumeBody(): void {
    this.#pace?.resumed(performance.now());
    this.#limitBody();
    this.#stream.resume();
  }

  /** gRPC's streams of messages keep no pace: that they go silent for too long is all that is wrong with them. */
  #limitBody(): void {
    const nowMs = performance.now();
    const { limits } = this.#shell;
    const paced = this.#isGrpc ? undefined : this.#pace?.dueInMs(nowMs, limits);
    this.#bodyDueMs = nowMs + (paced ?? limits.bodyIdleMs);
  }

  #takeTrailers(raw: readonly string[]): void {
    const trailers = parseHttp2Trailers(raw);
    if (typeof trailers !== "string") this.#trailers = trailers;
    else {
      this.#gone();
      this.#stream.close(NGHTTP2_PROTOCOL_ERROR);
    }
  }

  #bodyDone(): void {
    this.#bodyDueMs = Number.POSITIVE_INFINITY;
    // A stream that was reset ends as well.
    if (!this.#stream.aborted) this.#exchange?.bodyComplete(this.#trailers);
  }

  // --- for the exchange ----------------------------------------------------------------------------------------------

  answerWriter(): ClientWriter {
    this.#writer = new Http2Writer(this.#stream);
    return this.#writer;
  }

  interim(head: ResponseHead): void {
    const stream = this.#stream;
    if (!stream.destroyed && !stream.closed && !stream.headersSent)
      stream.additionalHeaders(asObject(http2Answer(interimHead(head))));
  }

  limitWait(ms: number | null): void {
    if (ms === null) this.#waitTimer?.clear();
    else {
      this.#waitTimer ??= new LazyTimer(() => this.#exchange?.waitedTooLong());
      this.#waitTimer.set(ms);
    }
  }

  limitStall(): void {
    this.#stalledMs = performance.now();
    this.#untaken = this.#stream.bufferSize;
  }
  #drained(): void {
    this.#stalledMs = Number.POSITIVE_INFINITY;
    this.#exchange?.clientDrained();
  }

  answer({ head, requestId }: ProblemSubject, answer: OwnAnswer): void {
    this.#exchange = null;
    this.#answer(answer, requestId, head.method === "HEAD");
  }

  #answerAtOnce(
    answer: OwnAnswer,
    requestId: string,
    head: RequestHead | null,
    recording: Recording | null,
    isHead = head?.method === "HEAD",
  ): void {
    this.#shell.requests.answered(answer, requestId, this, head, recording);
    this.#answer(answer, requestId, isHead);
  }

  #answer(answer: OwnAnswer, requestId: string, isHead: boolean): void {
    const stream = this.#stream;
    if (stream.destroyed || stream.closed) return;
    this.#shell.ownAnswers.count(answer);
    respondWith(stream, this.#isGrpc ? grpcAnswer(answer) : answer, requestId, isHead);
    this.#answered();
  }

  /** A stream is an upgrade of nothing: nodes are not asked for one, and what says that it is, is refused before this. */
  becomeTunnel(): void {
    this.abort();
  }

  exchangeDone(): void {
    this.#exchange = null;
    this.#answered();
  }

  /** Only that it takes the rest is awaited of the client: a body still on its way is not wanted (RFC 9113 §8.1). */
  #answered(): void {
    this.#bodyDueMs = Number.POSITIVE_INFINITY;
    this.#waitTimer?.stop();
    this.limitStall();
    this.#stream.resume();
    if (!this.#stream.readableEnded && !this.#stream.endAfterHeaders) this.#stream.close(NGHTTP2_NO_ERROR);
  }

  abort(): void {
    this.#exchange = null;
    if (this.#isGrpc && this.#writer?.endWith(brokenOff())) this.#answered();
    else this.#reset();
  }

  #reset(): void {
    this.#stream.close(NGHTTP2_INTERNAL_ERROR);
  }

  // --- ending --------------------------------------------------------------------------------------------------------

  /** Called every so often, for time limits that have run out. */
  sweep(nowMs: number): void {
    if (nowMs >= this.#bodyDueMs) this.#bodyTooSlow(nowMs);
    if (this.#stalledMs === Number.POSITIVE_INFINITY) return;
    const untaken = this.#stream.bufferSize;
    if (untaken < this.#untaken) {
      this.#stalledMs = nowMs;
      this.#untaken = untaken;
    } else if (nowMs - this.#stalledMs >= this.#shell.limits.stallMs) this.#cut();
  }

  #bodyTooSlow(nowMs: number): void {
    this.#bodyDueMs = Number.POSITIVE_INFINITY;
    const exchange = this.#exchange;
    // Once the answer has begun, both sides may well be silent for long (gRPC): the node's limits hold.
    if (exchange === null || exchange.isCommitted) return;
    const { head, requestId } = exchange;
    exchange.clientGone();
    const { limits } = this.#shell;
    const isTooSlow = !this.#isGrpc && (this.#pace?.isTooSlow(nowMs, limits) ?? false);
    const { code, detail } = paceFault(isTooSlow, limits);
    this.answer({ head, requestId }, ownProblem(code, detail, requestId));
  }

  /** The process may not go on with it. */
  cut(): void {
    if (this.#exchange !== null) this.#exchange.cut();
    else this.#cut();
  }

  #cut(): void {
    this.#gone();
    this.#reset();
  }

  #gone(): void {
    const exchange = this.#exchange;
    this.#exchange = null;
    exchange?.clientGone();
    this.#reception?.leave();
    this.#reception = null;
  }

  #closed(): void {
    this.#waitTimer?.stop();
    this.#stalledMs = this.#bodyDueMs = Number.POSITIVE_INFINITY;
    this.#gone();
    this.#connection.streamClosed(this);
  }
}
