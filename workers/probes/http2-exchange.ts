// One HTTP/2 request of a check, for nodes of pools that speak it: the same request, in the pool's protocol.

import http2 from "node:http2";
import type { LookupFunction } from "node:net";
import type { TLSSocket } from "node:tls";
import { checkDetail } from "#lib/contracts/check-detail.ts";
import type { CheckedAnswer } from "#lib/core/expectations.ts";
import { fieldValue } from "#workers/proxy/http/fields.ts";
import { parseHttp2Answer } from "#workers/proxy/http2/answer-head.ts";
import { http2Request } from "#workers/proxy/http2/translate.ts";
import { AnswerBody } from "./answer-body.ts";
import { Exchange, type ExchangeResult } from "./exchange.ts";
import type { HttpAnswer, HttpRequest } from "./http-exchange.ts";
import type { Origin } from "./open.ts";

const END_STREAM = 1;

/** Never rejects for what the node does: whatever goes wrong is the result. */
export const exchangeHttp2 = (
  origin: Origin,
  request: HttpRequest,
  lookup: LookupFunction,
): Promise<ExchangeResult<HttpAnswer>> => new Promise((resolve) => new Http2Exchange(origin, request, lookup, resolve));

class Http2Exchange extends Exchange<HttpAnswer> {
  readonly #origin: Origin;
  readonly #request: HttpRequest;
  #session: http2.ClientHttp2Session | undefined;
  #header: CheckedAnswer["header"] = () => null;
  #body: AnswerBody | undefined;

  constructor(
    origin: Origin,
    request: HttpRequest,
    lookup: LookupFunction,
    resolve: (result: ExchangeResult<HttpAnswer>) => void,
  ) {
    super(origin, "h2", lookup, request, { status: null, statusMs: 0, whole: null }, resolve);
    this.#origin = origin;
    this.#request = request;
  }

  protected speak(): void {
    const { tls, authority } = this.#origin;
    if (tls !== null && (this.socket as TLSSocket).alpnProtocol !== "h2") {
      this.fail("no-http2");
      return;
    }
    const scheme = tls === null ? "http" : "https";
    this.#session = http2.connect(`${scheme}://${authority}`, {
      createConnection: () => this.socket,
      settings: { enablePush: false },
    });
    this.#session.on("error", () => this.fail("not-http2"));
    const { bytes } = this.#request;
    const bodyAt = bytes.indexOf("\r\n\r\n") + 4;
    const hasBody = bodyAt < bytes.length;
    const head = http2Request(bytes.toString("latin1", 0, bodyAt), scheme);
    const stream = this.#session.request(head, { endStream: !hasBody });
    stream
      .on("response", (_headers, flags, raw) => this.#headers(raw as unknown as string[], flags))
      .on("data", (chunk: Buffer) => this.#take(chunk))
      .on("end", () => this.#ended())
      .on("error", () => this.fail(this.#session?.destroyed ? "closed-without-answer" : "not-http2"))
      .on("close", () => this.fail("closed-without-answer"));
    if (hasBody) stream.end(bytes.subarray(bodyAt));
  }

  protected release(): void {
    this.#session?.destroy();
    this.socket.destroy();
  }

  #headers(raw: readonly string[], flags: number): void {
    if (this.isOver) return;
    const head = parseHttp2Answer(raw, this.#request.method, (flags & END_STREAM) !== 0);
    if (typeof head === "string") {
      this.fail("bad-answer", checkDetail("answer-malformed", { what: head }));
      return;
    }
    this.answer.status = head.status;
    this.answer.statusMs = this.elapsedMs();
    const { maxBodyBytes } = this.#request;
    if (maxBodyBytes === null) {
      this.succeed();
      return;
    }
    const { fields } = head;
    const coding = fieldValue(fields, "content-encoding") ?? "identity";
    if (coding.toLowerCase() !== "identity") {
      this.fail("body-encoded", checkDetail("body-encoded", { coding: coding.slice(0, 40) }));
      return;
    }
    this.#header = (name) => {
      const values = fields.values.filter((_, i) => fields.names[i] === name);
      return values.length > 0 ? values.join(", ") : null;
    };
    this.reach("body");
    // Frames end the body, whatever its length.
    this.#body = new AnswerBody({ kind: "eof" }, maxBodyBytes);
  }

  #take(chunk: Buffer): void {
    if (!this.isOver && this.#body?.push(chunk) === "cut") this.#whole(this.#body);
  }

  #ended(): void {
    if (!this.isOver && this.#body && this.answer.status !== null) this.#whole(this.#body);
  }

  #whole(body: AnswerBody): void {
    this.answer.whole = { header: this.#header, body: body.text(), isCut: body.isCut };
    this.succeed();
  }
}
