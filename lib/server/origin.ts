// Whether a request comes from our own pages. A browser attaches the session cookie to what other sites send as well.
import { ServiceError } from "#lib/contracts/problem.ts";

/** Origins under which the browser that sent `request` may see us: what it called, and the public address. */
export function requestOrigins(request: Request): string[] {
  const host = request.headers.get("host");
  const origins = host ? [`http://${host}`, `https://${host}`] : [];
  const publicUrl = process.env.GB_PUBLIC_URL;
  if (publicUrl) origins.push(new URL(publicUrl).origin);
  return origins;
}

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses a state-changing request with a cookie that another site's page may have sent. Browsers send Origin with such
 * requests, or at least Sec-Fetch-Site; one with neither is refused.
 * @throws {ServiceError} `forbidden`
 */
export function requireSameOrigin(request: Request): void {
  if (SAFE_METHODS.has(request.method)) return;
  const origin = request.headers.get("origin");
  const sameOrigin = origin
    ? requestOrigins(request).includes(origin)
    : request.headers.get("sec-fetch-site") === "same-origin";
  if (sameOrigin) return;
  throw new ServiceError(
    "forbidden",
    "This request does not come from this server's own pages. Programs use a bearer token instead of the session cookie.",
  );
}
