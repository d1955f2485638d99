// One HTTP/1 client connection: reads request after request, one exchange at a time (pipelined requests wait their turn), and
// watches for the client going away, which aborts the exchange at once.
import { AnswerWriter } from "../exchange/answer-writer.ts";
import { Exchange } from "../exchange/exchange.ts";
import type { ClientWriter, ProblemSubject } from "../exchange/exchange-client.ts";
import { Tunnel, type TunnelClient } from "../exchange/tunnel.ts";
import type { Recording } from "../explain/recording.ts";
import { type Fields, noFields } from "../http/fields.ts";
import type { OwnAnswer } from "../http/own-answer.ts";
import { ownProblem } from "../http/problem.ts";
import type { HeadFault, RequestHead } from "../http/request-head.ts";
import type { ResponseHead } from "../http/response-head.ts";
import { CLEAR_FIELDS, interimHead, requestIdOf } from "../http/serialise.ts";
import { LazyTimer } from "../lazy-timer.ts";
import { Reception, type ReceptionClient, type Verdict } from "../route/reception.ts";
import type { Flow } from "../state/flows.ts";
import type { NodeState } from "../state/node-state.ts";
import type { UpstreamConnection } from "../upstream/connection.ts";
import type { OwnedSocket } from "./client-socket.ts";
import { acceptHttp2 } from "./http2-connection.ts";
import type { ClientShell } from "./shell.ts";
import { RequestTurns } from "./turns.ts";

const NO_BYTES = Buffer.alloc(0);

export class ClientConnection extends RequestTurns implements ReceptionClient, TunnelClient {
  readonly connectionFields: string;
  /** For the wait for a node, whose limit is exact; made with the first one. */
  #waitTimer: LazyTimer | null = null;
  #exchange: Exchange | null = null;
  /** Waits at its route. */
  #reception: Reception | null = null;
  #tunnel: Tunnel | null = null;

  constructor(socket: OwnedSocket, shell: ClientShell, connectionFields = CLEAR_FIELDS) {
    super(socket, shell);
    this.connectionFields = connectionFields;
  }

  /** Takes its place among the connections there may be, or is turned away. */
  comeIn(): boolean {
    const refused = this.shell.door.enter(this.socket, this.address);
    if (refused === "untold") this.abort();
    else if (refused !== null) this.refuse(refused);
    return refused === null;
  }

  protected headRead(head: RequestHead, bytes: Buffer, at: number, end: number): number {
    this.noLimit();
    const requestId = requestIdOf(head.fields, this.shell.idPrefix);
    const destination = this.shell.route(head, this.address);
    if ("code" in destination) {
      const answer = ownProblem(destination.code, destination.detail, requestId);
      return this.#answerAtOnce(answer, head, requestId, null) ? -1 : at;
    }
    if (destination.route === null)
      return this.#begin(new Exchange(head, requestId, destination, this, null), head, bytes, at, end);
    const address = this.shell.clientAddress(head, this.address);
    const reception = new Reception(destination, head, requestId, address, this);
    const verdict = reception.decide();
    if (verdict === null) {
      this.#reception = reception;
      this.phase = "waiting";
      return at;
    }
    if (verdict.kind === "answer")
      return this.#answerAtOnce(verdict.answer, head, requestId, destination.recording) ? -1 : at;
    return this.#begin(reception.exchange(verdict.passage), head, bytes, at, end);
  }

  /** @returns where the request's bytes end, as far as they are there */
  #begin(exchange: Exchange, head: RequestHead, bytes: Buffer, at: number, end: number): number {
    this.#exchange = exchange;
    if (head.body.kind === "none") {
      this.phase = "waiting";
      exchange.start();
      return at;
    }
    this.awaitBody(head);
    // What came with the head goes to the node in one write with it.
    const stop = at < end ? this.readBody(bytes, at, end) : at;
    if (this.#exchange === exchange) exchange.start();
    return stop;
  }

  piece(bytes: Buffer, start: number, end: number): void {
    this.wantsPause = this.#exchange?.bodyPiece(bytes, start, end) ?? false;
  }

  /** A request that waited at its route need not wait any longer. */
  received(reception: Reception, verdict: Verdict): void {
    const { head, requestId, destination } = reception;
    this.#reception = null;
    if (verdict.kind === "answer") this.#answerAtOnce(verdict.answer, head, requestId, destination.recording);
    else this.#begin(reception.exchange(verdict.passage), head, NO_BYTES, 0, 0);
    if (this.phase !== "body") return;
    // What came meanwhile is the start of its body.
    this.readRest();
    if (!this.wantsPause) this.readOn();
  }

  protected bodyRead(trailers: Fields | null): void {
    this.#exchange?.bodyComplete(trailers);
  }

  protected tunnelled(bytes: Buffer, start: number, end: number): void {
    if (this.#tunnel?.fromClient(bytes, start, end)) this.holdReading();
  }

  protected speaksHttp2(preface: Buffer): void {
    this.noLimit();
    // Over TLS it is agreed on by ALPN, or not spoken.
    if ("encrypted" in this.socket) {
      this.refuse({ code: "http-version-not-supported", detail: "HTTP/2 over TLS is agreed on by ALPN" });
      return;
    }
    this.phase = "closing";
    this.socket.unshift(Buffer.from(preface));
    this.shell.replaced(this, acceptHttp2(this.socket, this.shell, this.connectionFields));
  }

  sweep(nowMs: number): void {
    if (this.isOverdue(nowMs)) this.#timedOut();
  }

  answerWriter(): ClientWriter {
    return new AnswerWriter(this.socket);
  }

  interim(head: ResponseHead): void {
    this.socket.write(interimHead(head), "latin1");
  }

  resumeBody(): void {
    this.readBodyOn();
  }

  limitWait(ms: number | null): void {
    if (ms === null) this.#waitTimer?.clear();
    else {
      this.#waitTimer ??= new LazyTimer(() => this.#exchange?.waitedTooLong());
      this.#waitTimer.set(ms);
    }
  }

  override taken(): void {
    super.taken();
    this.#exchange?.clientDrained();
    this.#tunnel?.clientDrained();
  }
  stalled(): void {
    this.#exchange?.clientGone();
    this.abort();
  }

  becomeTunnel(node: NodeState, connection: UpstreamConnection, flow: Flow, isWebSocket: boolean): void {
    this.#exchange = null;
    this.#tunnel = new Tunnel(this, node, connection, flow, isWebSocket);
    this.phase = "tunnel";
    this.noLimit();
    this.readOn();
    this.readRest();
  }

  answer({ head, requestId }: ProblemSubject, answer: OwnAnswer, closes: boolean): void {
    this.#exchange = null;
    this.tell(answer, requestId, head.method === "HEAD", closes, head.minor);
  }

  exchangeDone(closes: boolean): void {
    this.#exchange = null;
    if (closes) this.closeGently();
    else this.nextRequest();
  }

  abort(): void {
    this.#exchange = null;
    this.reset();
  }

  /** Answers a request of which only the head was read. @returns whether the connection ends with it */
  #answerAtOnce(answer: OwnAnswer, head: RequestHead, requestId: string, recording: Recording | null): boolean {
    this.shell.requests.answered(answer, requestId, this, head, recording);
    // Its body would be taken for the next request.
    const closes = !head.keepAlive || head.body.kind !== "none" || this.isStopping;
    this.tell(answer, requestId, head.method === "HEAD", closes, head.minor);
    return closes;
  }

  protected refuse(fault: HeadFault): -1 {
    const exchange = this.#exchange;
    this.#exchange = null;
    exchange?.clientGone();
    if (exchange?.isCommitted) {
      // What we have to say would be taken for a part of the answer that is under way.
      this.reset();
      return -1;
    }
    const requestId = requestIdOf(noFields(), this.shell.idPrefix);
    const answer = ownProblem(fault.code, fault.detail, requestId);
    this.shell.requests.answered(answer, requestId, this, null, null);
    this.tell(answer, requestId, false, true, 1);
    return -1;
  }

  #timedOut(): void {
    if (this.phase === "closing" || (this.phase === "head" && !this.isHeadTimed)) return void this.socket.destroy();
    if (this.phase === "head" || this.phase === "announcement") {
      this.refuse({ code: "client-head-timeout", detail: "the request's head took too long" });
      return;
    }
    const exchange = this.#exchange;
    if (exchange?.isCommitted) this.stalled();
    else if (exchange !== null) this.refuse(this.bodyFault());
  }

  cut(): void {
    if (this.#tunnel !== null) this.#tunnel.cut();
    else if (this.#exchange !== null) this.#exchange.cut();
    else if (this.phase !== "closing") this.socket.destroy();
  }

  ended(): void {
    if (this.#tunnel !== null) {
      this.#tunnel.clientEnded();
      return;
    }
    // A client that is done sending while it waits for its answer is taken to have left, as nginx and node:http take it.
    const exchange = this.#exchange;
    this.#exchange = null;
    exchange?.clientGone();
    if (exchange || this.#reception) this.socket.destroy();
    else this.socket.end(() => this.socket.destroy());
  }

  closed(): void {
    this.phase = "closing";
    this.noLimit();
    this.#waitTimer?.stop();
    const exchange = this.#exchange;
    this.#exchange = null;
    this.rest = null;
    exchange?.clientGone();
    this.#reception?.leave();
    this.#reception = null;
    this.#tunnel?.clientGone();
    this.shell.closed(this);
  }
}
