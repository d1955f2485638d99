// Strict parser of request heads (RFC 9112 §3, §6). Ambiguity is refused, never forwarded: whatever two servers could frame
// or route differently gets an error, and what is accepted is re-serialised from this structure, never passed on as bytes.
import type { ProxyProblemCode } from "#lib/contracts/problem.ts";
import { contentLengthOf, Field, type Fields, listHas, noFields, scanFields, TOKEN } from "./fields.ts";
import { PSEUDONYM } from "./pseudonym.ts";
import { hostName, isAuthority, parseTarget, plainTarget } from "./target.ts";
import { passableUpgrade } from "./upgrade.ts";

export type BodyFraming = { kind: "none" } | { kind: "length"; length: number } | { kind: "chunked" };
export const NO_BODY: BodyFraming = { kind: "none" };
export const CHUNKED: BodyFraming = { kind: "chunked" };

export interface RequestHead {
  method: string;
  path: string;
  /** With its `?`, or empty. */
  query: string;
  /** Host with port, as the client named it; empty for HTTP/1.0 without Host. */
  authority: string;
  /** Host without port, lower case. */
  host: string;
  /** Rules of HTTP/1.x that hold for its client; those of 1.1 for one of HTTP/2 too. */
  minor: 0 | 1;
  /** As Via names it. */
  version: "1.0" | "1.1" | "2";
  fields: Fields;
  body: BodyFraming;
  keepAlive: boolean;
  expectsContinue: boolean;
  /** Protocols asked for and passed on, when Connection names Upgrade; null otherwise. */
  upgrade: string | null;
  /** Tokens of Connection, lower case, other than close, keep-alive and upgrade: fields that end here. */
  connectionTokens: string[] | null;
}

export interface HeadFault {
  code: ProxyProblemCode;
  detail: string;
}
export const isFault = <T extends object>(result: T | HeadFault): result is HeadFault => "code" in result;
export const fault = (detail: string, code: ProxyProblemCode = "bad-request"): HeadFault => ({ code, detail });

export const DEFAULT_MAX_TARGET = 16_384;
export const DEFAULT_MAX_HEAD = 32_768;

/** Parses `text`, one whole head in latin1 with its closing empty line. */
export function parseRequestHead(text: string, maxTarget = DEFAULT_MAX_TARGET): RequestHead | HeadFault {
  let at = 0;
  while (TOKEN[text.charCodeAt(at)] === 1) at++;
  if (at === 0 || at > 64 || text.charCodeAt(at) !== 32) return fault("malformed method");
  const method = text.slice(0, at);
  const targetStart = ++at;
  for (let code = text.charCodeAt(at); code > 0x20 && code < 0x7f; ) code = text.charCodeAt(++at);
  if (at - targetStart > maxTarget) return fault(`the target is longer than ${maxTarget} bytes`, "uri-too-long");
  if (at === targetStart || text.charCodeAt(at) !== 32) return fault("malformed target");
  const version = parseVersion(text, at + 1);
  if (typeof version !== "number") return version;
  const fields = noFields();
  const wrong = scanFields(text, at + 11, text.length - 2, fields);
  if (wrong !== null) return fault(wrong);
  if (method === "CONNECT") return fault("CONNECT is not served here", "method-not-implemented");
  const target = plainTarget(text, targetStart, at) ?? parseTarget(text.slice(targetStart, at), method);
  if (typeof target === "string") return fault(target);
  return interpretFields({
    method,
    path: target.path,
    query: target.query,
    authority: target.authority ?? "",
    host: "",
    minor: version,
    version: version === 1 ? "1.1" : "1.0",
    fields,
    body: NO_BODY,
    keepAlive: version === 1,
    expectsContinue: false,
    upgrade: null,
    connectionTokens: null,
  });
}

function parseVersion(text: string, at: number): 0 | 1 | HeadFault {
  if (text.startsWith("HTTP/1.1\r\n", at)) return 1;
  if (text.startsWith("HTTP/1.0\r\n", at)) return 0;
  if (/^HTTP\/\d\.\d\r\n/.test(text.slice(at, at + 10)))
    return fault("only HTTP/1.0 and HTTP/1.1 are spoken here", "http-version-not-supported");
  return fault("malformed request line");
}

/** A chain of proxies of this kind is nothing strange; so many are a pool whose node is the proxy itself (RFC 9110 §7.6.3). */
const MAX_PASSES = 8;

/** How often Via names a proxy of this kind. */
function passesOf(via: string): number {
  let passes = 0;
  for (let at = via.indexOf(PSEUDONYM); at >= 0; at = via.indexOf(PSEUDONYM, at + PSEUDONYM.length)) passes++;
  return passes;
}

/** What the fields mean for framing, routing and the connection. */
export function interpretFields(head: RequestHead): RequestHead | HeadFault {
  const { kinds, values } = head.fields;
  let hosts = 0;
  let lengths = 0;
  let encodings = 0;
  let upgrade: string | null = null;
  for (let i = 0; i < kinds.length; i++) {
    const kind = kinds[i];
    if (kind === Field.other) continue;
    const value = values[i] as string;
    if (kind === Field.host) {
      hosts++;
      if (!isAuthority(value)) return fault("malformed Host");
      head.authority ||= value;
    } else if (kind === Field.connection) readConnection(head, value);
    else if (kind === Field.contentLength) {
      const length = contentLengthOf(value);
      if (length === null) return fault("malformed Content-Length", "ambiguous-request");
      lengths++;
      if (length > 0) head.body = { kind: "length", length };
    } else if (kind === Field.transferEncoding) {
      encodings++;
      if (value.toLowerCase() !== "chunked")
        return fault("a Transfer-Encoding other than chunked", "ambiguous-request");
    } else if (kind === Field.expect) {
      if (value.toLowerCase() !== "100-continue") return fault(`cannot meet Expect: ${value}`, "expectation-failed");
      head.expectsContinue = head.minor === 1;
    } else if (kind === Field.via) {
      if (passesOf(value) > MAX_PASSES)
        return fault("the request passed here too often: it goes in a circle", "loop-detected");
    } else if (kind === Field.upgrade) upgrade = upgrade === null ? value : `${upgrade}, ${value}`;
  }
  if (hosts > 1) return fault("more than one Host", "ambiguous-request");
  if (hosts === 0 && head.minor === 1) return fault("a request without Host");
  if (lengths > 1) return fault("more than one Content-Length", "ambiguous-request");
  if (encodings > 1) return fault("more than one Transfer-Encoding", "ambiguous-request");
  if (encodings === 1) {
    if (lengths > 0) return fault("both Content-Length and Transfer-Encoding", "ambiguous-request");
    if (head.minor === 0) return fault("Transfer-Encoding in HTTP/1.0", "ambiguous-request");
    head.body = CHUNKED;
  }
  if (head.body.kind === "none") head.expectsContinue = false;
  if (upgrade !== null && head.upgrade !== null && head.minor === 1 && head.body.kind === "none")
    head.upgrade = passableUpgrade(upgrade);
  else head.upgrade = null;
  head.host = hostName(head.authority);
  return head;
}

function readConnection(head: RequestHead, value: string): void {
  if (head.minor === 1 && (value === "keep-alive" || value === "Keep-Alive")) return;
  for (const part of value.toLowerCase().split(",")) {
    const token = part.trim();
    if (token === "" || token === "keep-alive" || token === "close") continue;
    if (token === "upgrade") head.upgrade = "";
    else {
      head.connectionTokens ??= [];
      head.connectionTokens.push(token);
    }
  }
  // close wins over keep-alive, also when they stand in different fields.
  if (listHas(value, "close")) head.keepAlive = false;
  else if (head.minor === 0 && listHas(value, "keep-alive")) head.keepAlive = true;
}
