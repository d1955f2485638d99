// Whether the requests of one session go to one node. Learned tokens hold for one worker; the inserted cookie for all of them.
import * as z from "zod";
import { durationMs } from "../common.ts";
import { HeaderName } from "./header.ts";

/** A cookie's name is a token, as a header's is (RFC 6265 §4.1.1). */
export const CookieName = HeaderName;

/** The fields of a Set-Cookie that a cookie's reach depends on. */
interface Reach {
  readonly name: string;
  readonly domain: string;
  readonly path: string;
  readonly sameSite: string;
  readonly secure: string;
}

/** Browsers drop a cookie that breaks these rules, and every request would begin a new session (RFC 6265bis §4.1.3, §5.7). */
function checkReach(cookie: Reach, ctx: z.RefinementCtx<Reach>): void {
  const fault = (path: string, message: string) =>
    ctx.addIssue({ code: "custom", path: [path], message, input: cookie });
  if (cookie.sameSite === "none" && cookie.secure === "never")
    fault("secure", "must not be never for sameSite none: browsers keep such a cookie only if it is Secure");
  if (/^__(?:secure|host)-/i.test(cookie.name) && cookie.secure !== "always")
    fault("secure", "must be always for a name that begins with __Secure- or __Host-");
  if (!/^__host-/i.test(cookie.name)) return;
  if (cookie.domain !== "") fault("domain", "must be empty for a name that begins with __Host-");
  if (cookie.path !== "/") fault("path", "must be / for a name that begins with __Host-");
}

interface TokenNames {
  readonly from: string;
  readonly tokenName: string;
  readonly answerFrom: string;
  readonly answerName: string;
}

/** Names of cookies and headers are tokens; those of query parameters may be anything. */
function checkNames(names: TokenNames, ctx: z.RefinementCtx<TokenNames>): void {
  const { from, tokenName, answerFrom, answerName } = names;
  const check = (path: string, name: string) => {
    if (!HeaderName.safeParse(name).success)
      ctx.addIssue({ code: "custom", path: [path], message: "is not a name of a cookie or header", input: names });
  };
  if (from !== "query") check("tokenName", tokenName);
  if (answerName !== "") check("answerName", answerName);
  else if (answerFrom !== "same" && from === "query") check("answerName", tokenName);
}

export const SAME_SITE = ["lax", "strict", "none"] as const;
export const COOKIE_SECURE = ["auto", "always", "never"] as const;
export const TOKEN_PLACES = ["cookie", "header", "query"] as const;
export const ANSWER_PLACES = ["same", "cookie", "header"] as const;

export const Stickiness = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("off") }),
  /** The proxy gives each client a cookie that stands for its node (HAProxy `cookie insert indirect`, nginx `sticky cookie`). */
  z
    .strictObject({
      mode: z.literal("cookie"),
      name: CookieName.default("srv_id"),
      /** How long a browser keeps it after it was last given, whole seconds; 0: until the browser is closed. Chrome's cap is 400 days. */
      expiresMs: durationMs(0, 34_560_000_000).multipleOf(1_000, "must be whole seconds").default(0),
      /** Empty: only the host that was asked. */
      domain: z
        .string()
        .trim()
        .toLowerCase()
        .max(253)
        .regex(/^(?:\.?[a-z0-9]([a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*)?$/, "must be a domain name")
        .default(""),
      path: z
        .string()
        .max(1_000)
        .regex(/^\/[\x21-\x3a\x3c-\x7e]*$/, "must start with / and hold no spaces and no semicolon")
        .default("/"),
      sameSite: z.enum(SAME_SITE).default("lax"),
      httpOnly: z.boolean().default(true),
      /** `auto`: when the client came by TLS, to this proxy or to a trusted one before it. */
      secure: z.enum(COOKIE_SECURE).default("auto"),
    })
    .superRefine(checkReach),
  /** A token of the application's own is learned (HAProxy stick tables, nginx `sticky learn`); kept per worker. */
  z
    .strictObject({
      mode: z.literal("learn"),
      /** Where requests bring the token. */
      from: z.enum(TOKEN_PLACES).default("cookie"),
      /** Of the cookie, header or parameter. */
      tokenName: z.string().trim().min(1).max(100),
      /** Where answers give it; `same`: where requests bring it, and none for a query parameter. */
      answerFrom: z.enum(ANSWER_PLACES).default("same"),
      /** Empty: the same name. */
      answerName: z.string().trim().max(100).default(""),
      /** How long a session may be idle. */
      ttlMs: durationMs(1_000, 2_592_000_000).default(3_600_000),
      /** Sessions that are kept; beyond it those go that were used longest ago. */
      maxEntries: z.int().min(1).max(1_000_000).default(100_000),
    })
    .superRefine(checkNames),
]);
export type Stickiness = z.infer<typeof Stickiness>;
export type LearnStickiness = Extract<Stickiness, { mode: "learn" }>;
export type CookieStickiness = Extract<Stickiness, { mode: "cookie" }>;
