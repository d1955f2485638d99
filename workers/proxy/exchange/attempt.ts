// One try at one node: connect, send, await the answer's head, hand the answer on. However it ends, it is settled exactly
// once: breaker permit, load and latency go back to the node, and the owner learns the outcome.
import type { ConfigPool } from "#lib/contracts/config.ts";
import { classifyRest, classifyStatus, connectFault, OUTCOMES, type Outcome } from "#lib/core/classify.ts";
import { isIdempotent } from "#lib/core/retry.ts";
import { clockMs } from "../clock.ts";
import { type Fields, fieldValue } from "../http/fields.ts";
import type { ResponseHead } from "../http/response-head.ts";
import { isSwitchAllowed } from "../http/upgrade.ts";
import type { Flow } from "../state/flows.ts";
import type { InFlight, NodeState } from "../state/node-state.ts";
import type { NodeAddress } from "../upstream/address.ts";
import type { UpstreamConnection } from "../upstream/connection.ts";
import type { Loss, UpstreamStream, UpstreamUser } from "../upstream/stream.ts";
import type { AttemptOwner } from "./attempt-owner.ts";
import { answerOutcome } from "./grpc.ts";
import { type HeadPart, nodeHead } from "./node-head.ts";
import { TimedAttempt } from "./timed-attempt.ts";

/** A request that is not idempotent only goes out on a new connection, or one that was in use this recently. */
const RECENT_MS = 1_000;

type Phase = "connecting" | "sent" | "answering" | "over";

export class Attempt extends TimedAttempt implements UpstreamUser, InFlight {
  readonly node: NodeState;
  readonly method: string;
  /** Whether any byte of the request went to the node. */
  sentAnything = false;
  answerHead: ResponseHead | null = null;
  /** What the answer's head alone makes of it. */
  outcome: Outcome = OUTCOMES.clientAbort;
  #phase: Phase = "connecting";
  readonly #owner: AttemptOwner;
  #address: NodeAddress;
  #headPart: HeadPart | null;
  readonly permit: number;
  #isSettled = false;
  #stream: UpstreamStream;
  #hasConnectedAgain = false;

  constructor(owner: AttemptOwner, node: NodeState, nowMs: number) {
    super(nowMs);
    this.#owner = owner;
    this.node = node;
    this.method = owner.head.method;
    this.#address = node.connections.address;
    this.#headPart = node.headPart;
    this.permit = node.breakerGate.acquire();
    node.attempts.add(this);
    node.pool.attemptStarted(node);
    const recentMs = isIdempotent(this.method) ? Number.POSITIVE_INFINITY : RECENT_MS;
    this.#stream = node.connections.forRequest(this, this.flow.connections, this.startedMs, recentMs);
    if (!this.#stream.isConnected) this.#awaitConnect(this.startedMs);
  }

  /** To be called once the owner knows of this attempt. */
  start(): void {
    if (this.#stream.isConnected) this.#send();
  }

  #awaitConnect(nowMs: number): void {
    this.isReused = false;
    this.#stream.limit(this.#timeouts.connectMs);
    this.node.pool.watch.connecting(this, nowMs);
  }

  get flow(): Flow {
    return this.#owner.flow;
  }
  get mayBeHedged(): boolean {
    return this.#owner.mayBeHedged;
  }
  askAnother(): boolean {
    return this.#owner.askAnother(this);
  }

  get #timeouts(): ConfigPool["timeouts"] {
    return this.node.pool.config.timeouts;
  }

  connected(): void {
    this.connectedMs = clockMs();
    this.tcpMs = this.#stream.tcpConnectedMs;
    this.node.pool.watch.connected(this, this.connectedMs);
    this.#send();
  }

  #send(): void {
    this.#owner.connected(this);
    const { body, asksContinue } = this.#owner;
    this.#phase = "sent";
    this.sentAnything = true;
    body.sendTo(this.#stream, this, nodeHead(this.#owner, this, this.#address, this.#headPart));
    if (body.isComplete || asksContinue) this.#awaitAnswer();
    else this.#stream.noLimit();
    if (!body.isComplete) this.#owner.bodyWanted();
  }

  /** The node does not take the request's body as fast as it comes. */
  bodyStalls(): void {
    if (this.#phase === "sent") this.#stream.limitStall(this.node.pool.config.timeouts.bodyIdleMs);
  }

  /** The last of the request has been written. */
  bodySent(): void {
    if (this.#phase !== "sent") return;
    this.sentMs = clockMs();
    this.#awaitAnswer();
  }

  #awaitAnswer(): void {
    this.#stream.limit(this.#timeouts.firstByteMs);
    if (this.#owner.body.isComplete) this.node.pool.watch.sent(this, clockMs());
  }

  // --- what the stream tells -----------------------------------------------------------------------------------------

  drained(): void {
    if (!this.#owner.body.isComplete) this.#owner.bodyWanted();
  }

  interim(head: ResponseHead): void {
    if (head.status === 100 && !this.#owner.body.isComplete) this.#stream.noLimit();
    this.#owner.interim(head);
  }

  answer(head: ResponseHead): void {
    const stream = this.#stream;
    stream.noLimit();
    this.firstByteMs = clockMs();
    this.answerHead = head;
    this.outcome = this.#classify(head);
    this.node.pool.watch.answered(this, head.status < 500, this.firstByteMs);
    this.#phase = "answering";
    if (head.status !== 101 || isSwitchAllowed(head, this.#owner.head.upgrade)) this.#owner.answered(this, head);
    else {
      stream.destroy();
      this.#fail(OUTCOMES.protocolFault);
    }
  }

  #classify({ status, fields }: ResponseHead): Outcome {
    const mayRest = status === 429 || status === 503;
    return mayRest && this.node.asksForRest(status, fieldValue(fields, "retry-after"), Date.now())
      ? classifyRest(status)
      : classifyStatus(status);
  }

  /** The node switched protocols: its connection goes on as a tunnel, and this is to be settled. */
  becomeTunnel(): UpstreamConnection {
    this.#phase = "over";
    return this.#stream.tunnel();
  }

  piece(bytes: Buffer, start: number, end: number): void {
    this.#owner.piece(bytes, start, end);
  }

  readDone(): void {
    if (this.#phase === "answering") this.#owner.readDone(this);
  }

  answerEnd(trailers: Fields | null): void {
    this.#owner.answerEnd(this, trailers);
  }

  lost(errorCode: string | null, how: Loss): void {
    if (this.#phase === "connecting") this.#fail(connectFault(errorCode ?? undefined));
    else if (this.#phase !== "sent") this.#fail(OUTCOMES.truncated);
    else if (this.#mayConnectAgain(how)) this.#connectAgain();
    else if (how === "untouched" || how === "refused") {
      this.sentAnything = false;
      this.#fail(OUTCOMES.refused);
    } else this.#fail(OUTCOMES.reset);
  }

  #mayConnectAgain(how: Loss): boolean {
    if (this.#hasConnectedAgain || !this.#owner.body.isReplayable) return false;
    return how === "untouched" || (how === "stale" && isIdempotent(this.method));
  }

  /** The node closed an idle connection just as it was used: no fault of anybody's. A new one decides. */
  #connectAgain(): void {
    this.#hasConnectedAgain = true;
    this.#owner.body.detach();
    this.#phase = "connecting";
    this.sentAnything = false;
    this.#address = this.node.connections.address;
    this.#headPart = this.node.headPart;
    this.#stream = this.node.connections.connect(this, this.flow.connections);
    if (this.#stream.isConnected) this.#send();
    else this.#awaitConnect(clockMs());
  }

  broken(): void {
    this.#fail(OUTCOMES.protocolFault);
  }

  timedOut(): void {
    this.#stream.destroy();
    if (this.#phase === "connecting") this.#fail(OUTCOMES.connectTimeout);
    else this.#fail(this.#phase === "sent" ? OUTCOMES.firstByteTimeout : OUTCOMES.bodyTimeout);
  }

  rescue(): void {
    if (this.#phase !== "sent" || !this.mayBeHedged) return;
    this.list?.leave(this);
    this.askAnother();
  }

  /** The node may not go on with it: its drain is over. */
  cut(cause: string): void {
    this.#stream.destroy();
    this.#fail({ kind: "reset", counts: "neither", cause, status: null });
  }

  #fail(outcome: Outcome): void {
    this.#phase = "over";
    this.#detach();
    this.#owner.attemptFailed(this, outcome);
  }

  // --- what the owner decides ----------------------------------------------------------------------------------------

  /** Stops reading the answer: the client does not keep up. Its time limit waits too. */
  pause(): void {
    this.#stream.noLimit();
    this.#stream.pause();
  }
  resume(): void {
    this.#stream.resume();
    this.bodyGoesOn();
  }
  /** A piece of the answer came: the next is due in time. */
  bodyGoesOn(): void {
    if (this.#phase === "answering") this.#stream.limit(this.#timeouts.bodyIdleMs);
  }

  /** Keeps the answer, unread, in case no other node does better. */
  hold(): void {
    this.#stream.hold();
    this.#owner.body.detach();
  }
  unhold(): void {
    this.#stream.unhold(this);
  }

  /** The answer is whole: the connection may serve the next request. */
  release(): void {
    this.#phase = "over";
    this.#owner.body.detach();
    this.#stream.release(this.answerHead as ResponseHead, this.#owner.body.isComplete);
  }

  /** Ends it, telling nobody. */
  abandon(): void {
    this.#phase = "over";
    this.#stream.destroy();
    this.#detach();
  }

  /** Another node was quicker. */
  lose(): void {
    const wasConnecting = this.#phase === "connecting";
    this.abandon();
    this.settle(OUTCOMES.superseded, 0);
    this.node.pool.watch.lost(this, wasConnecting);
  }

  /** What has not been sent a body must not take it from another that has. */
  #detach(): void {
    if (this.sentAnything) this.#owner.body.detach();
  }

  /** Gives load, permit and latency back to the node. Only the first call counts. */
  settle(outcome: Outcome, bytesOut: number): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    const { node } = this;
    node.attempts.delete(this);
    this.list?.leave(this);
    node.counts.bytesOut += bytesOut;
    if (outcome.counts !== "success" || this.#owner.story !== null) this.#owner.note(this, outcome);
    const untilMs = this.answerHead === null ? clockMs() : this.firstByteMs;
    node.pool.attemptSettled(this, outcome, untilMs - this.startedMs);
  }

  /** Settles by the answer's head; a gRPC call by its trailers. */
  settleAnswered(bytesOut: number, trailers: Fields | null = null): Outcome {
    this.outcome = answerOutcome(this.#owner.head, this.answerHead as ResponseHead, trailers, this.outcome);
    this.settle(this.outcome, bytesOut);
    return this.outcome;
  }
}
