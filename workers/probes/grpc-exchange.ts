// One call of grpc.health.v1.Health/Check. On node:http2 rather than @grpc/grpc-js: that keeps channels, back-off and name
// resolution of its own per node, which a check must not have, and weighs far more.

import http2 from "node:http2";
import type { LookupFunction } from "node:net";
import type { TLSSocket } from "node:tls";
import { checkDetail } from "#lib/contracts/check-detail.ts";
import { type Deadlines, Exchange, type ExchangeResult, type Fault } from "./exchange.ts";
import { healthRequest, type ServingStatus, servingStatus } from "./grpc-message.ts";
import type { Origin } from "./open.ts";
import type { GrpcFields } from "./target.ts";

export interface GrpcRequest extends Deadlines, GrpcFields {
  readonly service: string;
}
export type GrpcAnswer = { status: ServingStatus | null };

const PATH = "/grpc.health.v1.Health/Check";
const MAX_ANSWER_BYTES = 4_096;
const OK = 0;
const NOT_FOUND = 5;
const UNIMPLEMENTED = 12;

/** Never rejects for what the node does: whatever goes wrong is the result. */
export const exchangeGrpc = (
  origin: Origin,
  request: GrpcRequest,
  lookup: LookupFunction,
): Promise<ExchangeResult<GrpcAnswer>> => new Promise((resolve) => new GrpcExchange(origin, request, lookup, resolve));

/** Percent-encoded on the wire; what is not is taken as it is. */
function readable(message: string): string {
  try {
    return decodeURIComponent(message).replace(/\s+/g, " ");
  } catch {
    return message;
  }
}

class GrpcExchange extends Exchange<GrpcAnswer> {
  readonly #origin: Origin;
  readonly #service: string;
  readonly #extra: GrpcFields;
  #session: http2.ClientHttp2Session | undefined;
  #hasHeaders = false;
  #bytes: Buffer = Buffer.alloc(0);
  /** Of the trailers, or of the headers where there is nothing but them; null until one came. */
  #grpcStatus: { code: number; message: string } | null = null;

  constructor(
    origin: Origin,
    request: GrpcRequest,
    lookup: LookupFunction,
    resolve: (result: ExchangeResult<GrpcAnswer>) => void,
  ) {
    super(origin, "h2", lookup, request, { status: null }, resolve);
    this.#origin = origin;
    this.#service = request.service;
    this.#extra = request;
  }

  protected speak(): void {
    if (this.#origin.tls !== null && (this.socket as TLSSocket).alpnProtocol !== "h2") {
      this.fail("no-http2");
      return;
    }
    const { tls, authority } = this.#origin;
    this.#session = http2.connect(`${tls === null ? "http" : "https"}://${authority}`, {
      createConnection: () => this.socket,
      settings: { enablePush: false },
    });
    this.#session.on("error", () => this.fail("not-http2"));
    const stream = this.#session.request(
      {
        ...this.#extra.fields,
        ":method": "POST",
        ":path": PATH + this.#extra.query,
        "content-type": "application/grpc",
        te: "trailers",
      },
      { endStream: false },
    );
    stream
      .on("response", (headers) => this.#headers(headers))
      .on("trailers", (trailers) => this.#readStatus(trailers))
      .on("data", (chunk: Buffer) => this.#read(chunk))
      .on("error", () => this.fail(this.#session?.destroyed ? "closed-without-answer" : "not-http2"))
      .on("close", () => this.#judge());
    stream.end(healthRequest(this.#service));
  }

  protected release(): void {
    this.#session?.destroy();
    this.socket.destroy();
  }

  #headers(headers: http2.IncomingHttpHeaders): void {
    this.#hasHeaders = true;
    const status = Number(headers[":status"]);
    if (status !== 200) this.fail(`status-${status}`, checkDetail("http-status", { found: status, ranges: "200" }));
    else if (!String(headers["content-type"] ?? "").startsWith("application/grpc"))
      this.fail("not-grpc", checkDetail("grpc-not-grpc"));
    else this.#readStatus(headers);
  }

  #readStatus(headers: http2.IncomingHttpHeaders): void {
    const code = headers["grpc-status"];
    if (code !== undefined)
      this.#grpcStatus = { code: Number(code), message: readable(String(headers["grpc-message"] ?? "")) };
  }

  #read(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    if (this.#bytes.length > MAX_ANSWER_BYTES) this.fail("bad-grpc-answer", checkDetail("grpc-too-long"));
  }

  /** The stream is closed: its trailers, which may come after the end of its data, have come or never will. */
  #judge(): void {
    if (this.isOver) return;
    const fault = this.#callFault() ?? this.#statusFault();
    if (fault) this.fail(fault.reason, fault.detail);
    else this.succeed();
  }

  /** The server as a whole is asked for without a name. */
  #detail(what: "unknown" | "is", state?: string): string {
    const values = state === undefined ? {} : { state };
    if (this.#service === "") return checkDetail(what === "is" ? "grpc-server-is" : "grpc-unknown-server", values);
    const named = { service: this.#service, ...values };
    return checkDetail(what === "is" ? "grpc-service-is" : "grpc-unknown-service", named);
  }

  #callFault(): Fault | null {
    if (this.#grpcStatus === null)
      return this.#hasHeaders
        ? { reason: "bad-grpc-answer", detail: checkDetail("grpc-no-status") }
        : { reason: "closed-without-answer", detail: "" };
    switch (this.#grpcStatus.code) {
      case OK:
        return null;
      case NOT_FOUND:
        return { reason: "grpc-service-unknown", detail: this.#detail("unknown") };
      case UNIMPLEMENTED:
        return { reason: "grpc-unimplemented", detail: checkDetail("grpc-no-health") };
      default: {
        const { code, message } = this.#grpcStatus;
        return { reason: "grpc-error", detail: checkDetail("grpc-status", { status: code, message }) };
      }
    }
  }

  #statusFault(): Fault | null {
    const status = servingStatus(this.#bytes);
    this.answer.status = status;
    if (status === "SERVING") return null;
    if (status === null) return { reason: "bad-grpc-answer", detail: checkDetail("grpc-no-answer") };
    return { reason: "grpc-not-serving", detail: this.#detail("is", status) };
  }
}
