/** Where to go after signing in: a path of ours, never an address that somebody has put into a link. */
export const safeNext = (next: string | null | undefined): string =>
  next?.startsWith("/") && !next.startsWith("//") && !next.startsWith("/\\") ? next : "/";
