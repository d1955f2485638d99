// The two requests of signing in through an identity provider: the button, and the provider sending somebody back.
import { type OidcSettings, readOidcSettings } from "#lib/contracts/oidc.ts";
import { ServiceError } from "#lib/contracts/problem.ts";
import { isRecord } from "#lib/core/config/same.ts";
import { isOidcFailure, type OidcFailure } from "#lib/core/oidc/admission.ts";
import { safeNext } from "#lib/core/safe-next.ts";
import { auth } from "#lib/server/auth.ts";
import { readJson } from "#lib/server/body.ts";
import { discover } from "#lib/server/oidc/discovery.ts";
import { type OidcCallback, oidcCallback } from "#lib/server/oidc/provider.ts";
import { requireSameOrigin } from "#lib/server/origin.ts";
import { clientAddress } from "#lib/server/session.ts";
import { recordFailedIdentity } from "#lib/services/account/sign-ins.ts";
import { db } from "#lib/store/db.ts";

const here = (path: string, query: Record<string, string>): string => {
  const text = new URLSearchParams(query).toString();
  return text === "" ? path : `${path}?${text}`;
};
/** Where people go on to may hold what better-auth takes for no address of ours, so that it travels packed. */
const pack = (next: string): string => Buffer.from(next).toString("base64url");
const unpack = (packed: string | null): string => safeNext(Buffer.from(packed ?? "", "base64url").toString());
const nextOf = (next: string): Record<string, string> => (next === "/" ? {} : { next });

/**
 * Answers `{url}`, where the browser goes: to the identity provider, or first to the public address when it is at another one.
 * @throws {ServiceError} `not-found` when there is no provider, `identity-provider-unavailable`, `forbidden`
 */
export async function startOidc(request: Request): Promise<Response> {
  requireSameOrigin(request);
  const settings = settingsOf();
  const input = await readJson(request);
  const next = safeNext(isRecord(input) && typeof input.next === "string" ? input.next : null);
  const publicUrl = process.env.GB_PUBLIC_URL ?? "";
  // The provider sends people back there, and the cookie that knows of their sign-in must be there, too.
  if (request.headers.get("origin") !== new URL(publicUrl).origin)
    return Response.json({ url: new URL(here("/sign-in", nextOf(next)), publicUrl).href });
  await requireProvider(settings);
  const { url, headers } = request;
  const back = here("/", { next: pack(next) });
  const body = { provider: "oidc", callbackURL: back, errorCallbackURL: back, disableRedirect: true };
  return auth().handler(
    new Request(new URL("/api/auth/sign-in/social", url), { method: "POST", headers, body: JSON.stringify(body) }),
  );
}

function settingsOf(): OidcSettings {
  const settings = readOidcSettings(process.env);
  if (settings === null) throw new ServiceError("not-found", "There is no identity provider to sign in through.");
  return settings;
}

async function requireProvider(settings: OidcSettings): Promise<void> {
  await discover(settings).catch((cause: unknown) => {
    throw new ServiceError("identity-provider-unavailable", "The identity provider does not answer as it should.", {
      cause,
    });
  });
}

/** Answers somebody whom the provider sends back: into the dashboard, or to the sign-in page with the code of why not. */
export async function finishOidc(request: Request): Promise<Response> {
  const settings = settingsOf();
  const address = clientAddress(request.headers);
  const given = new URL(request.url).searchParams.get("iss");
  const discovered = await discover(settings).catch(() => null);
  if (discovered === null) return toSignIn("identity-provider-unavailable", "/");
  // Another provider's answer, mixed up with ours (RFC 9207).
  if (given !== null && given !== discovered.issuer) return toSignIn("invalid-answer", "/");
  const callback: OidcCallback = { address, refused: null };
  const response = await oidcCallback.run(callback, () => auth().handler(request));
  const location = response.headers.get("location");
  const target = location === null ? null : new URL(location, "http://us.invalid");
  const next = unpack(target?.searchParams.get("next") ?? null);
  const error = target === null ? await errorOf(response) : target.searchParams.get("error");
  if (error === null) {
    const headers = new Headers(response.headers);
    headers.set("location", next);
    return new Response(null, { status: 302, headers });
  }
  const code = callback.refused ?? codeOf(error);
  if (AUDITED.has(code)) await recordFailedIdentity(db(), address, code, Date.now());
  return toSignIn(code, next, response.headers.getSetCookie());
}

async function errorOf(response: Response): Promise<string> {
  if (response.status === 429) return "too-many-requests";
  const body: unknown = await response.json().catch(() => null);
  return isRecord(body) && typeof body.code === "string" ? body.code : "internal";
}

/** What better-auth and providers say, in our codes: admitIdentity's are kept as they are, and audited there. */
function codeOf(error: string): OidcFailure {
  if (error.startsWith("state_") || error === "please_restart_the_process") return "expired";
  if (error === "access_denied" || error === "consent_required" || error === "login_required") return "denied";
  if (INVALID_ANSWERS.has(error)) return "invalid-answer";
  if (error === "ACCOUNT_DEACTIVATED") return "deactivated";
  return isOidcFailure(error) ? error : "internal";
}
const INVALID_ANSWERS: ReadonlySet<string> = new Set(
  ["invalid_code", "unable_to_get_user_info", "nonce_binding_missing", "no_code", "issuer_mismatch"], // biome-ignore format: a list
);
const AUDITED: ReadonlySet<string> = new Set(["denied", "invalid-answer"]);

function toSignIn(code: OidcFailure, next: string, cookies: string[] = []): Response {
  const headers = new Headers({
    location: here("/sign-in", { failed: code, ...nextOf(next) }),
    "cache-control": "no-store",
  });
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return new Response(null, { status: 302, headers });
}
