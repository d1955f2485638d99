// Where a redirect leads, filled in for a request. The contract sees to it that scheme and authority are not the client's to
// choose (lib/contracts/config/route-action.ts); here, that nothing filled in can become one, or end the header line.

type Part = string | { readonly fill: "path" | "rest" | "query" | "host" };

export interface Redirect {
  readonly parts: readonly Part[];
  /** Length of the matched prefix without a slash at its end. */
  readonly cut: number;
  /** It leads to a path on the same host. */
  readonly isOnThisHost: boolean;
}

export interface Redirected {
  /** Without port. */
  host: string;
  path: string;
  /** With its question mark, or empty. */
  query: string;
}

/** @param location a valid template; @param prefix that the route matches */
export function compileRedirect(location: string, prefix: string): Redirect {
  const parts = location.split(/(\{(?:path|rest|query|host)\})/).filter((part) => part !== "");
  return {
    parts: parts.map(
      (part): Part => (part.startsWith("{") ? { fill: part.slice(1, -1) as "path" | "rest" | "query" | "host" } : part),
    ),
    cut: prefix.endsWith("/") ? prefix.length - 1 : prefix.length,
    isOnThisHost: location.startsWith("/"),
  };
}

/** The value of Location. */
export function redirectLocation({ parts, cut, isOnThisHost }: Redirect, request: Redirected): string {
  let location = "";
  const path = request.path === "*" ? "/" : request.path;
  for (const part of parts) {
    if (typeof part === "string") location += part;
    else if (part.fill === "host") location += request.host;
    else if (part.fill === "path") location += path;
    else if (part.fill === "rest") location += path.slice(cut).replace(/^\//, "");
    // A query of the template's own goes first.
    else location += location.includes("?") ? request.query.replace(/^\?/, "&") : request.query;
  }
  // `//host` and `/\host` are other servers to a browser.
  if (isOnThisHost) location = location.replace(/^\/[/\\]+/, "/");
  return location.replace(/[^\x21-\x7e]/g, (char) => encodeURIComponent(char));
}
