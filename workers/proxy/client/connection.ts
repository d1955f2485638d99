// One client connection: reads request after request, one exchange at a time (pipelined requests wait their turn), and
// watches for the client going away, which aborts the exchange at once.
import type { ProxyProblemCode } from "#lib/contracts/problem.ts";
import { Exchange } from "../exchange/exchange.ts";
import type { ExchangeClient, ProblemSubject } from "../exchange/exchange-client.ts";
import type { Tunnel } from "../exchange/tunnel.ts";
import type { PieceSink } from "../http/chunked.ts";
import { type Fields, noFields } from "../http/fields.ts";
import { problemAnswer } from "../http/problem.ts";
import type { HeadFault, RequestHead } from "../http/request-head.ts";
import { CLEAR_FIELDS, requestIdOf } from "../http/serialise.ts";
import { LazyTimer } from "../lazy-timer.ts";
import { BodyReader } from "./body-reader.ts";
import type { OwnedSocket } from "./client-socket.ts";
import { readRequestHead } from "./head-reader.ts";
import { ClientLine } from "./line.ts";
import type { ClientShell } from "./shell.ts";

type Phase = "head" | "body" | "waiting" | "tunnel" | "closing";

/** Pipelined bytes kept while a request is served; beyond it reading pauses. */
const MAX_AHEAD = 65_536;

export class ClientConnection extends ClientLine implements ExchangeClient, PieceSink {
  readonly connectionFields: string;
  readonly #shell: ClientShell;
  /** For the wait for a node, whose limit is exact; made with the first one. */
  #waitTimer: LazyTimer | null = null;
  #phase: Phase = "head";
  #exchange: Exchange | null = null;
  #tunnel: Tunnel | null = null;
  #body: BodyReader | null = null;
  /** Bytes not yet understood: the start of a head, or requests that came ahead of their turn. */
  #rest: Buffer | null = null;
  #isConsuming = false;
  #isHeadTimed = false;
  /** A piece of the body met congestion. */
  #wantsPause = false;

  constructor(socket: OwnedSocket, shell: ClientShell, connectionFields = CLEAR_FIELDS) {
    super(socket);
    this.#shell = shell;
    this.connectionFields = connectionFields;
    this.limit(shell.limits.idleMs);
  }

  get isStopping(): boolean {
    return this.#shell.isStopping;
  }

  read(bytes: Buffer, length: number): void {
    if (this.#phase === "closing") return;
    const joined = this.#rest ? Buffer.concat([this.#rest, bytes.subarray(0, length)]) : bytes;
    const end = this.#rest ? joined.length : length;
    this.#rest = null;
    this.#consume(joined, 0, end);
  }

  #consume(bytes: Buffer, start: number, end: number): void {
    this.#isConsuming = true;
    let at = start;
    while (at < end && at >= 0) {
      if (this.#phase === "head") at = this.#readHead(bytes, at, end);
      else if (this.#phase === "body") at = this.#readBody(bytes, at, end);
      else if (this.#phase === "waiting") at = this.#keepForLater(bytes, at, end);
      else if (this.#phase === "tunnel") {
        if (this.#tunnel?.fromClient(bytes, at, end)) this.holdReading();
        at = end;
      } else break;
    }
    this.#isConsuming = false;
  }

  /** @returns where it stopped, or -1 when nothing more is to be read. */
  #readHead(bytes: Buffer, from: number, end: number): number {
    const read = readRequestHead(bytes, from, end, this.#shell.limits);
    if (read.kind === "fault") return this.#refuse(read.fault);
    if (read.kind === "head") {
      this.#isHeadTimed = false;
      return this.#startExchange(read.head, bytes, read.end, end);
    }
    if (read.at === end) return end;
    // The limit is for the whole head, however slowly its pieces come.
    if (!this.#isHeadTimed) this.limit(this.#shell.limits.headMs);
    this.#isHeadTimed = true;
    this.#rest = Buffer.from(bytes.subarray(read.at, end));
    return -1;
  }

  #startExchange(head: RequestHead, bytes: Buffer, at: number, end: number): number {
    this.noLimit();
    const requestId = requestIdOf(head.fields, this.#shell.idPrefix);
    const pool = this.#shell.route(head);
    if ("code" in pool) {
      const closes = !head.keepAlive || head.body.kind !== "none" || this.isStopping;
      this.#answer(pool.code, pool.detail, requestId, head.method === "HEAD", closes);
      return closes ? -1 : at;
    }
    const exchange = new Exchange(head, requestId, pool, this);
    this.#exchange = exchange;
    if (head.body.kind === "none") {
      this.#phase = "waiting";
      exchange.start();
      return at;
    }
    this.#phase = "body";
    this.#body = new BodyReader(head.body);
    this.limit(this.#shell.limits.bodyIdleMs);
    // What came with the head goes to the node in one write with it.
    const stop = at < end ? this.#readBody(bytes, at, end) : at;
    if (this.#exchange === exchange) exchange.start();
    return stop;
  }

  #readBody(bytes: Buffer, at: number, end: number): number {
    const body = this.#body as BodyReader;
    const stop = body.read(bytes, at, end, this);
    if (stop < 0) {
      this.#exchange?.clientGone();
      return this.#refuse({ code: "ambiguous-request", detail: body.fault });
    }
    if (body.isDone) this.#bodyDone(body.trailers);
    else if (this.#wantsPause) {
      this.noLimit();
      this.holdReading();
    } else this.limit(this.#shell.limits.bodyIdleMs);
    return stop;
  }

  piece(bytes: Buffer, start: number, end: number): void {
    this.#wantsPause = this.#exchange?.bodyPiece(bytes, start, end) ?? false;
  }

  #bodyDone(trailers: Fields | null): void {
    this.#body = null;
    this.#wantsPause = false;
    this.#phase = "waiting";
    this.noLimit();
    this.#exchange?.bodyComplete(trailers);
  }

  #keepForLater(bytes: Buffer, at: number, end: number): number {
    this.#rest = Buffer.from(bytes.subarray(at, end));
    if (this.#rest.length > MAX_AHEAD) this.holdReading();
    return -1;
  }

  /** Called every so often, for time limits that have run out. */
  sweep(nowMs: number): void {
    if (this.isOverdue(nowMs)) this.#timedOut();
  }

  // --- for the exchange ----------------------------------------------------------------------------------------------

  resumeBody(): void {
    if (this.#phase === "body") this.limit(this.#shell.limits.bodyIdleMs);
    this.#wantsPause = false;
    this.readOn();
  }

  limitWait(ms: number | null): void {
    if (ms === null) this.#waitTimer?.clear();
    else {
      this.#waitTimer ??= new LazyTimer(() => this.#exchange?.waitedTooLong());
      this.#waitTimer.set(ms);
    }
  }

  limitStall(): void {
    this.limitTaking(this.#shell.limits.stallMs);
  }
  taken(): void {
    this.#exchange?.clientDrained();
    this.#tunnel?.clientDrained();
  }
  stalled(): void {
    this.#exchange?.clientGone();
    this.abort();
  }

  becomeTunnel(tunnel: Tunnel): void {
    this.#exchange = null;
    this.#tunnel = tunnel;
    this.#phase = "tunnel";
    this.noLimit();
    this.readOn();
    const rest = this.#rest;
    this.#rest = null;
    if (rest) this.#consume(rest, 0, rest.length);
  }

  answerProblem(subject: ProblemSubject, code: ProxyProblemCode, detail: string, closes: boolean): void {
    this.#exchange = null;
    this.#answer(code, detail, subject.requestId, subject.method === "HEAD", closes);
    if (!closes) this.#nextRequest();
  }

  exchangeDone(closes: boolean): void {
    this.#exchange = null;
    if (closes) this.#closeGently();
    else this.#nextRequest();
  }

  abort(): void {
    this.#exchange = null;
    this.reset();
  }

  #nextRequest(): void {
    this.#phase = "head";
    if (this.isStopping && this.#rest === null) {
      this.#closeGently();
      return;
    }
    this.limit(this.#shell.limits.idleMs);
    if (this.#isConsuming) return;
    const rest = this.#rest;
    this.#rest = null;
    if (rest) this.#consume(rest, 0, rest.length);
    this.readOn();
  }

  // --- ending --------------------------------------------------------------------------------------------------------

  #answer(code: ProxyProblemCode, detail: string, requestId: string, isHead: boolean, closes: boolean): void {
    const retry = code === "no-usable-node" || code === "queue-full" || code === "not-configured";
    const text = problemAnswer({ code, detail, requestId, isHead, closes, ...(retry && { retryAfterSeconds: 1 }) });
    this.socket.write(text, "latin1");
    if (closes) this.#closeGently();
  }

  #refuse(fault: HeadFault): -1 {
    this.#exchange = null;
    this.#answer(fault.code, fault.detail, requestIdOf(noFields(), this.#shell.idPrefix), false, true);
    return -1;
  }

  /** Ends our side and swallows what the client still sends: closing at once would reset the answer away. */
  #closeGently(): void {
    if (this.#phase === "closing") return;
    this.#phase = "closing";
    this.#rest = null;
    this.readOn();
    this.socket.end();
    this.limit(this.#shell.limits.lingerMs);
  }

  #timedOut(): void {
    if (this.#phase === "closing" || (this.#phase === "head" && !this.#isHeadTimed)) return void this.socket.destroy();
    if (this.#phase === "head") {
      this.#refuse({ code: "client-timeout", detail: "the request's head took too long" });
      return;
    }
    const exchange = this.#exchange;
    if (exchange === null) return;
    if (exchange.isCommitted) this.stalled();
    else {
      exchange.clientGone();
      this.#refuse({ code: "client-timeout", detail: "the request's body took too long" });
    }
  }

  /**
   * The process stops: a busy connection ends with its answer. An idle one gets a moment for a last request, answered
   * with `Connection: close`: one that the client is just sending would be lost by closing now.
   */
  stop(lastRequestMs: number): void {
    if (this.#phase === "head" && this.#rest === null) this.limit(lastRequestMs);
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
    if (exchange) this.socket.destroy();
    else this.socket.end(() => this.socket.destroy());
  }

  closed(): void {
    this.#phase = "closing";
    this.noLimit();
    this.#waitTimer?.stop();
    const exchange = this.#exchange;
    this.#exchange = null;
    this.#rest = null;
    exchange?.clientGone();
    this.#tunnel?.clientGone();
    this.#shell.closed(this);
  }
}
