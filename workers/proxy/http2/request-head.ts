// A request's head as HTTP/2 has it (RFC 9113 §8), held to the rules of HTTP/1's: what it names must be one thing only, and
// nothing may be in it that a node could read as the end of a line, of the head, or of the message.
import type { ClientLimits } from "../client/limits.ts";
import { type Fields, fieldOf, fieldValue, noFields, TOKEN, VALUE } from "../http/fields.ts";
import { CHUNKED, fault, type HeadFault, interpretFields, isFault, type RequestHead } from "../http/request-head.ts";
import { isAuthority, parseTarget } from "../http/target.ts";

/** Fields that belong to a connection: HTTP/2 has none of them, and a node would take them for the proxy's own word. */
const OF_CONNECTION: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);
const REQUEST_PSEUDO: ReadonlySet<string> = new Set([":method", ":scheme", ":authority", ":path"]);

const ambiguous = (detail: string): HeadFault => fault(detail, "ambiguous-request");

/** Names and values in turn, as node:http2 gives them. @param endsStream whether no body follows */
export function parseHttp2Head(
  raw: readonly string[],
  endsStream: boolean,
  { maxHead, maxTarget }: Pick<ClientLimits, "maxHead" | "maxTarget">,
): RequestHead | HeadFault {
  // A client that never acknowledges our settings is not held to them by node:http2.
  if (sizeOf(raw) > maxHead) return fault("the request's head is too large", "head-too-large");
  const pseudo = new Map<string, string>();
  const fields = noFields();
  const wrong = scanHttp2Fields(raw, pseudo, REQUEST_PSEUDO, fields);
  if (wrong !== null) return wrong;
  const method = pseudo.get(":method") ?? "";
  if (!isToken(method) || method.length > 64) return fault("malformed method");
  if (method === "CONNECT") return fault("CONNECT is not served here", "method-not-implemented");
  if (!/^https?$/i.test(pseudo.get(":scheme") ?? "")) return fault("the scheme is neither http nor https");
  const target = targetOf(pseudo.get(":path") ?? "", method, maxTarget);
  if (isFault(target)) return target;
  const authority = pseudo.get(":authority") ?? "";
  const disagree = nameHost(fields, authority);
  if (disagree !== null) return disagree;
  const head = interpretFields({
    method,
    path: target.path,
    query: target.query,
    authority,
    host: "",
    minor: 1,
    version: "2",
    fields,
    body: { kind: "none" },
    keepAlive: true,
    expectsContinue: false,
    upgrade: null,
    connectionTokens: null,
  });
  return isFault(head) ? head : framed(head, endsStream);
}

/** As SETTINGS_MAX_HEADER_LIST_SIZE counts it (RFC 9113 §6.5.2). */
function sizeOf(raw: readonly string[]): number {
  let size = 16 * raw.length;
  for (const text of raw) size += text.length;
  return size;
}

/** `:authority` and Host are one thing said twice: they must agree, and one is enough (RFC 9113 §8.3.1). */
function nameHost(fields: Fields, authority: string): HeadFault | null {
  if (authority === "") return null;
  if (!isAuthority(authority)) return fault("malformed :authority");
  const host = fieldValue(fields, "host");
  if (host === undefined) add(fields, "host", authority);
  else if (host.toLowerCase() !== authority.toLowerCase()) return ambiguous(":authority and Host differ");
  return null;
}

/** Where the body ends is said by the stream; a length that is given as well must fit. */
function framed(head: RequestHead, endsStream: boolean): RequestHead | HeadFault {
  if (endsStream) return head.body.kind === "none" ? head : ambiguous("a Content-Length, and no body");
  if (head.body.kind === "none") {
    // What follows is of unknown length, or said to be empty: then it ends with a frame of its own.
    head.body = head.fields.names.includes("content-length") ? { kind: "length", length: 0 } : CHUNKED;
    head.expectsContinue = fieldValue(head.fields, "expect") !== undefined;
  }
  return head;
}

function targetOf(path: string, method: string, maxTarget: number): { path: string; query: string } | HeadFault {
  if (path.length > maxTarget) return fault(`the target is longer than ${maxTarget} bytes`, "uri-too-long");
  if (!/^(?:\/[\x21-\x7e]*|\*)$/.test(path)) return fault("malformed :path");
  const target = parseTarget(path, method);
  return typeof target === "string" ? fault(target) : target;
}

/** Reads the fields of a head, or of trailers. @param known the `:`-fields that may be among them, for `pseudo` */
export function scanHttp2Fields(
  raw: readonly string[],
  pseudo: Map<string, string>,
  known: ReadonlySet<string>,
  into: Fields,
): HeadFault | null {
  const cookies: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    const value = raw[i + 1] as string;
    if (!isValue(value)) return fault(`forbidden byte in the value of ${name}`);
    if (name.startsWith(":")) {
      if (into.names.length > 0 || cookies.length > 0) return fault(`${name} in the wrong place`);
      if (!known.has(name)) return fault(`${name} is not known here`);
      if (pseudo.has(name)) return ambiguous(`more than one ${name}`);
      pseudo.set(name, value);
    } else if (!isToken(name) || name !== name.toLowerCase()) return fault("forbidden byte in a header name");
    else if (OF_CONNECTION.has(name)) return ambiguous(`${name} in HTTP/2`);
    else if (name === "te" && value.toLowerCase() !== "trailers") return ambiguous("a TE other than trailers");
    else if (name === "cookie") cookies.push(value);
    else add(into, name, value);
  }
  // Cut into crumbs for the compression's sake (RFC 9113 §8.2.3); HTTP/1 has one line of them.
  if (cookies.length > 0) add(into, "cookie", cookies.join("; "));
  return null;
}

function add(fields: Fields, name: string, value: string): void {
  fields.names.push(name);
  fields.values.push(value);
  fields.kinds.push(fieldOf(name));
}

const NONE: ReadonlySet<string> = new Set();

/** Fields behind a body. @returns what is wrong with them as a string */
export function parseHttp2Trailers(raw: readonly string[]): Fields | string {
  const fields = noFields();
  return scanHttp2Fields(raw, new Map(), NONE, fields)?.detail ?? fields;
}

function isToken(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (TOKEN[text.charCodeAt(i)] !== 1) return false;
  return text !== "";
}

/** No control bytes, no white space around it (RFC 9113 §8.2.1). */
export function isValue(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (VALUE[text.charCodeAt(i)] !== 1) return false;
  return !/^[ \t]|[ \t]$/.test(text);
}
