// The identity provider as better-auth knows one: it keeps state, PKCE and nonce, and makes the session; what the provider
// says is checked here, and who may come in is decided by admitIdentity before better-auth hears of anybody.
import { AsyncLocalStorage } from "node:async_hooks";
import type { BetterAuthPlugin } from "better-auth";
import { authorizationCodeRequest, createAuthorizationURL, getOAuth2Tokens, validateToken } from "better-auth/oauth2";
import type { OidcSettings } from "#lib/contracts/oidc.ts";
import type { OidcRefusal } from "#lib/core/oidc/admission.ts";
import { type Claims, readIdentity } from "#lib/core/oidc/identity.ts";
import { askProvider, type Discovered, discover } from "#lib/server/oidc/discovery.ts";
import { admitIdentity, OIDC_PROVIDER_ID, oidcAccountId } from "#lib/services/account/admit-identity.ts";
import type { Db } from "#lib/store/db.ts";

/** The callback that is being answered: better-auth tells its providers nothing of it, and passes on no reasons of theirs. */
export type OidcCallback = { address: string | null; refused: OidcRefusal | null };
export const oidcCallback = new AsyncLocalStorage<OidcCallback>();

/** Signatures that need a key of the provider; the ones with a shared secret would make the client secret a key of identities. */
const ALGORITHMS: ReadonlySet<string> = new Set(
  ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"], // biome-ignore format: a list
);
const CLOCK_TOLERANCE_S = 30;

type Tokens = { idToken?: string | undefined; accessToken?: string | undefined; expectedIdTokenNonce?: string };
type Code = { code: string; codeVerifier?: string | undefined; redirectURI: string };
type Start = { state: string; codeVerifier: string; redirectURI: string; idTokenNonce?: string | undefined };

/** Makes `settings` a way to sign in at /sign-in/social and /callback/oidc. */
export const oidcPlugin = (client: Db, settings: OidcSettings): BetterAuthPlugin => ({
  id: "oidc",
  init: ({ socialProviders }) => ({ context: { socialProviders: [...socialProviders, provider(client, settings)] } }),
});

const provider = (client: Db, settings: OidcSettings) => ({
  id: OIDC_PROVIDER_ID,
  name: settings.label ?? "OpenID Connect",
  requiresIdTokenNonce: true,
  // Whoever may come in has an account before better-auth looks for one.
  disableSignUp: true,
  options: { disableSignUp: true, disableIdTokenSignIn: true },
  accountSubject: ({ profile }: { profile: object }) => (profile as Claims).accountId as string,
  async createAuthorizationURL({ state, codeVerifier, redirectURI, idTokenNonce }: Start): Promise<URL> {
    const { authorization_endpoint } = await discover(settings);
    return createAuthorizationURL({
      id: OIDC_PROVIDER_ID,
      options: { clientId: settings.clientId },
      authorizationEndpoint: authorization_endpoint,
      scopes: settings.scopes,
      state,
      codeVerifier,
      redirectURI,
      ...(idTokenNonce !== undefined && { nonce: idTokenNonce }),
    });
  },
  validateAuthorizationCode: (data: Code) => logged("The code was not exchanged", () => exchange(settings, data)),
  async getUserInfo(tokens: Tokens) {
    const claims = await logged("The ID token is not valid", () => verifiedClaims(settings, tokens)).catch(() => null);
    if (claims === null) return null;
    const { issuer } = await discover(settings);
    const identity = readIdentity(claims, settings);
    const callback = oidcCallback.getStore();
    const address = callback?.address ?? null;
    const admitted = await admitIdentity(client, settings, { issuer, identity, address });
    if (admitted.is === "refused") {
      if (callback) callback.refused = admitted.reason;
      return null;
    }
    const { email, name } = admitted;
    const accountId = oidcAccountId(issuer, identity.subject);
    return { user: { email, name, emailVerified: true }, data: { ...claims, accountId } };
  },
});

/** What exactly went wrong is for the log; people are only told that it did. */
async function logged<T>(what: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    console.error(JSON.stringify({ level: "error", from: "oidc", message: `${what}: ${cause}` }));
    throw error;
  }
}

async function exchange(settings: OidcSettings, { code, codeVerifier, redirectURI }: Code) {
  const { clientId, clientSecret } = settings;
  const discovered = await discover(settings);
  const { body, headers } = await authorizationCodeRequest({
    code,
    codeVerifier,
    redirectURI,
    options: { clientId, clientSecret },
    tokenEndpoint: discovered.token_endpoint,
    tokenEndpointAuth: { method: clientMethod(settings, discovered) },
  });
  return getOAuth2Tokens(await askProvider(discovered.token_endpoint, { method: "POST", headers, body }));
}

function clientMethod({ clientSecret }: OidcSettings, discovered: Discovered) {
  if (clientSecret === undefined) return "none" as const;
  const methods = discovered.token_endpoint_auth_methods_supported;
  return methods.includes("client_secret_basic") ? ("client_secret_basic" as const) : ("client_secret_post" as const);
}

/**
 * The claims of the ID token (OpenID Connect Core 1.0, 3.1.3.7), with those of the userinfo endpoint when it has no e-mail.
 * @throws {Error} for whatever is not right with it
 */
async function verifiedClaims(settings: OidcSettings, tokens: Tokens): Promise<Claims> {
  const { idToken, accessToken, expectedIdTokenNonce: nonce } = tokens;
  if (idToken === undefined) throw new Error("the answer has none");
  const discovered = await discover(settings);
  const { payload } = await validateToken(idToken, discovered.jwks_uri, {
    issuer: discovered.issuer,
    audience: settings.clientId,
    algorithms: discovered.id_token_signing_alg_values_supported.filter((name) => ALGORITHMS.has(name)),
    requiredClaims: ["iss", "sub", "aud", "exp", "iat"],
    clockTolerance: CLOCK_TOLERANCE_S,
  });
  if (nonce === undefined || payload.nonce !== nonce) throw new Error("the nonce is of another sign-in");
  if (Array.isArray(payload.aud) && payload.aud.length > 1 && payload.azp !== settings.clientId)
    throw new Error("it was made for another client");
  if (typeof payload.sub !== "string" || payload.sub.trim() === "") throw new Error("it has no subject");
  if (payload.email !== undefined || accessToken === undefined || discovered.userinfo_endpoint === undefined)
    return payload;
  const headers = { authorization: `Bearer ${accessToken}` };
  const told = await askProvider(discovered.userinfo_endpoint, { headers });
  if (told.sub !== payload.sub) throw new Error("the userinfo endpoint speaks of somebody else");
  return { ...told, ...payload };
}
