// Names matched by `*` and `?`, in time linear in name times pattern and without a regular expression: a pattern is input.

/** Whether the whole of `name` is as `glob` says, whatever the case. */
export function matchesGlob(glob: string, name: string): boolean {
  const pattern = [...glob.toLowerCase()];
  const text = [...name.toLowerCase()];
  let [at, from, star, mark] = [0, 0, -1, 0];
  while (from < text.length) {
    if (pattern[at] === "*") {
      star = at++;
      mark = from;
    } else if (at < pattern.length && (pattern[at] === "?" || pattern[at] === text[from])) {
      at++;
      from++;
    } else if (star >= 0) {
      at = star + 1;
      from = ++mark;
    } else return false;
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
}

/** No globs: no condition. */
export const matchesAny = (globs: readonly string[], name: string): boolean =>
  globs.length === 0 || globs.some((glob) => matchesGlob(glob, name));
