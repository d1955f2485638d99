// What each page asks first of all, so that it comes with the answers.
import { headers } from "next/headers";
import { cache } from "react";
import { canaryKeys } from "#lib/client/canaries.ts";
import { changeSetKeys } from "#lib/client/change-sets.ts";
import { alertHistoryQuery, keys, topQuery } from "#lib/client/queries.ts";
import { MONTH_RANGE } from "#lib/client/start-steps.ts";
import { RANGES } from "#lib/client/time-range.ts";
import { type FirstAnswer, firstAnswers, pageActor, type Wanted } from "#lib/server/first-answers.ts";

type Items = { items: readonly { state?: string }[] };
const items = ({ items }: Items) => items;
const firstPage = (page: Items) => ({ pages: [page], pageParams: [undefined] });

/** What every page shows around its content: banners above all, which would move it when they come later. */
export const OF_EVERY_PAGE: readonly Wanted[] = [
  { queryKey: keys.me, path: "/me" },
  { queryKey: keys.health, path: "/health" },
  { queryKey: keys.demo, path: "/demo" },
  { queryKey: keys.firingAlerts, path: "/alerts", query: { state: "firing", limit: "500" }, of: items },
  {
    queryKey: canaryKeys.running,
    path: "/canaries",
    query: { limit: "1" },
    of: (page: Items) => items(page).find(({ state }) => state === "running") ?? null,
  },
  { queryKey: changeSetKeys.open, path: "/change-sets", query: { state: "open", limit: "200" }, of: items },
];

export const OF_OVERVIEW: readonly Wanted[] = [
  { queryKey: keys.pools, path: "/pools", of: items },
  { queryKey: keys.recentRevisions, path: "/revisions", query: { limit: "50" }, of: items },
  { queryKey: alertHistoryQuery().queryKey, path: "/alerts", query: { limit: "50" }, of: firstPage },
  {
    queryKey: topQuery("node", "requests", undefined, { rangeMs: RANGES["5m"] }).queryKey,
    path: "/metrics/top",
    query: { of: "node", by: "requests", rangeMs: String(RANGES["5m"]) },
  },
];

export const OF_FIRST_STEPS: readonly Wanted[] = [
  {
    queryKey: topQuery("pool", "requests", undefined, MONTH_RANGE).queryKey,
    path: "/metrics/top",
    query: { of: "pool", by: "requests", rangeMs: String(MONTH_RANGE.rangeMs) },
  },
  { queryKey: keys.channels, path: "/notification-channels", of: items },
  { queryKey: keys.people, path: "/people", of: items },
];

export const ofPool = (id: string): readonly Wanted[] => [{ queryKey: keys.pool(id), path: `/pools/${id}` }];

const actor = cache(async () => pageActor(await headers()));

export const answersOf = async (wanted: readonly Wanted[]): Promise<FirstAnswer[]> =>
  firstAnswers(await actor(), wanted);
