// Signing in through an identity provider that speaks OpenID Connect: what the environment says of it. Optional: without
// GB_OIDC_ISSUER there is none.
import * as z from "zod";
import { ROLES, Role } from "./common.ts";

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);
const DISCOVERY_PATH = "/.well-known/openid-configuration";
const AN_ISSUER = "must be a URL with the scheme https (http on this machine only), without query";

const MAX_SESSION_MINUTES = 10_080;
const A_SESSION = `must be a number of minutes from 1 to ${MAX_SESSION_MINUTES} (seven days)`;

const listed = (text: string): string[] => text.split(/[\s,]+/).filter((part) => part !== "");

function isIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, search, hash, username } = new URL(text);
  const isSafe = protocol === "https:" || (protocol === "http:" && LOOPBACK.has(hostname));
  return isSafe && search === "" && hash === "" && username === "";
}

const A_MAPPING = `must be a list such as "gb-admins=admin, gb-viewers=viewer", of the roles ${ROLES.join(", ")}`;

const MAPPED = new RegExp(`^[^=].*=\\s*(?:${ROLES.join("|")})$`);

/** `value=role`, parted by commas; values may hold spaces. */
const RoleMapping = z
  .string()
  .refine((text) => text.split(",").every((part) => MAPPED.test(part.trim())), A_MAPPING)
  .transform((text) =>
    text.split(",").map((whole) => {
      const part = whole.trim();
      const at = part.lastIndexOf("=");
      return { value: part.slice(0, at).trim(), role: Role.parse(part.slice(at + 1).trim()) };
    }),
  );
export type RoleMapping = z.infer<typeof RoleMapping>;

/** Part of the environment; see .env.example for the words of each. */
export const OIDC_VARIABLES = {
  /** Its discovery document is below it. Given with the document's path, that is left out. */
  GB_OIDC_ISSUER: z
    .string()
    .transform((text) => (text.endsWith(DISCOVERY_PATH) ? text.slice(0, -DISCOVERY_PATH.length) : text))
    .refine(isIssuer, AN_ISSUER)
    .optional(),
  GB_OIDC_CLIENT_ID: z.string().max(500).optional(),
  /** Not set: a public client, which PKCE alone protects. */
  GB_OIDC_CLIENT_SECRET: z.string().max(1_000).optional(),
  GB_OIDC_SCOPES: z
    .string()
    .transform(listed)
    .pipe(z.array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, "must be scopes parted by spaces")).max(50))
    .refine((scopes) => scopes.includes("openid"), "must have the scope openid")
    .default(["openid", "email", "profile"]),
  /** What the button says; not set: the words of each language for single sign-on. */
  GB_OIDC_LABEL: z.string().trim().max(60, "must have at most 60 characters").optional(),
  /** Whoever has an address elsewhere stays out; not set: any. */
  GB_OIDC_EMAIL_DOMAINS: z
    .string()
    .transform((text) => listed(text.toLowerCase()))
    .pipe(z.array(z.string().regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/, "must be domains such as example.org")).max(100))
    .optional(),
  /** Some providers verify every address and say so nowhere: with `assumed` a missing `email_verified` counts as true. */
  GB_OIDC_EMAIL_VERIFIED: z.enum(["required", "assumed"]).default("required"),
  /** How long somebody who came in this way stays before the provider is asked again, whatever they do. */
  GB_OIDC_SESSION_MINUTES: z
    .string()
    .regex(/^\d+$/, A_SESSION)
    .transform(Number)
    .pipe(z.int().min(1, A_SESSION).max(MAX_SESSION_MINUTES, A_SESSION))
    .default(60),
  /** Claim that has the person's groups or roles: its name, or a path of names with dots. */
  GB_OIDC_ROLE_CLAIM: z.string().trim().max(200).optional(),
  GB_OIDC_ROLES: RoleMapping.optional(),
  /** Role of whom no value of the claim maps; not set: they must be invited. */
  GB_OIDC_DEFAULT_ROLE: Role.optional(),
} as const;

/** Those that are never undefined, and say nothing by being there. */
const WITH_DEFAULTS: ReadonlySet<string> = new Set([
  "GB_OIDC_SCOPES",
  "GB_OIDC_EMAIL_VERIFIED",
  "GB_OIDC_SESSION_MINUTES",
]);

const OidcVariables = z.object(OIDC_VARIABLES);
type OidcVariables = z.infer<typeof OidcVariables>;

/** What contradicts itself among the variables, each with the one to mend. */
export function oidcFaults(env: OidcVariables & { GB_PUBLIC_URL?: string | undefined }): [string, string][] {
  if (env.GB_OIDC_ISSUER === undefined)
    return Object.entries(env)
      .filter(([name, value]) => name.startsWith("GB_OIDC_") && !WITH_DEFAULTS.has(name) && value !== undefined)
      .map(([name]) => [name, "is of use only with GB_OIDC_ISSUER"]);
  const faults: [string, string][] = [];
  if (env.GB_OIDC_CLIENT_ID === undefined) faults.push(["GB_OIDC_CLIENT_ID", "is needed with GB_OIDC_ISSUER"]);
  if (env.GB_PUBLIC_URL === undefined)
    faults.push(["GB_PUBLIC_URL", "is needed with GB_OIDC_ISSUER: the identity provider sends people back to it"]);
  if ((env.GB_OIDC_ROLE_CLAIM === undefined) !== (env.GB_OIDC_ROLES === undefined))
    faults.push(
      env.GB_OIDC_ROLE_CLAIM === undefined
        ? ["GB_OIDC_ROLE_CLAIM", "is needed with GB_OIDC_ROLES: which claim has the values"]
        : ["GB_OIDC_ROLES", "is needed with GB_OIDC_ROLE_CLAIM: which value gives which role"],
    );
  return faults;
}

export type OidcSettings = {
  issuer: string;
  clientId: string;
  clientSecret: string | undefined;
  scopes: string[];
  label: string | undefined;
  emailDomains: string[];
  /** A provider that does not say whether it has verified an address has done so. */
  assumesVerifiedEmail: boolean;
  sessionMs: number;
  roleClaim: string | undefined;
  roles: RoleMapping;
  defaultRole: Role | undefined;
};

/** The settings, from variables that the supervisor has checked; null: nobody signs in this way. */
export function readOidcSettings(source: Record<string, string | undefined>): OidcSettings | null {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ""));
  const env = OidcVariables.parse(given);
  if (env.GB_OIDC_ISSUER === undefined || env.GB_OIDC_CLIENT_ID === undefined) return null;
  return {
    issuer: env.GB_OIDC_ISSUER,
    clientId: env.GB_OIDC_CLIENT_ID,
    clientSecret: env.GB_OIDC_CLIENT_SECRET,
    scopes: env.GB_OIDC_SCOPES,
    label: env.GB_OIDC_LABEL,
    emailDomains: env.GB_OIDC_EMAIL_DOMAINS ?? [],
    assumesVerifiedEmail: env.GB_OIDC_EMAIL_VERIFIED === "assumed",
    sessionMs: env.GB_OIDC_SESSION_MINUTES * 60_000,
    roleClaim: env.GB_OIDC_ROLE_CLAIM,
    roles: env.GB_OIDC_ROLES ?? [],
    defaultRole: env.GB_OIDC_DEFAULT_ROLE,
  };
}
