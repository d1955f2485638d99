// Answers that the proxy makes itself, whatever protocol the client speaks.
import { STATUS_CODES } from "node:http";
import type { ProxyProblemCode } from "#lib/contracts/problem.ts";

export type FieldList = readonly (readonly [string, string])[];

export interface OwnAnswer {
  readonly status: number;
  /** Besides Content-Length, Date, X-Request-Id and those of the connection. */
  readonly fields: FieldList;
  readonly body: Buffer;
  /** What it tells, when it tells of a fault. */
  readonly problem?: { readonly code: ProxyProblemCode; readonly detail: string };
}

/** Whether its length is told: answers with these statuses have neither body nor length (RFC 9110 §8.6). */
export const hasLength = (status: number): boolean => status !== 204 && status !== 304;

export interface OwnAnswerOptions {
  requestId: string;
  /** Answers a HEAD request: no body, but its length. */
  isHead: boolean;
  closes: boolean;
  /** HTTP/1.x of the client. */
  minor: 0 | 1;
}

/** The whole answer in HTTP/1.1, as latin1 text. */
export function ownAnswerText({ status, fields, body }: OwnAnswer, options: OwnAnswerOptions): string {
  const { requestId, isHead, closes, minor } = options;
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Status"}\r\n`;
  for (const [name, value] of fields) text += `${name}: ${value}\r\n`;
  if (hasLength(status)) text += `Content-Length: ${body.length}\r\n`;
  text += `X-Request-Id: ${requestId}\r\nDate: ${new Date().toUTCString()}\r\n`;
  if (closes) text += "Connection: close\r\n";
  else if (minor === 0) text += "Connection: keep-alive\r\n";
  return `${text}\r\n${isHead ? "" : body.toString("latin1")}`;
}
