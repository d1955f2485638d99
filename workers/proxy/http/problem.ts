// Answers that the proxy makes itself: RFC 9457 problem+json with a stable code, so that nobody mistakes them for a node's.
import { STATUS_CODES } from "node:http";
import { PROXY_PROBLEMS, type ProxyProblemCode } from "#lib/contracts/problem.ts";

export interface ProblemAnswer {
  code: ProxyProblemCode;
  detail: string;
  requestId: string;
  /** Answers a HEAD request: no body, but its length. */
  isHead: boolean;
  closes: boolean;
  retryAfterSeconds?: number | undefined;
}

/** Whole answer as text. */
export function problemAnswer(answer: ProblemAnswer): string {
  const status = PROXY_PROBLEMS[answer.code];
  const title = STATUS_CODES[status] ?? "Error";
  const body = JSON.stringify({
    type: "about:blank",
    title,
    status,
    code: answer.code,
    detail: answer.detail,
    requestId: answer.requestId,
  });
  const fields = [
    `HTTP/1.1 ${status} ${title}`,
    "Content-Type: application/problem+json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Cache-Control: no-store",
    `X-Request-Id: ${answer.requestId}`,
    `Date: ${new Date().toUTCString()}`,
  ];
  if (answer.retryAfterSeconds !== undefined) fields.push(`Retry-After: ${answer.retryAfterSeconds}`);
  if (answer.closes) fields.push("Connection: close");
  // Written as latin1 like every head, so a detail beyond ASCII must already be in UTF-8 bytes.
  const bytes = Buffer.from(body).toString("latin1");
  return `${fields.join("\r\n")}\r\n\r\n${answer.isHead ? "" : bytes}`;
}
