// The environment, read once by whoever starts the processes: every fault is listed, never only the first.
import * as z from "zod";
import { AddressRange } from "./config/address-range.ts";
import { OIDC_VARIABLES, oidcFaults } from "./oidc.ts";

const A_PORT = "must be a port from 1 to 65535";
const anyPort = z.string().regex(/^\d+$/, A_PORT).transform(Number).pipe(z.int().min(1, A_PORT).max(65_535, A_PORT));
const port = (fallback: number) => anyPort.default(fallback);
const address = z
  .union([z.ipv4(), z.ipv6(), z.literal("localhost")], { error: "must be an IP address or localhost" })
  .default("127.0.0.1");
const serviceUrl = (...schemes: string[]) =>
  z
    .string()
    .refine(
      (text) => URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1)),
      `must be a URL with the scheme ${schemes.join(" or ")}`,
    )
    .optional();

const MAX_DRAIN_MS = 86_400_000;
const A_DRAIN = `must be a number of milliseconds from 0 to ${MAX_DRAIN_MS}`;

/** 32 bytes: 64 hexadecimal digits, or base64 (either alphabet, padded or not). */
export const SECRET_KEY = /^(?:[0-9a-fA-F]{64}|[A-Za-z0-9+/_-]{43}=?)$/;

export const Environment = z
  .object({
    GB_WEB_PORT: port(3000),
    GB_PROXY_PORT: port(8080),
    GB_ADMIN_PORT: port(9901),
    /** Where the proxy speaks TLS; not set: nowhere. */
    GB_PROXY_TLS_PORT: anyPort.optional(),
    GB_WEB_BIND: address,
    GB_PROXY_BIND: address,
    GB_ADMIN_BIND: address,
    GB_DATA_DIR: z.string().min(1).default(".data"),
    DATABASE_URL: serviceUrl("postgres", "postgresql"),
    /** The same database as the role that owns the tables: migrations run as it, and the product as the lesser one above. */
    GB_MIGRATION_DATABASE_URL: serviceUrl("postgres", "postgresql"),
    GB_ADMIN_EMAIL: z.email("must be an e-mail address").default("admin@localhost.localdomain"),
    GB_ADMIN_PASSWORD: z.string().min(12, "must have at least 12 characters").max(128).optional(),
    GB_API_TOKEN: z
      .string()
      .regex(/^[\x21-\x7e]{20,200}$/, "must have 20 to 200 visible ASCII characters")
      .optional(),
    /** Seals private keys and credentials; not set: a key in the data directory. */
    GB_SECRET_KEY: z
      .string()
      .regex(SECRET_KEY, "must be 32 bytes, as 64 hexadecimal digits or in base64 (make one: openssl rand -hex 32)")
      .optional(),
    /** Ranges that notifications may be sent to though they are not on the public internet; to these in clear as well. */
    GB_NOTIFY_ALLOW: z
      .string()
      .transform((text) => text.split(/[\s,]+/).filter((part) => part !== ""))
      .pipe(z.array(AddressRange, { error: "must be a list of addresses or ranges such as 10.0.0.0/8" }).max(100))
      .default([]),
    /** Address that people type into the browser, when it is not the one bound: behind a TLS terminator, say. */
    GB_PUBLIC_URL: serviceUrl("http", "https"),
    ...OIDC_VARIABLES,
    GB_PROXY_PROCESSES: z
      .string()
      .regex(/^\d+$/, "must be a number from 1 to 256")
      .transform(Number)
      .pipe(z.int().min(1, "must be a number from 1 to 256").max(256, "must be a number from 1 to 256"))
      .optional(),
    /** Where this worker stands: pools may prefer nodes of its own zone. */
    /** File of the access log, which is turned on in the proxy's settings; not set: standard output. */
    GB_ACCESS_LOG: z.string().trim().min(1).max(1_000).optional(),
    GB_ZONE: z.string().trim().max(63, "must have at most 63 characters").optional(),
    /** How long a proxy process that a reload replaces may finish what is in flight. */
    GB_RELOAD_DRAIN_MS: z
      .string()
      .regex(/^\d+$/, A_DRAIN)
      .transform(Number)
      .pipe(z.int().min(0, A_DRAIN).max(MAX_DRAIN_MS, A_DRAIN))
      .default(9_000),
    /** Whether people may start the demo fleet, and this worker runs its nodes. */
    GB_DEMO: z.enum(["on", "off"]).default("on"),
    GB_LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info"),
  })
  .superRefine((env, ctx) => {
    if (env.GB_MIGRATION_DATABASE_URL !== undefined)
      requireSameDatabase(env.GB_MIGRATION_DATABASE_URL, env.DATABASE_URL, ctx);
    for (const [name, message] of oidcFaults(env)) ctx.addIssue({ code: "custom", path: [name], message });
    const taken = new Map<number, string>();
    for (const name of ["GB_WEB_PORT", "GB_PROXY_PORT", "GB_PROXY_TLS_PORT", "GB_ADMIN_PORT"] as const) {
      const used = env[name];
      if (used === undefined) continue;
      const other = taken.get(used);
      if (other) ctx.addIssue({ code: "custom", path: [name], message: `must differ from ${other}` });
      taken.set(used, name);
    }
  });
export type Environment = z.infer<typeof Environment>;

/** The owner's address is of use only beside the product's, and must lead to the same database. */
function requireSameDatabase(owner: string, product: string | undefined, ctx: z.RefinementCtx): void {
  const add = (message: string) => ctx.addIssue({ code: "custom", path: ["GB_MIGRATION_DATABASE_URL"], message });
  if (product === undefined) add("needs DATABASE_URL, the same database as the role that the product works as");
  else if (new URL(owner).pathname !== new URL(product).pathname) add("must name the same database as DATABASE_URL");
}

/**
 * Reads and checks the variables; an empty one counts as not set.
 * @throws {EnvironmentError} naming every bad variable.
 */
export function readEnvironment(source: Record<string, string | undefined>): Environment {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ""));
  const result = Environment.safeParse(given);
  if (result.success) return result.data;
  throw new EnvironmentError(result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`));
}

export class EnvironmentError extends Error {
  override name = "EnvironmentError";
  readonly faults: string[];
  constructor(faults: string[]) {
    super(`The environment is not usable:\n${faults.map((f) => `  ${f}`).join("\n")}`);
    this.faults = faults;
  }
}
