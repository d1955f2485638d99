// The answer that a client gets, from its head to its end. A small one is held back until it is whole: until then it is not
// committed, the client has seen nothing of it, and it may be dropped for that of another node.
import { clockMs } from "../clock.ts";
import type { Fields } from "../http/fields.ts";
import type { RequestHead } from "../http/request-head.ts";
import type { ResponseHead } from "../http/response-head.ts";
import type { ClientWriter, ExchangeClient } from "./exchange-client.ts";

export class ClientAnswer {
  /** Of the answer chosen, committed or not. */
  head: ResponseHead | null = null;
  firstByteMs = 0;
  /** Whether the client's connection ends with it. */
  closes = false;
  readonly #client: ExchangeClient;
  readonly #writer: ClientWriter;

  constructor(client: ExchangeClient) {
    this.#client = client;
    this.#writer = client.answerWriter();
  }

  get isCommitted(): boolean {
    return this.head !== null && !this.#writer.isHoldingBack;
  }
  get bytesOut(): number {
    return this.#writer.bytesOut;
  }

  /** @param holdBytes an answer whose declared length is at most this is held back until it is whole */
  begin(head: ResponseHead, request: RequestHead, requestId: string, isBodyRead: boolean, holdBytes: number): void {
    this.firstByteMs = clockMs();
    this.head = head;
    const mayGoOn = request.keepAlive && isBodyRead && !this.#client.isStopping;
    this.closes = this.#writer.begin(head, request, requestId, mayGoOn);
    if (head.body.kind === "length" && head.body.length <= holdBytes) this.#writer.holdBack(head.body.length);
  }

  /** Forgets an answer that is not committed. */
  drop(): void {
    if (this.isCommitted) return;
    this.#writer.drop();
    this.head = null;
  }

  piece(bytes: Buffer, start: number, end: number): void {
    this.#writer.piece(bytes, start, end);
  }

  /** Sends what has come. @returns whether the client keeps up with it */
  flush(): boolean {
    return this.#writer.flush();
  }

  end(trailers: Fields | null): void {
    this.#writer.end(trailers);
  }
}
