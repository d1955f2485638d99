// How an HTTP/1 connection goes from one request to the next, and how it ends: answers that are made here, the wait for
// another request, and a close that lets the last answer be read.
import { type OwnAnswer, ownAnswerText } from "../http/own-answer.ts";
import { CONGESTED } from "../upstream/stream.ts";
import type { OwnedSocket } from "./client-socket.ts";
import type { ClientLimits } from "./limits.ts";
import { RequestReader } from "./request-reader.ts";
import type { Client, ClientShell } from "./shell.ts";

export abstract class RequestTurns extends RequestReader implements Client {
  protected readonly shell: ClientShell;
  /** It has not taken enough of its answers to get another. */
  #isBehind = false;

  constructor(socket: OwnedSocket, shell: ClientShell) {
    super(socket);
    this.shell = shell;
    this.limit(shell.limits.idleMs);
  }

  protected get limits(): ClientLimits {
    return this.shell.limits;
  }
  get isStopping(): boolean {
    return this.shell.isStopping;
  }

  abstract sweep(nowMs: number): void;
  abstract cut(): void;

  limitStall(): void {
    this.limitTaking(this.limits.stallMs);
  }
  taken(): void {
    if (!this.#isBehind) return;
    this.#isBehind = false;
    this.nextRequest();
  }

  /** The answer is written: the next request may come. */
  protected nextRequest(): void {
    if (this.socket.writableLength > CONGESTED) {
      // Else a client that pipelines and reads nothing has all its answers made, and kept here.
      this.#isBehind = true;
      this.phase = "waiting";
      this.limitStall();
      return;
    }
    this.phase = "head";
    if (this.isStopping && this.rest === null) {
      this.closeGently();
      return;
    }
    this.limit(this.limits.idleMs);
    if (this.isConsuming) return;
    // First of all: what is kept may be more than may be kept, and then reading pauses again.
    this.readOn();
    this.readRest();
  }

  /** Writes an answer of our own. */
  protected tell(answer: OwnAnswer, requestId: string, isHead: boolean, closes: boolean, minor: 0 | 1): void {
    this.shell.ownAnswers.count(answer);
    this.socket.write(ownAnswerText(answer, { requestId, isHead, closes, minor }), "latin1");
    if (closes) this.closeGently();
    else this.nextRequest();
  }

  /** Ends our side and swallows what the client still sends: closing at once would reset the answer away. */
  protected closeGently(): void {
    if (this.phase === "closing") return;
    this.phase = "closing";
    this.rest = null;
    this.readOn();
    this.socket.end();
    if (this.socket.writableLength === 0) {
      this.limit(this.limits.lingerMs);
      return;
    }
    // A slow reader gets all of its answer, as long as it takes some of it in time.
    this.limitStall();
    this.socket.once("finish", () => this.limit(this.limits.lingerMs));
  }

  /**
   * The process stops: a busy connection ends with its answer. An idle one gets a moment for a last request, answered
   * with `Connection: close`: one that the client is just sending would be lost by closing now.
   */
  stop(lastRequestMs: number): void {
    if (this.phase === "head" && this.rest === null) this.limit(lastRequestMs);
  }
}
