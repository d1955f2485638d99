import { randomBytes } from "node:crypto";
import { getSessionCookie } from "better-auth/cookies";
import { type NextRequest, NextResponse } from "next/server";

/** Pages for those who are not signed in. */
const OPEN_PAGES: ReadonlySet<string> = new Set(["/sign-in", "/invitation"]);
const development = process.env.NODE_ENV === "development";

/**
 * Sends people without a session cookie to the sign-in page (a convenience only: whether a session is valid is decided by
 * the API on every call), and gives each page a policy under which no script runs but those that its own nonce names.
 */
export function proxy(request: NextRequest) {
  const { pathname, search } = request.nextUrl;
  if (!OPEN_PAGES.has(pathname) && !getSessionCookie(request)) {
    const target = request.nextUrl.clone();
    target.pathname = "/sign-in";
    target.search = pathname === "/" ? "" : `?next=${encodeURIComponent(pathname + search)}`;
    return NextResponse.redirect(target);
  }
  const nonce = randomBytes(16).toString("base64");
  const policy = contentSecurityPolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  // Next.js reads the nonce from here and gives it to its own scripts.
  headers.set("content-security-policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  return response;
}

/** Scripts by nonce, and what those load; nothing comes from elsewhere. Mantine puts its variables into inline styles. */
const contentSecurityPolicy = (nonce: string): string =>
  [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${development ? " ws:" : ""}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");

// Pages only: the API answers 401 itself, and files of the build and of public/ are for everyone.
export const config = { matcher: ["/((?!api/|_next/|.*\\.[a-z0-9]+$).*)"] };
