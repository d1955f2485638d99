// Strict scan of header fields (RFC 9110 §5, RFC 9112 §5): the same for requests, answers and trailers. It works on the
// latin1 text of a whole head, which V8 scans as fast as the bytes, and cuts names and values out of it without copying.

/** Fields that the proxy reads or replaces; all others are `other` and passed on. */
export const Field = {
  other: 0,
  host: 1,
  connection: 2,
  contentLength: 3,
  transferEncoding: 4,
  keepAlive: 5,
  proxyConnection: 6,
  te: 7,
  trailer: 8,
  upgrade: 9,
  expect: 10,
  via: 11,
  requestId: 12,
  forwardedFor: 13,
  forwardedProto: 14,
  forwardedHost: 15,
  proxyAuthorization: 16,
  proxyAuthenticate: 17,
  /** What nodes are told of a client's certificate; from a client it would be a claim. */
  clientCert: 18,
  forwarded: 19,
  /** `X_Forwarded_For` and the like: CGI and WSGI cannot tell it from the field that the proxy stands for. */
  lookalike: 20,
} as const;

const KNOWN = new Map<string, number>([
  ["host", Field.host],
  ["connection", Field.connection],
  ["content-length", Field.contentLength],
  ["transfer-encoding", Field.transferEncoding],
  ["keep-alive", Field.keepAlive],
  ["proxy-connection", Field.proxyConnection],
  ["te", Field.te],
  ["trailer", Field.trailer],
  ["upgrade", Field.upgrade],
  ["expect", Field.expect],
  ["via", Field.via],
  ["x-request-id", Field.requestId],
  ["x-forwarded-for", Field.forwardedFor],
  ["x-forwarded-proto", Field.forwardedProto],
  ["x-forwarded-host", Field.forwardedHost],
  ["forwarded", Field.forwarded],
  ["proxy-authorization", Field.proxyAuthorization],
  ["proxy-authenticate", Field.proxyAuthenticate],
  ["x-client-cert-subject", Field.clientCert],
  ["x-client-cert-issuer", Field.clientCert],
  ["x-client-cert-serial", Field.clientCert],
  ["x-client-cert-fingerprint", Field.clientCert],
  ["x-client-cert-not-after", Field.clientCert],
]);

/** Spellings seen so far; bounded, since clients choose them. */
const spellings = new Map<string, number>(KNOWN);
const MAX_SPELLINGS = 2_000;

/** Which of `Field` a name is, however it is spelt. */
export function fieldOf(name: string): number {
  const seen = spellings.get(name);
  if (seen !== undefined) return seen;
  const lowerCase = name.toLowerCase();
  const isLookalike = lowerCase.includes("_") && KNOWN.has(lowerCase.replaceAll("_", "-"));
  const field = isLookalike ? Field.lookalike : (KNOWN.get(lowerCase) ?? Field.other);
  if (spellings.size < MAX_SPELLINGS && name.length <= 40) spellings.set(name, field);
  return field;
}

/** Lengths and first letters of the known names: `32 × length + letter`. Hardly any other name needs looking up. */
const MAYBE_KNOWN = new Uint8Array(32 * 32);
for (const name of KNOWN.keys()) MAYBE_KNOWN[32 * name.length + (name.charCodeAt(0) & 31)] = 1;

/** `names[i]`, `values[i]` and `kinds[i]` are one field, in the order received. */
export interface Fields {
  readonly names: string[];
  readonly values: string[];
  readonly kinds: number[];
  /**
   * What they were cut from, when they stand there from `start` on just as they are written: name, colon, space, value,
   * CRLF, one behind the other. Else empty.
   */
  text: string;
  start: number;
}
export const noFields = (): Fields => ({ names: [], values: [], kinds: [], text: "", start: 0 });

const TOKEN_TEXT = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
/** 1 for the characters of a token (RFC 9110 §5.6.2). */
export const TOKEN = new Uint8Array(256);
for (const char of TOKEN_TEXT) TOKEN[char.charCodeAt(0)] = 1;
/** 1 for the characters of a field value: visible ASCII, obs-text, space and tab. */
export const VALUE = new Uint8Array(256).fill(1, 0x20);
VALUE[0x7f] = 0;
VALUE[9] = 1;

const CR = 13;
const LF = 10;
const SPACE = 32;
const TAB = 9;
const COLON = 58;

/**
 * Reads the fields in `text` from `at` up to `end`, where the last field's CRLF ends. Refuses what two readers could
 * understand differently: no or spaced name, folded lines, bare CR or LF, control bytes.
 * @returns null, or what is wrong.
 */
export function scanFields(text: string, at: number, end: number, into: Fields): string | null {
  let isAsWritten = into.names.length === 0;
  let from = at;
  while (from < end) {
    let i = from;
    while (TOKEN[text.charCodeAt(i)] === 1) i++;
    if (i === from || text.charCodeAt(i) !== COLON) return nameFault(text, from, i);
    const name = text.slice(from, i);
    const nameEnd = i++;
    let code = text.charCodeAt(i);
    if (code !== SPACE) isAsWritten = false;
    while (code === SPACE || code === TAB) code = text.charCodeAt(++i);
    const start = i;
    while (VALUE[code] === 1) code = text.charCodeAt(++i);
    if (code !== CR || text.charCodeAt(i + 1) !== LF || i + 2 > end) return `forbidden byte in the value of ${name}`;
    let last = i;
    while (last > start && (text.charCodeAt(last - 1) === SPACE || text.charCodeAt(last - 1) === TAB)) last--;
    into.names.push(name);
    into.values.push(text.slice(start, last));
    const isMaybeKnown = name.length >= 32 || MAYBE_KNOWN[32 * name.length + (name.charCodeAt(0) & 31)] === 1;
    into.kinds.push(isMaybeKnown ? fieldOf(name) : Field.other);
    if (start !== nameEnd + 2 || last !== i) isAsWritten = false;
    from = i + 2;
  }
  into.text = isAsWritten ? text : "";
  into.start = at;
  return null;
}

function nameFault(text: string, from: number, at: number): string {
  const code = text.charCodeAt(at);
  if (at === from && (code === SPACE || code === TAB)) return "folded header line";
  if (code === SPACE || code === TAB) return "white space before the colon of a header";
  if (at === from && code === COLON) return "header without a name";
  return "forbidden byte in a header name";
}

/** Value of the first field of this lower-case name. */
export function fieldValue(fields: Fields, lowerCaseName: string): string | undefined {
  const { names, values } = fields;
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    if (name.length === lowerCaseName.length && name.toLowerCase() === lowerCaseName) return values[i];
  }
  return undefined;
}

/** Whether a comma-separated list, such as Connection's, holds this lower-case token. */
export function listHas(list: string, token: string): boolean {
  if (list.length === token.length) return list.toLowerCase() === token;
  if (list.length < token.length) return false;
  return list
    .toLowerCase()
    .split(",")
    .some((part) => part.trim() === token);
}

/**
 * Length of a Content-Length value: digits only, below 2^53 (a list, a sign or spaces are ambiguous).
 * @returns null when it is malformed.
 */
export function contentLengthOf(value: string): number | null {
  if (value.length === 0 || value.length > 15) return null;
  let length = 0;
  for (let i = 0; i < value.length; i++) {
    const digit = value.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return null;
    length = 10 * length + digit;
  }
  return length;
}
