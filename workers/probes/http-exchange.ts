// One HTTP/1.1 request of a check, on a bare socket: a client library costs several times as much, and thousands of nodes
// are checked every few seconds. The status alone is read with as little work as can be; headers and body only where a
// business check asks for them.

import type { LookupFunction } from "node:net";
import { checkDetail } from "#lib/contracts/check-detail.ts";
import type { CheckedAnswer } from "#lib/core/expectations.ts";
import { fieldValue } from "#workers/proxy/http/fields.ts";
import { parseResponseHead } from "#workers/proxy/http/response-head.ts";
import type { ByteReader } from "#workers/proxy/read-buffer.ts";
import { AnswerBody } from "./answer-body.ts";
import { type Deadlines, Exchange, type ExchangeResult } from "./exchange.ts";
import { AnswerHead } from "./http.ts";
import type { Origin } from "./open.ts";

export interface HttpRequest extends Deadlines {
  readonly method: string;
  /** The whole request as it is sent. */
  readonly bytes: Buffer;
  /** How much of the body is read; null: the status is enough. */
  readonly maxBodyBytes: number | null;
}
/** What is known of an answer so far: nothing, its status, or all of it. */
export interface HttpAnswer {
  status: number | null;
  statusMs: number;
  whole: CheckedAnswer | null;
}

/** After the verdict the rest of the answer is read and thrown away, so that the node sees a polite end. */
const MAX_DRAINED_BYTES = 64 * 1024;
const MAX_DRAIN_MS = 500;

/** Never rejects for what the node does: whatever goes wrong is the result. */
export const exchangeHttp = (
  origin: Origin,
  request: HttpRequest,
  lookup: LookupFunction,
): Promise<ExchangeResult<HttpAnswer>> => new Promise((resolve) => new HttpExchange(origin, request, lookup, resolve));

class HttpExchange extends Exchange<HttpAnswer> implements ByteReader {
  readonly #request: HttpRequest;
  readonly #head = new AnswerHead();
  #header: CheckedAnswer["header"] = () => null;
  #body: AnswerBody | undefined;
  #drainedBytes = 0;

  constructor(
    origin: Origin,
    request: HttpRequest,
    lookup: LookupFunction,
    resolve: (result: ExchangeResult<HttpAnswer>) => void,
  ) {
    super(origin, "http/1.1", lookup, request, { status: null, statusMs: 0, whole: null }, resolve);
    this.#request = request;
    this.socket.on("end", () => this.#ended());
  }

  protected override get reader(): ByteReader {
    return this;
  }

  protected speak(): void {
    this.socket.write(this.#request.bytes);
  }

  protected release(): void {
    if (this.socket.destroyed) return;
    const stop = setTimeout(() => this.socket.destroy(), MAX_DRAIN_MS);
    this.socket.once("close", () => clearTimeout(stop));
  }

  read(bytes: Buffer, length: number): void {
    if (this.isOver) {
      this.#drain(length);
      return;
    }
    const chunk = Buffer.from(bytes.subarray(0, length));
    if (this.#body) this.#take(this.#body, chunk);
    else this.#readHead(chunk);
  }

  #drain(bytes: number): void {
    this.#drainedBytes += bytes;
    if (this.#drainedBytes > MAX_DRAINED_BYTES) this.socket.destroy();
  }

  #readHead(chunk: Buffer): void {
    const status = this.#head.push(chunk);
    if (status === undefined) return;
    if (status === "invalid") {
      this.fail("not-http");
      return;
    }
    this.answer.status = status;
    this.answer.statusMs = this.elapsedMs();
    const { maxBodyBytes } = this.#request;
    if (maxBodyBytes === null) this.succeed();
    else this.#beginBody(maxBodyBytes);
  }

  #beginBody(maxBodyBytes: number): void {
    const head = parseResponseHead(this.#head.text, this.#request.method);
    if (typeof head === "string") {
      this.fail("bad-answer", checkDetail("answer-malformed", { what: head }));
      return;
    }
    const { fields } = head;
    const coding = fieldValue(fields, "content-encoding") ?? "identity";
    if (coding.toLowerCase() !== "identity") {
      this.fail("body-encoded", checkDetail("body-encoded", { coding: coding.slice(0, 40) }));
      return;
    }
    this.#header = (name) => {
      const values = fields.values.filter((_, i) => fields.names[i]?.toLowerCase() === name);
      return values.length > 0 ? values.join(", ") : null;
    };
    this.reach("body");
    this.#body = new AnswerBody(head.body, maxBodyBytes);
    this.#take(this.#body, this.#head.rest);
  }

  #take(body: AnswerBody, chunk: Buffer): void {
    switch (body.push(chunk)) {
      case "more":
        return;
      case "broken":
        this.fail("bad-answer", checkDetail("body-chunks"));
        return;
      case "whole":
      case "cut":
        this.#whole(body);
    }
  }

  #whole(body: AnswerBody): void {
    this.answer.whole = { header: this.#header, body: body.text(), isCut: body.isCut };
    this.succeed();
  }

  #ended(): void {
    if (this.isOver || !this.#body) return;
    if (this.#body.endsWithConnection) this.#whole(this.#body);
    else this.fail("answer-truncated", checkDetail("body-short"));
  }
}
