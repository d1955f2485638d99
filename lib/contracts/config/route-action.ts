// What a route answers by itself, without any node.
import * as z from "zod";
import { AnswerFields } from "./header.ts";

export const REDIRECT_STATUSES = [301, 302, 303, 307, 308] as const;
export const MAX_FIXED_BODY_BYTES = 65_536;

// Whose server a redirect leads to is never the client's choice: scheme and authority are written out, or the authority is
// the requested host that the route matched, and what is filled in stands after the slash or question mark that ends it.
const FILLED = "(?:[!#-;=?-\\[\\]^-z|~]|\\{path\\}|\\{rest\\}|\\{query\\})*";
const AUTHORITY = "(?:\\{host\\}|[A-Za-z0-9][A-Za-z0-9.-]*|\\[[0-9A-Fa-f:.]+\\])(?::\\d{1,5})?";
const ABSOLUTE = new RegExp(`^https?://${AUTHORITY}(?:(?:[/?#]|\\{path\\}|\\{query\\})${FILLED})?$`);
const ON_THIS_HOST = new RegExp(`^/(?!/)${FILLED}$`);

/**
 * Where a redirect leads: a URL, or a path on the same host. `{path}` is the requested path, `{rest}` what of it follows the
 * route's prefix, without its slash, `{query}` the query with its question mark, `{host}` the requested host without port.
 */
export const RedirectTarget = z
  .string()
  .trim()
  .max(2000)
  .refine(
    (text) => ABSOLUTE.test(text) || ON_THIS_HOST.test(text),
    "must be a URL or a path, such as https://example.org{path}{query}",
  );

export const RouteAction = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("redirect"),
    status: z.literal(REDIRECT_STATUSES).default(302),
    location: RedirectTarget,
  }),
  z.strictObject({
    kind: z.literal("respond"),
    status: z.int().min(200).max(599).default(503),
    contentType: z
      .string()
      .trim()
      .max(200)
      .regex(/^[\w.+-]+\/[\w.+-]+(?:\s*;\s*[\w-]+=[\w."-]+)*$/, "must be a media type such as text/html")
      .default("text/plain; charset=utf-8"),
    headers: AnswerFields,
    body: z
      .string()
      .refine(
        (text) => new TextEncoder().encode(text).length <= MAX_FIXED_BODY_BYTES,
        `must have at most ${MAX_FIXED_BODY_BYTES} bytes`,
      )
      .default(""),
  }),
]);
export type RouteAction = z.infer<typeof RouteAction>;

/** Statuses whose answers have no body (RFC 9110). */
export const isBodyless = (status: number): boolean => status === 204 || status === 205 || status === 304;
