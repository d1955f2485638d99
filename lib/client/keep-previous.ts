// An old answer stays on screen while the next one comes, of another range or another filter. Never that of another pool,
// node or route: their figures would stand under the wrong name.
import type { QueryMeta } from "@tanstack/react-query";

/** @param subject what the answers are about: one that is about something else is not kept */
export function keepPreviousOf(...subject: readonly (string | undefined)[]) {
  const key = JSON.stringify(subject.map((part) => part ?? null));
  return {
    meta: { subject: key },
    placeholderData: <T>(previous: T | undefined, query: { meta: QueryMeta | undefined } | undefined): T | undefined =>
      query?.meta?.subject === key ? previous : undefined,
  };
}
