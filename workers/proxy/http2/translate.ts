// Heads for an HTTP/2 peer. They are made from the HTTP/1 text that a peer of the other kind would get, so that there is
// one set of rules for what is passed on, replaced and added; only what HTTP/2 says otherwise, or not at all, is changed.
import type { OutgoingHttpHeaders } from "node:http2";

/** Fields of an HTTP/1 connection, and Host, whose place `:authority` has (RFC 9113 §8.2.2, §8.3.1). */
const LEFT_OUT: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
  "host",
]);

/** Names and values in turn, as node:http2 takes them. */
type RawHead = string[];

/** @param head of a request, as `requestHead` writes it */
export function http2Request(head: string, scheme: "http" | "https"): RawHead {
  const lineEnd = head.indexOf("\r\n");
  const [method = "", path = ""] = head.slice(0, lineEnd).split(" ");
  const raw: RawHead = [":method", method, ":scheme", scheme, ":authority", "", ":path", path];
  const host = addFields(head, lineEnd + 2, raw);
  raw[5] = host ?? "";
  return raw;
}

/** @param head of an answer, as `responseHead`, `interimHead` or a problem writes it */
export function http2Answer(head: string): RawHead {
  const raw: RawHead = [":status", head.slice(9, 12)];
  addFields(head, head.indexOf("\r\n") + 2, raw);
  return raw;
}

/** For the parts of node:http2 that take no raw heads: a field said twice has a list of values. */
export function asObject(raw: readonly string[]): OutgoingHttpHeaders {
  const object: OutgoingHttpHeaders = Object.create(null);
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    const value = raw[i + 1] as string;
    const before = object[name];
    object[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [String(before)]), value];
  }
  return object;
}

/** @param fields serialised, a line each */
export function http2Trailers(fields: string): OutgoingHttpHeaders {
  const raw: RawHead = [];
  addFields(fields, 0, raw);
  return asObject(raw);
}

/** @returns the value of Host */
function addFields(text: string, from: number, raw: RawHead): string | null {
  let host: string | null = null;
  for (let at = from; at < text.length; ) {
    const end = text.indexOf("\r\n", at);
    if (end <= at) break;
    const colon = text.indexOf(":", at);
    const name = text.slice(at, colon).toLowerCase();
    const value = text.slice(colon + 1, end).trim();
    if (name === "host") host = value;
    if (!LEFT_OUT.has(name)) raw.push(name, value);
    at = end + 2;
  }
  return host;
}
