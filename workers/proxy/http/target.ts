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

const ABSOLUTE = /^https?:\/\/([^/?]*)(.*)$/i;
const DOT_SEGMENT = /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i;
/** Name, IPv4 or bracketed IPv6 address, with an optional port: no user info, nothing that readers take apart differently. */
const AUTHORITY = /^(?:[A-Za-z0-9._~!$&'()*+,;=%-]+|\[[0-9A-Fa-f:.]+\])(?::\d{0,5})?$/;

export const isAuthority = (text: string): boolean => text.length <= 262 && AUTHORITY.test(text);

/** Host without its port, lower case: what routes compare. */
export function hostName(authority: string): string {
  const colon = authority.lastIndexOf(":");
  const bare = colon > authority.lastIndexOf("]") ? authority.slice(0, colon) : authority;
  return bare.toLowerCase();
}

/**
 * Splits a target of visible ASCII.
 * @returns what is wrong with it as a string.
 */
export function parseTarget(target: string, method: string): Target | string {
  if (target.charCodeAt(0) === 47) return split(target, null);
  if (target === "*") return method === "OPTIONS" ? { path: "*", query: "", authority: null } : "* is for OPTIONS only";
  const absolute = ABSOLUTE.exec(target);
  if (!absolute) return "the target is neither a path nor an http URL";
  const [, authority = "", rest = ""] = absolute;
  if (!isAuthority(authority)) return "the target's host is malformed";
  if (rest === "" && method === "OPTIONS") return { path: "*", query: "", authority };
  return split(rest.startsWith("/") ? rest : `/${rest}`, authority);
}

function split(target: string, authority: string | null): Target | string {
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  if (target.includes("#")) return "the target holds a fragment";
  if (path.includes("\\")) return "the path holds a backslash";
  if ((path.includes("/.") || path.includes("%2")) && DOT_SEGMENT.test(path)) return "the path holds dot segments";
  return { path, query: mark < 0 ? "" : target.slice(mark), authority };
}
