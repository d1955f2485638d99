// The forms that answers have, so that every endpoint says the same thing in the same way.

import type { Answer } from "#lib/server/endpoint.ts";
import type { AtRevision } from "#lib/services/pools/read-pools.ts";
import type { Publication, Published } from "#lib/services/publish.ts";

/** An entity or list of the configuration; its ETag is the revision, to be sent back as If-Match. */
export const configuration = <T>({ entity, revision }: AtRevision<T>, body: unknown = entity): Answer => ({
  body,
  headers: { etag: `"${revision}"`, "gb-revision": String(revision) },
});

/** What a mutation made of an entity. */
export const published = <T extends object>({ entity, revision, converged }: Published<T>): Answer => ({
  body: { ...entity, revision },
  headers: revisionHeaders(revision, converged),
});

export const created = <T extends object & { id: string }>(result: Published<T>, path: string): Answer => {
  const { body, headers } = published(result);
  return { body, headers: { ...headers, location: `/api/v1${path}/${result.entity.id}` } };
};

/** No content: what was there is gone. */
export const removed = ({ revision, converged }: Publication): Answer => ({
  headers: revisionHeaders(revision, converged),
});

const revisionHeaders = (revision: number, converged: boolean) => ({
  etag: `"${revision}"`,
  "gb-revision": String(revision),
  "gb-converged": String(converged),
});
