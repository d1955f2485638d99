// Puts another prefix in the place of the one that a route matched. Both end at a segment's boundary, and no segment is
// touched: a path without dot segments stays one.

export interface PathRewrite {
  /** Length of what is taken off: the matched prefix without a slash at its end. */
  readonly cut: number;
  /** What is put there when something follows, and when nothing does. */
  readonly stem: string;
  readonly whole: string;
}

const withoutSlash = (prefix: string): string => (prefix.endsWith("/") ? prefix.slice(0, -1) : prefix);

/** @param prefix that the route matches; @param replacement what takes its place: `/` takes the prefix away */
export const compileRewrite = (prefix: string, replacement: string): PathRewrite => ({
  cut: withoutSlash(prefix).length,
  stem: withoutSlash(replacement),
  whole: replacement,
});

/** The path that the node sees, of a path that the route matched; `*` stands for the server as a whole and stays. */
export function rewritePath({ cut, stem, whole }: PathRewrite, path: string): string {
  if (path === "*") return path;
  const rest = path.slice(cut);
  if (rest === "") return whole;
  // `//host/…` reads as another server to some: taking a prefix away must not make one.
  if (stem === "" && rest.startsWith("//")) return rest.replace(/^\/+/, "/");
  return stem + rest;
}
