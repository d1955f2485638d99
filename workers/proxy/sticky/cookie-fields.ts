// The Cookie fields of a request. HTTP/1 clients send one, as they should (RFC 6265 §5.4); more are taken for one list.
import { takeCookie } from "#lib/core/sticky/cookies.ts";
import { noFields } from "../http/fields.ts";
import type { RequestHead } from "../http/request-head.ts";

export const isCookieField = (name: string): boolean => name.length === 6 && name.toLowerCase() === "cookie";

/** Values of the request's cookies called `name`; null: it has none. */
export function cookiesOf({ fields }: RequestHead, name: string): readonly string[] | null {
  let found: readonly string[] | null = null;
  for (let i = 0; i < fields.names.length; i++) {
    if (!isCookieField(fields.names[i] as string)) continue;
    const taken = takeCookie(fields.values[i] as string, name);
    if (taken !== null) found = found === null ? taken.values : [...found, ...taken.values];
  }
  return found;
}

/** The head without its cookies called `name`; others stay. */
export function withoutCookie(head: RequestHead, name: string): RequestHead {
  const { names, values } = head.fields;
  const fields = noFields();
  for (let i = 0; i < names.length; i++) {
    const value = values[i] as string;
    const taken = isCookieField(names[i] as string) ? takeCookie(value, name) : null;
    if (taken?.rest === "") continue;
    fields.names.push(names[i] as string);
    fields.values.push(taken?.rest ?? value);
    fields.kinds.push(head.fields.kinds[i] as number);
  }
  return { ...head, fields };
}
