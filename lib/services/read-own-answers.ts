import type { Actor } from "#lib/contracts/access.ts";
import { type OwnAnswers, OwnAnswersQuery } from "#lib/contracts/metrics.ts";
import { mergeFrames } from "#lib/core/counts.ts";
import { authorise } from "#lib/services/access.ts";
import { parse } from "#lib/services/parse.ts";
import { db } from "#lib/store/db.ts";
import { readFrames } from "#lib/store/frames.ts";

/**
 * Answers that the proxies of all workers made themselves in the last while: by code, and by route.
 * @throws {ServiceError} `invalid-input`, `forbidden`
 */
export async function readOwnAnswers(actor: Actor, input: unknown): Promise<OwnAnswers> {
  authorise(actor, "viewer");
  const { rangeMs } = parse(OwnAnswersQuery, input);
  const toMs = Date.now();
  const fromMs = toMs - rangeMs;
  const frames = (await readFrames(db(), fromMs, toMs, "pools")).map(({ frame }) => frame);
  if (frames.length === 0) return { fromMs, toMs, codes: [], routes: [] };
  const { own = [], routes = [] } = mergeFrames(frames);
  return { fromMs, toMs, codes: own.toSorted((a, b) => b.count - a.count), routes };
}
