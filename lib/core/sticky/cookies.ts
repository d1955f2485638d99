// Cookies as RFC 6265 writes and reads them: a request's list of them (§4.2.1), and an answer's Set-Cookie (§4.1, §5.2).

export interface TakenCookie {
  /** Values of the cookies of that name, in the order sent: those of the narrower path come first. */
  readonly values: readonly string[];
  /** The list without them; empty when nothing is left. */
  readonly rest: string;
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x09;

/**
 * Takes the cookies called `name` out of the value of a Cookie field. Names are told apart by case. All that is left stays as
 * it was written, but for the spaces between its parts. @returns null when there is none of that name
 */
export function takeCookie(list: string, name: string): TakenCookie | null {
  let values: string[] | null = null;
  let rest = "";
  for (let at = 0; at < list.length; ) {
    const semicolon = list.indexOf(";", at);
    const next = semicolon < 0 ? list.length : semicolon;
    const [start, end] = trimmed(list, at, next);
    at = next + 1;
    const value = pairValue(list, start, end, name);
    if (value !== null) {
      values ??= [];
      values.push(value);
    } else if (end > start) rest += rest === "" ? list.slice(start, end) : `; ${list.slice(start, end)}`;
  }
  return values === null ? null : { values, rest };
}

function trimmed(text: string, from: number, to: number): [start: number, end: number] {
  let start = from;
  let end = to;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return [start, end];
}

/** Value of the pair in `text` from `start` to `end`, when it has that name. */
function pairValue(text: string, start: number, end: number, name: string): string | null {
  const equals = text.indexOf("=", start);
  if (equals < 0 || equals >= end) return null;
  const [nameStart, nameEnd] = trimmed(text, start, equals);
  if (nameEnd - nameStart !== name.length || !text.startsWith(name, nameStart)) return null;
  const [from, to] = trimmed(text, equals + 1, end);
  return text.slice(from, to);
}

/** Value that a Set-Cookie field gives the cookie called `name`; null: it is about another, or takes it away. */
export function givenCookie(field: string, name: string, nowMs: number): string | null {
  const semicolon = field.indexOf(";");
  const pairEnd = semicolon < 0 ? field.length : semicolon;
  const [start, end] = trimmed(field, 0, pairEnd);
  const value = pairValue(field, start, end, name);
  if (value === null || value === "") return null;
  return isTakenAway(field.slice(pairEnd), nowMs) ? null : value;
}

/** Max-Age goes before Expires; of several the last counts (RFC 6265 §5.3). */
function isTakenAway(attributes: string, nowMs: number): boolean {
  let isExpired = false;
  let isAged: boolean | null = null;
  for (const attribute of attributes.split(";")) {
    const equals = attribute.indexOf("=");
    const key = attribute.slice(0, Math.max(0, equals)).trim().toLowerCase();
    const value = attribute.slice(equals + 1).trim();
    if (key === "max-age" && /^-?\d+$/.test(value)) isAged = Number(value) <= 0;
    else if (key === "expires") isExpired = Date.parse(value) <= nowMs;
  }
  return isAged ?? isExpired;
}

export interface CookieAttributes {
  readonly expiresMs: number;
  readonly domain: string;
  readonly path: string;
  readonly sameSite: "lax" | "strict" | "none";
  readonly httpOnly: boolean;
}

const SAME_SITE = { lax: "Lax", strict: "Strict", none: "None" } as const;

/** What stands behind a cookie's pair whenever it is given, but for what depends on time and connection. */
export function cookieAttributes({ domain, path, sameSite, httpOnly }: CookieAttributes): string {
  let text = domain === "" ? "" : `; Domain=${domain}`;
  text += `; Path=${path}`;
  if (httpOnly) text += "; HttpOnly";
  return `${text}; SameSite=${SAME_SITE[sameSite]}`;
}

/** Until when it is kept; empty for one that ends with the browser's session. Max-Age for all, Expires for the oldest. */
export function cookieExpiry(expiresMs: number, nowMs: number): string {
  if (expiresMs === 0) return "";
  return `; Max-Age=${Math.floor(expiresMs / 1_000)}; Expires=${new Date(nowMs + expiresMs).toUTCString()}`;
}
