// Problems that the proxy tells itself: RFC 9457 problem+json with a stable code, so that nobody mistakes them for a node's.
import { STATUS_CODES } from "node:http";
import { PROXY_PROBLEMS, type ProxyProblemCode } from "#lib/contracts/problem.ts";
import { grpcMessage, grpcStatusOfProblem } from "#lib/core/grpc.ts";
import type { FieldList, OwnAnswer } from "./own-answer.ts";

/** The problem as an answer in any protocol. */
export function ownProblem(
  code: ProxyProblemCode,
  detail: string,
  requestId: string,
  fields = retryFields(code),
): OwnAnswer {
  const status = PROXY_PROBLEMS[code];
  const title = STATUS_CODES[status] ?? "Error";
  const body = JSON.stringify({ type: "about:blank", title, status, code, detail, requestId });
  return {
    status,
    fields: [["Content-Type", "application/problem+json"], ["Cache-Control", "no-store"], ...fields],
    body: Buffer.from(body),
    problem: { code, detail },
  };
}

/** The same for a gRPC call, which has its status in the head of an answer without body. */
export function grpcAnswer({ status, problem }: OwnAnswer): OwnAnswer {
  const title = STATUS_CODES[status] ?? "Error";
  const fields: FieldList = [
    ["Content-Type", "application/grpc"],
    ["grpc-status", String(grpcStatusOfProblem(problem?.code ?? "", status))],
    ["grpc-message", grpcMessage(problem ? `${problem.code}: ${problem.detail}` : `${status} ${title}`)],
  ];
  return { status: 200, fields, body: Buffer.alloc(0) };
}

const PASSING: ReadonlySet<ProxyProblemCode> = new Set([
  "no-usable-node",
  "nodes-cooling",
  "breakers-open",
  "nodes-rate-limited",
  "quotas-spent",
  "nodes-out",
  "queue-full",
  "queue-timeout",
  "not-configured",
  "proxy-stopping",
  "too-many-connections",
  "connections-exhausted",
]);

/** Where the same request may well be served a second later, or in `seconds`, the client is told so. */
export const retryFields = (code: ProxyProblemCode, seconds = 1): FieldList =>
  PASSING.has(code) ? [["Retry-After", String(seconds)]] : [];
