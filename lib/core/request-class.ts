// Which class a request is of: the first of its pool's classes, in order of priority, whose header or path it has. Made
// ready when a configuration is applied; a request is looked at only once it has to wait.
import type { RequestClass } from "#lib/contracts/config.ts";
import { prefixCovers } from "./routing/specificity.ts";

/** What a class may depend on. `path` without query, as the client sent it. */
export interface ClassRequest {
  readonly path: string;
  /** Value of a header by its lower-case name. */
  header(lowerCaseName: string): string | undefined;
}

/** @returns the place of a request's class in the list; the list's length when it is of none */
export type ClassFinder = (request: ClassRequest) => number;

export function compileClasses(classes: readonly Pick<RequestClass, "header" | "pathPrefixes">[]): ClassFinder {
  const matchers = classes.map(({ header, pathPrefixes }) => ({
    name: header?.name ?? null,
    values: new Set(header?.values),
    prefixes: pathPrefixes,
  }));
  return (request) => {
    const at = matchers.findIndex(({ name, values, prefixes }) => {
      const value = name === null ? undefined : request.header(name);
      return (
        (value !== undefined && values.has(value)) || prefixes.some((prefix) => prefixCovers(prefix, request.path))
      );
    });
    return at < 0 ? matchers.length : at;
  };
}
