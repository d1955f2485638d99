import { randomUUID } from "node:crypto";

/** The caller's id when it is a sane one, else a new one. */
export function requestIdOf(request: Request): string {
  const given = request.headers.get("x-request-id");
  return given && /^[\w.:/+=-]{1,128}$/.test(given) ? given : randomUUID();
}
