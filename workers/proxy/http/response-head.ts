// Strict parser of a node's answer head (RFC 9112 §4, §6). What it refuses becomes a 502 and closes the node's connection:
// nothing of a broken answer may reach this client, still less the next one.
import { contentLengthOf, Field, type Fields, listHas, noFields, scanFields } from "./fields.ts";

export type AnswerFraming =
  | { kind: "none" }
  | { kind: "length"; length: number }
  | { kind: "chunked" }
  | { kind: "eof" };

export interface ResponseHead {
  status: number;
  reason: string;
  /** Of the node's HTTP, as Via names it. */
  version: "1.0" | "1.1" | "2";
  fields: Fields;
  body: AnswerFraming;
  /** Whether the node's connection may serve another request after this answer. */
  keepAlive: boolean;
  /** From `Keep-Alive: timeout=`; null when the node did not say. */
  keepAliveSeconds: number | null;
  connectionTokens: string[] | null;
}

const NONE: AnswerFraming = { kind: "none" };
const CHUNKED: AnswerFraming = { kind: "chunked" };
const UNTIL_CLOSE: AnswerFraming = { kind: "eof" };

/**
 * Parses `text`, one whole head in latin1 with its closing empty line, that answers a request of `method`.
 * @returns what is wrong with it as a string.
 */
export function parseResponseHead(text: string, method: string): ResponseHead | string {
  const minor = text.startsWith("HTTP/1.1 ") ? 1 : text.startsWith("HTTP/1.0 ") ? 0 : null;
  if (minor === null) return "malformed status line";
  const lineEnd = text.indexOf("\r\n", 9);
  const status = statusOf(text, lineEnd);
  if (status === null) return "malformed status line";
  const reason = lineEnd > 13 ? text.slice(13, lineEnd) : "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control bytes are what is refused here
  if (reason !== "OK" && /[\0-\x08\x0a-\x1f\x7f]/.test(reason)) return "forbidden byte in the status line";
  const head: ResponseHead = {
    status,
    reason,
    version: minor === 1 ? "1.1" : "1.0",
    fields: noFields(),
    body: NONE,
    keepAlive: minor === 1,
    keepAliveSeconds: null,
    connectionTokens: null,
  };
  const wrong = scanFields(text, lineEnd + 2, text.length - 2, head.fields);
  return wrong ?? interpret(head, minor, method);
}

function statusOf(text: string, lineEnd: number): number | null {
  const hundreds = text.charCodeAt(9) - 48;
  const tens = text.charCodeAt(10) - 48;
  const ones = text.charCodeAt(11) - 48;
  if (hundreds < 1 || hundreds > 9 || tens < 0 || tens > 9 || ones < 0 || ones > 9) return null;
  // RFC 9112 wants a space behind the code even without a reason; many servers leave it out, and nobody is misled.
  if (lineEnd !== 12 && text.charCodeAt(12) !== 32) return null;
  return hundreds * 100 + tens * 10 + ones;
}

function interpret(head: ResponseHead, minor: 0 | 1, method: string): ResponseHead | string {
  const { kinds, values } = head.fields;
  let length: number | null = null;
  let isChunked = false;
  for (let i = 0; i < kinds.length; i++) {
    const kind = kinds[i];
    if (kind === Field.other) continue;
    const value = values[i] as string;
    if (kind === Field.contentLength) {
      if (length !== null) return "more than one Content-Length";
      length = contentLengthOf(value);
      if (length === null) return "malformed Content-Length";
    } else if (kind === Field.transferEncoding) {
      if (isChunked || value.toLowerCase() !== "chunked") return "a Transfer-Encoding other than chunked";
      isChunked = true;
    } else if (kind === Field.connection) readConnection(head, value, minor);
    else if (kind === Field.keepAlive) head.keepAliveSeconds = keepAliveTimeout(value);
  }
  if (isChunked && length !== null) return "both Content-Length and Transfer-Encoding";
  if (isChunked && minor === 0) return "Transfer-Encoding in HTTP/1.0";
  const bodyless = method === "HEAD" || head.status < 200 || head.status === 204 || head.status === 304;
  if (bodyless) return head;
  if (isChunked) head.body = CHUNKED;
  else if (length === null) {
    head.body = UNTIL_CLOSE;
    head.keepAlive = false;
  } else if (length > 0) head.body = { kind: "length", length };
  return head;
}

function readConnection(head: ResponseHead, value: string, minor: 0 | 1): void {
  if (listHas(value, "close")) head.keepAlive = false;
  else if (minor === 0 && listHas(value, "keep-alive")) head.keepAlive = true;
  for (const part of value.toLowerCase().split(",")) {
    const token = part.trim();
    if (token === "" || token === "close" || token === "keep-alive" || token === "upgrade") continue;
    head.connectionTokens ??= [];
    head.connectionTokens.push(token);
  }
}

function keepAliveTimeout(value: string): number | null {
  const match = /(?:^|[\s,;])timeout\s*=\s*(\d{1,6})/i.exec(value);
  return match ? Number(match[1]) : null;
}
