// The forms that answers have, so that every endpoint says the same thing in the same way.

import type { ToldWarnings } from "#lib/contracts/publishing.ts";
import type { Answer } from "#lib/server/endpoint.ts";
import type { AtRevision } from "#lib/services/pools/read-pools.ts";
import type { Publication, Published } from "#lib/services/publish.ts";

/** An entity or list of the configuration; its ETag is the revision, to be sent back as If-Match. */
export const configuration = <T>({ entity, revision, changeSet }: AtRevision<T>, body: unknown = entity): Answer => ({
  body,
  headers: {
    etag: `"${revision}"`,
    "gb-revision": String(revision),
    ...(changeSet !== undefined && { "gb-change-set": changeSet }),
  },
});

/** What a mutation made of an entity. */
export const published = <T extends object>({ entity, ...publication }: Published<T>): Answer => ({
  body: { ...entity, revision: publication.revision },
  headers: revisionHeaders(publication),
});

export const created = <T extends object & { id: string }>(result: Published<T>, path: string): Answer => {
  const { body, headers } = published(result);
  return { body, headers: { ...headers, location: `/api/v1${path}/${result.entity.id}` } };
};

/** No content: what was there is gone. */
export const removed = (publication: Publication): Answer => ({ headers: revisionHeaders(publication) });

/** Headers are short: of more warnings than these only the number is told. */
const WARNINGS_TOLD = 5;

/** Names may be in any language, and a header is ASCII: JSON's own escapes make it so. */
function warningHeader(warnings: Publication["warnings"]): Record<string, string> {
  if (warnings.length === 0) return {};
  const told: ToldWarnings = {
    count: warnings.length,
    warnings: warnings.slice(0, WARNINGS_TOLD).map(({ id, code, message, name }) => ({ id, code, message, name })),
  };
  const escaped = JSON.stringify(told).replaceAll(
    /[^\x20-\x7e]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return { "gb-warnings": escaped };
}

/** What went into a change set is not published: nobody can run it yet. */
const revisionHeaders = ({
  revision,
  converged,
  changeSet,
  warnings,
}: Omit<Publication, "document">): Record<string, string> => ({
  ...warningHeader(warnings),
  etag: `"${revision}"`,
  "gb-revision": String(revision),
  ...(changeSet === undefined ? { "gb-converged": String(converged) } : { "gb-change-set": changeSet }),
});
