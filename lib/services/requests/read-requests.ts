import type { Actor } from "#lib/contracts/access.ts";
import { type RequestExplanation, type RequestPage, RequestQuery } from "#lib/contracts/requests.ts";
import { requireRole } from "#lib/services/access.ts";
import { currentHead, notFound } from "#lib/services/head.ts";
import { pageAfter, readCursor } from "#lib/services/page.ts";
import { parse } from "#lib/services/parse.ts";
import { Names, toDetail, toSummary } from "#lib/services/requests/views.ts";
import { db } from "#lib/store/db.ts";
import { readDropped, readRequests } from "#lib/store/requests.ts";

const HOUR_MS = 3_600_000;
/** Of one id: clients may send the same one again and again. */
const SAME_ID = 20;

/** Requests that were kept, newest first; of the pools that the actor reaches. */
export async function listRequests(actor: Actor, query: unknown): Promise<RequestPage> {
  requireRole(actor, "viewer");
  const { limit, cursor, ...filter } = parse(RequestQuery, query);
  const before = readCursor(cursor);
  const [stored, dropped, head] = await Promise.all([
    readRequests(db(), { ...filter, poolIds: actor.poolIds }, { before, limit: limit + 1 }),
    readDropped(db(), new Date(Date.now() - HOUR_MS)),
    currentHead(),
  ]);
  const names = new Names(head.document);
  const { items, nextCursor } = pageAfter(stored, limit, ({ id }) => String(id));
  return { items: items.map((each) => toSummary(each, names)), nextCursor, dropped };
}

/** @throws {ServiceError} `not-found`: no such request was kept, or it is too old */
export async function explainRequest(actor: Actor, requestId: string): Promise<RequestExplanation> {
  requireRole(actor, "viewer");
  const [stored, head] = await Promise.all([
    readRequests(db(), { requestId, poolIds: actor.poolIds }, { before: undefined, limit: SAME_ID }),
    currentHead(),
  ]);
  if (stored.length === 0) throw notFound("request", requestId);
  const names = new Names(head.document);
  return { items: stored.map((each) => toDetail(each, names, actor)) };
}
