// One request's life: candidates, pick, attempt, retry or commit, stream, settle, record. Nothing is retried after commit,
// the first byte of an answer sent to the client.
import { PROXY_PROBLEMS, type ProxyProblemCode } from "#lib/contracts/problem.ts";
import { OUTCOMES, type Outcome } from "#lib/core/classify.ts";
import { isHedged } from "#lib/core/hedge.ts";
import { isIdempotent } from "#lib/core/retry.ts";
import { clockMs } from "../clock.ts";
import type { Told } from "../explain/story.ts";
import type { Fields } from "../http/fields.ts";
import { ownProblem, retryFields } from "../http/problem.ts";
import type { RequestHead } from "../http/request-head.ts";
import type { ResponseHead } from "../http/response-head.ts";
import { requestFields } from "../http/serialise.ts";
import { isWebSocket } from "../http/upgrade.ts";
import type { Passage } from "../route/passage.ts";
import type { Held } from "../sticky/session.ts";
import { Account, type Origin } from "./account.ts";
import type { Attempt } from "./attempt.ts";
import type { AttemptOwner } from "./attempt-owner.ts";
import { Attempts, type Begun } from "./attempts.ts";
import { ClientAnswer } from "./client-answer.ts";
import type { ExchangeClient } from "./exchange-client.ts";
import { DETAILS, problemOf } from "./problem-of.ts";
import { RequestBody } from "./request-body.ts";
import { Retries } from "./retries.ts";
import { toldAnswer } from "./told-answer.ts";
import { enterClass, Turn, type TurnOwner } from "./turn.ts";

export class Exchange extends Account implements AttemptOwner, TurnOwner, Held {
  readonly head: RequestHead;
  readonly method: string;
  readonly requestId: string;
  readonly body: RequestBody;
  fieldText = "";
  #forwarding: string | undefined;
  readonly #passage: Passage | null;
  readonly #client: ExchangeClient;
  readonly #answer: ClientAnswer;
  readonly #attempts: Attempts;
  readonly #retries: Retries;
  /** Once no node took it at once. */
  #turn: Turn | null = null;
  #sentContinue = false;
  #isPaused = false;

  /** @param passage what the request's route does to it and to its answer; null: nothing */
  constructor(head: RequestHead, requestId: string, origin: Origin, client: ExchangeClient, passage: Passage | null) {
    super(origin, head, client.connectionFields);
    const { pool } = origin;
    const session = pool.sessions === null ? null : pool.sessions.of(head);
    const nodeHead = this.traced(passage === null ? head : passage.nodeHead);
    this.head = session === null ? nodeHead : session.forNodes(nodeHead);
    this.method = head.method;
    this.requestId = requestId;
    this.#passage = passage;
    this.body = new RequestBody(head.body.kind);
    this.#client = client;
    this.#attempts = new Attempts(this, pool, session);
    this.#retries = new Retries(pool);
    this.#answer = new ClientAnswer(client);
  }

  get clientHead(): RequestHead {
    return this.#passage?.clientHead ?? this.head;
  }
  get requestClass(): string {
    return this.#passage?.requestClass ?? "";
  }
  get isCommitted(): boolean {
    return this.#answer.isCommitted;
  }
  get asksContinue(): boolean {
    return this.head.expectsContinue && !this.#sentContinue;
  }

  /** Starts it, when as much of the body as came with the head has been pushed. */
  start(): void {
    if (this.pool.line.hasClasses) enterClass(this, this.pool, this.#attempts);
    this.open();
    const origin = this.pool.originOf(this.head, this.#client);
    this.#forwarding = origin?.fields;
    this.fieldText = this.fieldTextOf(this.head);
    this.#attempts.hash = this.pool.hashOf(this.clientHead, origin?.address ?? this.#client.address);
    if (!this.#attempts.findHome(this)) this.goOn();
  }

  goOn(): void {
    const begun = this.isOver ? "started" : this.#attempts.begin();
    if (begun !== "started") this.#waitOrRefuse(begun);
  }

  fieldTextOf(head: RequestHead): string {
    const { address, connectionFields } = this.#client;
    return requestFields(head, this.requestId, address, connectionFields, this.#forwarding);
  }

  get isHedged(): boolean {
    return isHedged(this.method, this.#passage === null ? "safe" : this.#passage.hedge);
  }
  get mayBeHedged(): boolean {
    return this.isHedged && this.body.isComplete && this.head.upgrade === null && !this.#attempts.isAtHome;
  }
  askAnother(slow: Attempt): boolean {
    return this.#attempts.beginCopy(slow);
  }
  connected(attempt: Attempt): void {
    this.#attempts.connected(attempt);
  }
  #waitOrRefuse(begun: Exclude<Begun, "started">): void {
    this.#turn ??= new Turn(this, this.#attempts, this.pool, this.#client);
    this.#turn.waitOrRefuse(begun);
  }

  waitedTooLong(): void {
    this.#turn?.waitedTooLong();
  }

  /** A piece came. @returns whether the client should pause. */
  bodyPiece(bytes: Buffer, start: number, end: number): boolean {
    if (this.isOver) return false;
    if (this.#passage?.takeBody(end - start)) {
      // Nobody gets the rest, and whoever got the start is cut off.
      this.#passage.tooLarge();
      this.#breakOff("payload-too-large", OUTCOMES.clientAbort);
      return false;
    }
    this.flow.bytesIn += end - start;
    const { current } = this.#attempts;
    if (current) current.node.counts.bytesIn += end - start;
    this.body.push(bytes, start, end);
    if (this.body.isCongested) current?.bodyStalls();
    return this.body.isCongested;
  }

  bodyComplete(trailers: Fields | null): void {
    this.body.finish(trailers);
    this.#attempts.current?.bodySent();
  }

  bodyWanted(): void {
    this.#client.resumeBody();
  }

  interim(head: ResponseHead): void {
    if (this.head.minor === 0) return;
    if (head.status === 100) {
      if (!this.asksContinue) return;
      this.#sentContinue = true;
    }
    this.#client.interim(head);
  }

  answered(attempt: Attempt, head: ResponseHead): void {
    if (head.status === 101) {
      this.#switchProtocols(attempt, head);
      return;
    }
    if (this.#retries.mayBetter(attempt, head, this.body, this.#attempts.hasCopy)) {
      const asked = this.#attempts.askBetter(attempt);
      if (asked === "asked") this.#retries.count(attempt, this.flow);
      if (asked !== "nobody") return;
    }
    this.#attempts.keepOnly(attempt);
    this.#commit(head);
  }

  #switchProtocols(attempt: Attempt, head: ResponseHead): void {
    this.#commit(head);
    this.#answer.flush();
    // The tunnel is in flight before the attempt is no longer: its slot goes to nobody else.
    this.#client.becomeTunnel(attempt.node, attempt.becomeTunnel(), this.flow, isWebSocket(head));
    attempt.settleAnswered(0);
    this.#finish(head.status, false, "");
  }

  #commit(head: ResponseHead): void {
    this.#attempts.abandonHeld();
    const holdBytes = isIdempotent(this.method) ? this.pool.config.retry.holdAnswerBytes : 0;
    const told = toldAnswer(head, this.#attempts, this.#passage, this.#forwarding ?? this.#client.connectionFields);
    this.#answer.begin(told, this.head, this.requestId, this.body.isComplete, holdBytes);
  }

  piece(bytes: Buffer, start: number, end: number): void {
    this.#answer.piece(bytes, start, end);
  }
  readDone(attempt: Attempt): void {
    if (this.#answer.flush()) attempt.bodyGoesOn();
    else {
      this.#isPaused = true;
      attempt.pause();
      this.#client.limitStall();
    }
  }

  clientDrained(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#attempts.current?.resume();
  }

  answerEnd(attempt: Attempt, trailers: Fields | null): void {
    const { status } = this.#answer.head as ResponseHead;
    this.#answer.end(trailers);
    attempt.release();
    const { counts, cause } = attempt.settleAnswered(this.#answer.bytesOut, trailers);
    this.#finish(status, status >= 500 || counts === "failure", cause);
    this.#client.exchangeDone(this.#answer.closes);
  }

  attemptFailed(attempt: Attempt, outcome: Outcome): void {
    const answer = this.#answer;
    answer.drop();
    const retries = this.#retries.mayFollow(attempt, outcome, this.body, this.isCommitted);
    attempt.settle(outcome, answer.bytesOut);
    if (answer.head !== null) this.#cutShort(answer.head, outcome.cause);
    else if (this.#attempts.goesOnWithout(attempt)) return;
    else if (!retries || !this.#retry(attempt)) this.#giveUp(outcome);
  }

  /** @returns false when no other node can be had. */
  #retry(failed: Attempt): boolean {
    const begun = this.#attempts.begin();
    if (begun === "none" || (begun === "full" && this.#attempts.hasHeld)) return false;
    this.#retries.count(failed, this.flow);
    if (begun === "full") this.#waitOrRefuse(begun);
    return true;
  }

  /** No node did better: the client gets the answer that was there, else one of ours. */
  #giveUp(outcome: Outcome): void {
    const held = this.#attempts.takeHeld();
    if (held === null) {
      const { code, detail } = problemOf(outcome);
      this.refuse(code, detail, undefined, outcome.cause);
    } else {
      this.#commit(held.answerHead as ResponseHead);
      held.unhold();
    }
  }

  refuse(code: ProxyProblemCode, detail = DETAILS[code], retryAfterSeconds?: number, cause: string = code): void {
    const closes = !this.head.keepAlive || !this.body.isComplete || this.#client.isStopping;
    this.#answer.firstByteMs = clockMs();
    this.ownCode = code;
    this.#finish(PROXY_PROBLEMS[code], PROXY_PROBLEMS[code] >= 500, cause);
    const answer = ownProblem(code, detail ?? "", this.requestId, retryFields(code, retryAfterSeconds));
    this.#client.answer(this, answer, closes);
  }

  /** Whoever is to blame, nothing more is waited for. */
  protected tookTooLong(): void {
    const awaitsNode = this.body.isComplete && !this.#isPaused;
    this.#breakOff("request-timeout", awaitsNode ? OUTCOMES.requestTimeout : OUTCOMES.requestTimeoutOfClient);
  }

  #breakOff(code: ProxyProblemCode, outcome: Outcome): void {
    this.#client.limitWait(null);
    this.#leave(outcome);
    if (this.#answer.head === null) this.refuse(code);
    else this.#cutShort(this.#answer.head, code);
  }

  /** The answer has begun: its connection says that there was more to come. */
  #cutShort({ status }: ResponseHead, cause: string): void {
    this.#finish(status, true, cause);
    this.#client.abort();
  }

  /** The process may not go on with it: its drain is over. */
  cut(): void {
    if (!this.isOver) this.#breakOff("proxy-stopping", OUTCOMES.clientAbort);
  }

  /** The client went away. */
  clientGone(): void {
    if (this.isOver) return;
    this.#leave(OUTCOMES.clientAbort);
    const { head, firstByteMs, bytesOut } = this.#answer;
    this.closeAborted(head?.status ?? null, firstByteMs, bytesOut);
  }

  protected told(): Told {
    const { clientHead: head, requestId } = this;
    const queueMs = this.#turn?.waitedMs ?? 0;
    const { address: clientAddress } = this.#client;
    return { head, requestId, clientAddress, attempt: this.#attempts.current, queueMs, bytesIn: this.body.size };
  }

  /** Has no more to do with any node. */
  #leave(outcome: Outcome): void {
    this.#turn?.leave();
    this.#answer.drop();
    this.#attempts.abandonAll(outcome, this.#answer.bytesOut);
    this.stopClock();
  }

  #finish(status: number, failed: boolean, cause: string): void {
    this.close(status, failed, this.#answer.firstByteMs, this.#answer.bytesOut, cause);
  }
}
