// What every exchange of a check shares: a new connection, two deadlines, one verdict, and nothing left behind. A subclass
// speaks once connected, and ends the exchange by `succeed` or `fail`.
import type { LookupFunction, Socket } from "node:net";
import { performance } from "node:perf_hooks";
import type { ByteReader } from "#workers/proxy/read-buffer.ts";
import { QuickSocket } from "#workers/proxy/sockets/quick-socket.ts";
import { type Application, connectedEvent, type Origin, openConnection } from "./open.ts";
import { reasonOf } from "./reasons.ts";

export interface Fault {
  readonly reason: string;
  readonly detail: string;
}
/** Milliseconds are from the exchange's start; `connectMs` is null when no connection came about. */
export interface ExchangeResult<Answer> {
  readonly connectMs: number | null;
  readonly totalMs: number;
  /** What was learned, also of an exchange that failed half-way. */
  readonly answer: Answer;
  readonly fault: Fault | null;
}
export interface Deadlines {
  /** For the connection alone; at most `timeoutMs`. */
  readonly connectTimeoutMs: number;
  /** For all of it, the name look-up included. */
  readonly timeoutMs: number;
}

const TIMEOUT_REASON = { connect: "connect-timeout", tls: "tls-timeout", http: "http-timeout", body: "body-timeout" };
type Stage = keyof typeof TIMEOUT_REASON;

export abstract class Exchange<Answer> {
  protected readonly socket: Socket;
  protected answer: Answer;
  readonly #deadlines: Deadlines;
  readonly #resolve: (result: ExchangeResult<Answer>) => void;
  readonly #startedMs = performance.now();
  #connectMs: number | null = null;
  #timer: NodeJS.Timeout;
  #stage: Stage | "over" = "connect";

  constructor(
    origin: Origin,
    application: Application,
    lookup: LookupFunction,
    deadlines: Deadlines,
    answer: Answer,
    resolve: (result: ExchangeResult<Answer>) => void,
  ) {
    this.#deadlines = deadlines;
    this.#resolve = resolve;
    this.answer = answer;
    this.socket = openConnection(origin, application, lookup, this.reader)
      .once(connectedEvent(origin), () => this.#connected())
      .on("error", (error) => this.fail(reasonOf(error)))
      .on("close", () => this.fail("closed-without-answer"));
    if (origin.tls !== null) this.socket.once("connect", () => this.reach("tls"));
    this.#timer = this.#wait(deadlines.connectTimeoutMs);
  }

  /** Who reads the bytes of the connection; null: what speaks on the socket reads it. */
  protected get reader(): ByteReader | null {
    return null;
  }
  /** The connection is usable. */
  protected abstract speak(): void;
  /** The verdict is known: let go of what is still open. */
  protected abstract release(): void;

  protected get isOver(): boolean {
    return this.#stage === "over";
  }
  protected elapsedMs(): number {
    return Math.round((performance.now() - this.#startedMs) * 100) / 100;
  }
  protected reach(stage: Stage): void {
    if (this.#stage !== "over") this.#stage = stage;
  }
  protected succeed(): void {
    this.#end(null);
  }
  protected fail(reason: string, detail = ""): void {
    this.#end({ reason, detail });
  }

  #connected(): void {
    if (this.isOver) return;
    this.#connectMs = this.elapsedMs();
    if (this.reader !== null && this.socket instanceof QuickSocket) this.socket.readDirectly(this.reader);
    const { connectTimeoutMs, timeoutMs } = this.#deadlines;
    if (connectTimeoutMs < timeoutMs) {
      clearTimeout(this.#timer);
      this.#timer = this.#wait(timeoutMs - this.#connectMs);
    }
    this.#stage = "http";
    this.speak();
  }

  #wait(ms: number): NodeJS.Timeout {
    // The second look lets an answer count that lay in the socket while this process was busy.
    return setTimeout(() => setImmediate(() => this.#timeOut()), ms);
  }

  #timeOut(): void {
    if (this.#stage !== "over") this.fail(TIMEOUT_REASON[this.#stage]);
  }

  /** Only the first verdict counts. */
  #end(fault: Fault | null): void {
    if (this.#stage === "over") return;
    this.#stage = "over";
    clearTimeout(this.#timer);
    this.#resolve({ connectMs: this.#connectMs, totalMs: this.elapsedMs(), answer: this.answer, fault });
    if (fault) this.socket.destroy();
    this.release();
  }
}

const NO_READER: ByteReader = { read: () => {} };

/** Only a connection. */
export class ConnectExchange extends Exchange<null> {
  protected override get reader(): ByteReader {
    return NO_READER;
  }
  protected speak(): void {
    this.succeed();
  }
  protected release(): void {
    this.socket.destroy();
  }
}
