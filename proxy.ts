import { getSessionCookie } from "better-auth/cookies";
import { type NextRequest, NextResponse } from "next/server";

/**
 * Sends people without a session cookie to the sign-in page. A convenience only: whether a session is valid is decided
 * by the API on every call.
 */
export function proxy(request: NextRequest) {
  if (getSessionCookie(request)) return NextResponse.next();
  const { pathname, search } = request.nextUrl;
  const target = request.nextUrl.clone();
  target.pathname = "/sign-in";
  target.search = pathname === "/" ? "" : `?next=${encodeURIComponent(pathname + search)}`;
  return NextResponse.redirect(target);
}

// Pages only: the API answers 401 itself, and files of the build and of public/ are for everyone.
export const config = { matcher: ["/((?!api/|sign-in|_next/|.*\\.[a-z0-9]+$).*)"] };
