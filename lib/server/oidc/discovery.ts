// Where an identity provider does what (OpenID Connect Discovery 1.0), read when somebody signs in and kept for an hour: a
// provider that is away must neither stop the start nor make people with a password wait.
import { z } from "zod";
import type { OidcSettings } from "#lib/contracts/oidc.ts";
import { isRecord } from "#lib/core/config/same.ts";

const KEPT_MS = 3_600_000;
const ANSWER_WITHIN_MS = 8_000;
const MAX_ANSWER_BYTES = 1_048_576;

const endpoint = z.url({ protocol: /^https?$/ });
const Discovered = z.object({
  issuer: z.string(),
  authorization_endpoint: endpoint,
  token_endpoint: endpoint,
  jwks_uri: endpoint,
  userinfo_endpoint: endpoint.optional(),
  id_token_signing_alg_values_supported: z.array(z.string()).default(["RS256"]),
  token_endpoint_auth_methods_supported: z.array(z.string()).default(["client_secret_basic"]),
});
export type Discovered = z.infer<typeof Discovered>;

const kept = new Map<string, { readAtMs: number; document: Promise<Discovered> }>();

/** @throws {Error} when the provider cannot be reached within 8 s, or its document is not usable. */
export function discover({ issuer }: Pick<OidcSettings, "issuer">): Promise<Discovered> {
  const present = kept.get(issuer);
  if (present && Date.now() - present.readAtMs < KEPT_MS) return present.document;
  const document = read(issuer);
  kept.set(issuer, { readAtMs: Date.now(), document });
  document.catch(() => kept.delete(issuer));
  return document;
}

/** Providers differ in whether their issuer ends with a slash; anything else would be another issuer. */
const bare = (issuer: string): string => issuer.replace(/\/$/, "");

async function read(issuer: string): Promise<Discovered> {
  const answer = await askProvider(`${bare(issuer)}/.well-known/openid-configuration`, {});
  const document = Discovered.parse(answer);
  if (bare(document.issuer) !== bare(issuer))
    throw new Error(`the discovery document is of the issuer ${document.issuer}, not of ${issuer}`);
  const { protocol } = new URL(issuer);
  for (const url of [document.token_endpoint, document.jwks_uri, document.userinfo_endpoint])
    if (url !== undefined && protocol === "https:" && !url.startsWith("https:"))
      throw new Error(`${url} is in clear, although the issuer is not`);
  return document;
}

/** What the provider answers, as JSON. Redirects are refused: what is sent along is for nobody else. */
export async function askProvider(url: string, init: RequestInit): Promise<Record<string, unknown>> {
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const headers = { accept: "application/json", ...init.headers };
  const response = await fetch(url, { ...init, headers, redirect: "error", signal });
  const text = await boundedText(response);
  const answer: unknown = JSON.parse(text || "null");
  if (!response.ok) throw new Error(`${url} answered ${response.status}${errorOf(answer)}`);
  if (!isRecord(answer)) throw new Error(`${url} did not answer with an object`);
  return answer;
}

/** OAuth's own words for why (RFC 6749, 5.2). */
const errorOf = (answer: unknown): string =>
  isRecord(answer) && typeof answer.error === "string" ? `: ${answer.error.slice(0, 100)}` : "";

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new Error(`more than ${MAX_ANSWER_BYTES} bytes were answered`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
