// What stays on screen while the next answer comes.
import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { describe, expect, it } from "vitest";
import { heatMapQuery } from "#lib/client/heat-queries.ts";
import { history } from "#lib/client/history.ts";
import { metricsQuery, topQuery } from "#lib/client/queries.ts";
import { nodeResourcesQuery } from "#lib/client/resource-queries.ts";

type Options = { queryKey: readonly unknown[]; meta?: Record<string, unknown>; placeholderData?: unknown };

/** What a page shows that went from one question to the next, before that is answered. */
function shownAfter(first: object, next: object): unknown {
  const client = new QueryClient();
  const options = (query: object) => ({ ...(query as Options), enabled: false }) as never;
  const observer = new QueryObserver(client, options(first));
  const end = observer.subscribe(() => {});
  client.setQueryData((first as Options).queryKey as unknown[], "the first answer");
  observer.setOptions(options(next));
  const { data } = observer.getCurrentResult();
  end();
  client.clear();
  return data;
}

const HOUR = { rangeMs: 3_600_000 };
const DAY = { rangeMs: 86_400_000 };
const QUERIES: [string, (id: string, range: typeof HOUR) => object][] = [
  ["a series of a node", (id, range) => metricsQuery({ scope: "node", id }, range)],
  ["a series of a class", (name, range) => metricsQuery({ scope: "class", id: "pool", name }, range)],
  ["what is most of a pool", (poolId, range) => topQuery("node", "requests", poolId, range)],
  ["a heat map", heatMapQuery],
  ["resources of a node", nodeResourcesQuery],
  ["a history by its path", (id, range) => history()(["events", id, range], `/nodes/${id}/events`, {})],
  ["a history by its filter", (nodeId, range) => history()(["ledger", nodeId, range], "/ledger", { nodeId })],
];

describe.each(QUERIES)("%s", (_, query) => {
  it("stays on screen while another range of the same comes", () => {
    expect(shownAfter(query("a", HOUR), query("a", DAY))).toBe("the first answer");
  });

  it("is never shown under another's name", () => {
    expect(shownAfter(query("a", HOUR), query("b", HOUR))).toBeUndefined();
  });
});
