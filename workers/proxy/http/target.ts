// Request targets (RFC 9112 §3.2): origin-form, absolute-form and `*`. The path that routes match is exactly the path that
// is forwarded: nothing is decoded, and dot segments, plain or encoded, are refused, so no `/a/..%2fadmin` slips by a rule.

export interface Target {
  /** Path without query; `*` for the server as a whole. */
  path: string;
  /** Query with its `?`, or empty. */
  query: string;
  /** Authority of an absolute-form target; it takes the place of Host. */
  authority: string | null;
}

const SLASH = 47;
const DOT = 46;
const QUESTION = 63;

const ABSOLUTE = /^https?:\/\/([^/?]*)(.*)$/i;
/** Some nodes take `%2F` or `%5C` for a slash, and cut a segment at `;`: what they would resolve is refused here, too. */
const DOT_SEGMENT = /(?:^|\/|%2f|%5c)(?:\.|%2e){1,2}(?:\/|%2f|%5c|;|$)/i;
/** Name, IPv4 or bracketed IPv6 address, with an optional port: no user info, nothing that readers take apart differently. */
const AUTHORITY = /^(?:[A-Za-z0-9._~!$&'()*+,;=%-]+|\[[0-9A-Fa-f:.]+\])(?::\d{0,5})?$/;

/** Hosts of authorities seen so far, all of them well formed; bounded, since clients choose them. */
const hosts = new Map<string, string>();
const MAX_HOSTS = 2_000;
const MAX_KEPT_LENGTH = 80;

export const isAuthority = (text: string): boolean => hosts.has(text) || (text.length <= 262 && AUTHORITY.test(text));

/** Host without its port, lower case: what routes compare. */
export function hostName(authority: string): string {
  const seen = hosts.get(authority);
  if (seen !== undefined) return seen;
  const host = bareHost(authority);
  if (hosts.size < MAX_HOSTS && authority.length <= MAX_KEPT_LENGTH && isAuthority(authority))
    hosts.set(authority, host);
  return host;
}

function bareHost(authority: string): string {
  const colon = authority.lastIndexOf(":");
  const bare = colon > authority.lastIndexOf("]") ? authority.slice(0, colon) : authority;
  return bare.toLowerCase();
}

/**
 * Splits a target of visible ASCII.
 * @returns what is wrong with it as a string.
 */
export function parseTarget(target: string, method: string): Target | string {
  if (target.charCodeAt(0) === SLASH) return split(target, null);
  if (target === "*") return method === "OPTIONS" ? { path: "*", query: "", authority: null } : "* is for OPTIONS only";
  const absolute = ABSOLUTE.exec(target);
  if (!absolute) return "the target is neither a path nor an http URL";
  const [, authority = "", rest = ""] = absolute;
  if (!isAuthority(authority)) return "the target's host is malformed";
  if (rest === "" && method === "OPTIONS") return { path: "*", query: "", authority };
  return split(rest.startsWith("/") ? rest : `/${rest}`, authority);
}

/** What of a path in origin-form decides whether it needs a closer look. */
const PLAIN_PATH = new Uint8Array(128).fill(1, 0x21, 0x7f);
for (const special of "#\\%") PLAIN_PATH[special.charCodeAt(0)] = 0;

/**
 * The target of `text` between `start` and `end`, which is visible ASCII, when it is a path, with or without a query, that
 * holds nothing special; null for `parseTarget` to look at.
 */
export function plainTarget(text: string, start: number, end: number): Target | null {
  if (text.charCodeAt(start) !== SLASH) return null;
  let mark = -1;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (PLAIN_PATH[code] !== 1 || (code === DOT && text.charCodeAt(at - 1) === SLASH)) return null;
    if (code === QUESTION && mark < 0) mark = at;
  }
  const pathEnd = mark < 0 ? end : mark;
  return { path: text.slice(start, pathEnd), query: mark < 0 ? "" : text.slice(mark, end), authority: null };
}

function split(target: string, authority: string | null): Target | string {
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  if (target.includes("#")) return "the target holds a fragment";
  if (path.includes("\\")) return "the path holds a backslash";
  if ((path.includes("/.") || path.includes("%")) && DOT_SEGMENT.test(path)) return "the path holds dot segments";
  return { path, query: mark < 0 ? "" : target.slice(mark), authority };
}
