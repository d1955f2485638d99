// Heads as the next hop gets them, written from what was parsed. Hop-by-hop fields end here (RFC 9110 §7.6.1), also those
// that Connection names; framing, Host and forwarding fields are the proxy's own, whatever the client claims about them.
import { Field, type Fields } from "./fields.ts";
import { PSEUDONYM } from "./pseudonym.ts";
import type { RequestHead } from "./request-head.ts";
import type { ResponseHead } from "./response-head.ts";

const flags = (...kinds: number[]): Uint8Array => {
  const set = new Uint8Array(32);
  for (const kind of kinds) set[kind] = 1;
  return set;
};
const HOP_BY_HOP = [
  Field.connection,
  Field.keepAlive,
  Field.proxyConnection,
  Field.te,
  Field.upgrade,
  Field.transferEncoding,
  Field.contentLength,
];
const REPLACED_IN_REQUEST = flags(
  ...HOP_BY_HOP,
  Field.host,
  Field.expect,
  Field.via,
  Field.requestId,
  Field.forwardedFor,
  Field.forwardedProto,
  Field.forwardedHost,
  Field.proxyAuthorization,
  Field.clientCert,
  Field.forwarded,
  Field.lookalike,
);
const REPLACED_IN_ANSWER = flags(...HOP_BY_HOP, Field.via, Field.requestId);
const DROPPED_IN_TRAILERS = flags(...HOP_BY_HOP, Field.host, Field.trailer, Field.via);

const VIA_HTTP_1_1 = `Via: 1.1 ${PSEUDONYM}\r\n`;

/** @param via what it has been through @param version of what came to us */
const viaField = (via: string, version: string): string =>
  via === "" && version === "1.1" ? VIA_HTTP_1_1 : `Via: ${via === "" ? "" : `${via}, `}${version} ${PSEUDONYM}\r\n`;

/** By status: the line with the reason that was seen first, which is nearly always the only one. */
const statusLines: { reason: string; line: string }[] = [];

function statusLine(status: number, reason: string): string {
  const known = statusLines[status];
  if (known?.reason === reason) return known.line;
  const line = `HTTP/1.1 ${status} ${reason}\r\n`;
  if (known === undefined) statusLines[status] = { reason, line };
  return line;
}

function listOf(fields: Fields, kind: number): string {
  let list = "";
  for (let i = 0; i < fields.kinds.length; i++)
    if (fields.kinds[i] === kind) list = list === "" ? (fields.values[i] as string) : `${list}, ${fields.values[i]}`;
  return list;
}

function passOn(fields: Fields, replaced: Uint8Array, named: string[] | null): string {
  if (fields.text !== "" && named === null) return runsPassedOn(fields, replaced);
  const { names, values, kinds } = fields;
  let text = "";
  for (let i = 0; i < names.length; i++) {
    if (replaced[kinds[i] as number] === 1) continue;
    if (named?.includes((names[i] as string).toLowerCase())) continue;
    text += `${names[i]}: ${values[i]}\r\n`;
  }
  return text;
}

/** The same for fields that stand in their head as they are written: what lies between those replaced is cut out whole. */
function runsPassedOn({ text, start, names, values, kinds }: Fields, replaced: Uint8Array): string {
  let passed = "";
  let runStart = start;
  let at = start;
  for (let i = 0; i < names.length; i++) {
    const end = at + (names[i] as string).length + (values[i] as string).length + 4;
    if (replaced[kinds[i] as number] === 1) {
      if (at > runStart) passed += text.slice(runStart, at);
      runStart = end;
    }
    at = end;
  }
  return at > runStart ? passed + text.slice(runStart, at) : passed;
}

const SANE_ID = /^[\x21-\x7e]{1,200}$/;
/** Last two digits of request ids: numbers are written to base 36 once in a while only. */
const DIGITS = Array.from({ length: 36 ** 2 }, (_, i) => i.toString(36).padStart(2, "0"));
let requestCount = 0;
let requestBlock = "";

function nextRequestId(processPrefix: string): string {
  const low = ++requestCount % DIGITS.length;
  if (low === 0 || requestBlock === "") requestBlock = Math.floor(requestCount / DIGITS.length).toString(36);
  return `${processPrefix}-${requestBlock}${DIGITS[low]}`;
}

/** The client's X-Request-Id when it is one visible word, else a new one: `<prefix of the process>-<count>`. */
export function requestIdOf(fields: Fields, processPrefix: string): string {
  const at = fields.kinds.indexOf(Field.requestId);
  const given = at < 0 ? "" : (fields.values[at] as string);
  return at >= 0 && SANE_ID.test(given) ? given : nextRequestId(processPrefix);
}

/** What a node is told of a connection without TLS. */
export const CLEAR_FIELDS = "X-Forwarded-Proto: http\r\n";

/**
 * Everything of a request's head that is the same for each node; the part before it holds the target and Host.
 * @param connectionFields what nodes are told of the client's connection, serialised: the same for all its requests
 * @param forwarding what nodes are told instead of where the request came from, serialised; null: the peer is the client
 */
export function requestFields(
  head: RequestHead,
  requestId: string,
  clientAddress: string,
  connectionFields: string,
  forwarding: string | null = null,
): string {
  const { fields } = head;
  const via = listOf(fields, Field.via);
  let text = passOn(fields, REPLACED_IN_REQUEST, head.connectionTokens);
  if (head.body.kind === "length") text += `Content-Length: ${head.body.length}\r\n`;
  else if (head.body.kind === "chunked") text += "Transfer-Encoding: chunked\r\n";
  // A body-less POST says so, as clients do: some servers answer 411 without it.
  else if (head.method === "POST" || head.method === "PUT" || head.method === "PATCH") text += "Content-Length: 0\r\n";
  if (head.upgrade !== null) text += `Connection: upgrade\r\nUpgrade: ${head.upgrade}\r\n`;
  else if (listOf(fields, Field.te).toLowerCase().includes("trailers")) text += "Connection: te\r\nTE: trailers\r\n";
  text += viaField(via, head.version);
  text += `X-Request-Id: ${requestId}\r\n`;
  if (forwarding !== null) return text + forwarding;
  text += `X-Forwarded-For: ${clientAddress}\r\n`;
  text += connectionFields;
  if (head.authority !== "") text += `X-Forwarded-Host: ${head.authority}\r\n`;
  return text;
}

/** Whole request head for one node. `fieldText` is what `requestFields` made. */
export function requestHead(
  head: RequestHead,
  fieldText: string,
  host: string,
  basePath: string,
  asksContinue: boolean,
): string {
  const path = head.path === "*" ? "*" : basePath + head.path;
  const expect = asksContinue ? "Expect: 100-continue\r\n" : "";
  return `${head.method} ${path}${head.query} HTTP/1.1\r\nHost: ${host}\r\n${fieldText}${expect}\r\n`;
}

/** How the answer's end is shown to the client. */
export type ClientFraming = "none" | "length" | "chunked" | "close";

/** A body of unknown length is chunked, but for HTTP/1.0 clients, which read it to the connection's end. */
export const clientFraming = (kind: ResponseHead["body"]["kind"], minor: 0 | 1): ClientFraming =>
  kind === "none" || kind === "length" ? kind : minor === 1 ? "chunked" : "close";

/** Whole answer head for the client; `connection` is the value of Connection, empty for none. */
export function responseHead(
  answer: ResponseHead,
  framing: ClientFraming,
  connection: "" | "close" | "keep-alive" | "upgrade",
  requestId: string,
): string {
  const { fields } = answer;
  const via = listOf(fields, Field.via);
  const ownId = listOf(fields, Field.requestId);
  let text = statusLine(answer.status, answer.reason) + passOn(fields, REPLACED_IN_ANSWER, answer.connectionTokens);
  if (framing === "chunked") text += "Transfer-Encoding: chunked\r\n";
  else {
    // Also for HEAD and 304, whose length describes a body that is not sent.
    const length = lengthShown(answer);
    if (length !== null) text += `Content-Length: ${length}\r\n`;
  }
  if (connection === "upgrade") text += `Connection: upgrade\r\nUpgrade: ${listOf(fields, Field.upgrade)}\r\n`;
  else if (connection !== "") text += `Connection: ${connection}\r\n`;
  text += viaField(via, answer.version);
  return `${text}X-Request-Id: ${ownId === "" ? requestId : ownId}\r\n\r\n`;
}

function lengthShown(answer: ResponseHead): string | null {
  if (answer.status < 200 || answer.status === 204 || answer.body.kind === "eof") return null;
  const at = answer.fields.kinds.indexOf(Field.contentLength);
  return at < 0 ? null : (answer.fields.values[at] as string);
}

/** Interim answer (1xx other than 101). */
export function interimHead(answer: ResponseHead): string {
  const text = passOn(answer.fields, REPLACED_IN_ANSWER, answer.connectionTokens);
  return `HTTP/1.1 ${answer.status} ${answer.reason}\r\n${text}\r\n`;
}

/** Trailer fields that may be passed on, as text. */
export const trailerFields = (trailers: Fields): string => passOn(trailers, DROPPED_IN_TRAILERS, null);

/** Last chunk with the trailer fields that may be passed on. */
export function lastChunk(trailers: Fields): string {
  return trailers.names.length === 0 ? "0\r\n\r\n" : `0\r\n${trailerFields(trailers)}\r\n`;
}
