// gRPC over HTTP/2 (grpc/doc/PROTOCOL-HTTP2.md): an answer is 200 whatever came of the call, which its trailers say.
import type { Outcome } from "./classify.ts";

/** Codes that are of interest here; all are 0–16. */
export const GRPC = {
  unknown: 2,
  deadlineExceeded: 4,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
  unauthenticated: 16,
} as const;

const NAMES: Readonly<Record<number, string>> = {
  [GRPC.unknown]: "grpc-unknown",
  [GRPC.internal]: "grpc-internal",
  [GRPC.unavailable]: "grpc-unavailable",
  [GRPC.dataLoss]: "grpc-data-loss",
};

/** Whether a request's or answer's Content-Type says so: `application/grpc`, `application/grpc+proto`, `application/grpc-web`. */
export const isGrpc = (contentType: string | undefined): boolean =>
  contentType !== undefined && /^application\/grpc(?:$|[+;-])/i.test(contentType);

/** @returns null when it is missing or malformed */
export const grpcStatusOf = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,3}$/.test(text) ? Number(text) : null;

const FAILURES = new Map<number, Outcome>(
  Object.entries(NAMES).map(([code, cause]) => [
    Number(code),
    { kind: "server-error", counts: "failure", cause, status: 200 },
  ]),
);

/**
 * What a whole answer to a gRPC call came to. UNKNOWN, INTERNAL, UNAVAILABLE and DATA_LOSS are the server's fault; any other
 * code is what the application has to say. @param ofHead by HTTP @param grpcStatus null: there was none
 */
export function classifyGrpc(ofHead: Outcome, grpcStatus: number | null): Outcome {
  if (ofHead.counts !== "success" || grpcStatus === null) return ofHead;
  return FAILURES.get(grpcStatus) ?? ofHead;
}

const BY_HTTP: Readonly<Record<number, number>> = {
  400: GRPC.internal,
  401: GRPC.unauthenticated,
  403: GRPC.permissionDenied,
  404: GRPC.unimplemented,
  408: GRPC.deadlineExceeded,
  413: GRPC.resourceExhausted,
  414: GRPC.resourceExhausted,
  429: GRPC.resourceExhausted,
  431: GRPC.resourceExhausted,
  501: GRPC.unimplemented,
  502: GRPC.unavailable,
  503: GRPC.unavailable,
  504: GRPC.deadlineExceeded,
};

/** The gRPC status for a problem that the proxy tells of (grpc/doc/http-grpc-status-mapping.md, finer where we know more). */
export const grpcStatusOfProblem = (code: string, httpStatus: number): number =>
  code === "queue-full" ? GRPC.resourceExhausted : (BY_HTTP[httpStatus] ?? GRPC.unknown);

/** As `grpc-message` has it: what is not printable ASCII, and %, percent-encoded. */
export const grpcMessage = (text: string): string =>
  text.replace(/[^\x20-\x24\x26-\x7e]+/gu, (part) =>
    [...new TextEncoder().encode(part)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
  );
