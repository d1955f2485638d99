// Sessions of people, kept by better-auth in a cookie that scripts cannot read.

/** Why a sign-in failed; undefined when it worked. */
export type SignInFailure =
  | "wrong"
  | "deactivated"
  | "too-many-requests"
  | "network"
  | "internal"
  | "identity-provider-unavailable";

const post = (path: string, body: unknown) =>
  fetch(`/api/auth/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  }).catch(() => null);

/** Starts a session. @returns why not, or undefined when it worked. */
export async function signIn(email: string, password: string): Promise<SignInFailure | undefined> {
  const response = await post("sign-in/email", { email, password });
  if (!response) return "network";
  if (response.ok) return undefined;
  if (response.status === 429) return "too-many-requests";
  const { code } = (await response.json().catch(() => ({}))) as { code?: unknown };
  if (code === "ACCOUNT_DEACTIVATED") return "deactivated";
  return response.status < 500 ? "wrong" : "internal";
}

/** Starts signing in through the identity provider: on success the browser goes there. @returns why not */
export async function signInElsewhere(next: string | undefined): Promise<SignInFailure | undefined> {
  const response = await post("sign-in/oidc", { next });
  if (!response) return "network";
  const { url, code } = (await response.json().catch(() => ({}))) as { url?: unknown; code?: unknown };
  if (response.ok && typeof url === "string") {
    window.location.assign(url);
    return undefined;
  }
  if (response.status === 429) return "too-many-requests";
  return code === "identity-provider-unavailable" ? code : "internal";
}

/** Ends the session and leaves everything that was read with it. */
export async function signOut(): Promise<void> {
  await post("sign-out", {});
  window.location.assign("/sign-in");
}
