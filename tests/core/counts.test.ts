import { describe, expect, test } from "vitest";
import type { Counts, MetricFrame } from "#lib/contracts/metrics.ts";
import { emptyCounts, mergeAllCounts, mergeCounts, mergeFrames, successRatio } from "#lib/core/counts.ts";

const POOL = "00000000-0000-4000-8000-000000000001";
const NODE_A = "00000000-0000-4000-8000-00000000000a";
const NODE_B = "00000000-0000-4000-8000-00000000000b";
const counts = (over: Partial<Counts>): Counts => ({ ...emptyCounts(), ...over });

describe("counts", () => {
  test("are added field by field, with merged histograms, and change neither side", () => {
    const a = counts({ requests: 3, successes: 2, failures: 1, bytesIn: 10, latencyUs: { i: [1, 4], n: [1, 2] } });
    const b = counts({ requests: 2, successes: 2, aborted: 1, bytesOut: 7, latencyUs: { i: [4], n: [2] } });
    const before = structuredClone([a, b]);
    expect(mergeCounts(a, b)).toEqual(
      counts({
        requests: 5,
        successes: 4,
        failures: 1,
        aborted: 1,
        bytesIn: 10,
        bytesOut: 7,
        latencyUs: { i: [1, 4], n: [1, 4] },
      }),
    );
    expect([a, b]).toEqual(before);
  });
  test("every field is summed over many parts", () => {
    const one = Object.fromEntries(
      Object.entries(emptyCounts()).map(([field, value], at) => [field, typeof value === "number" ? at + 1 : value]),
    ) as Counts;
    const sum = mergeAllCounts([one, one, one]);
    for (const [field, value] of Object.entries(one))
      if (typeof value === "number") expect([field, sum[field as keyof Counts]]).toEqual([field, value * 3]);
    expect(mergeAllCounts([])).toEqual(emptyCounts());
  });
  test("details are summed by name and cause; what nobody counted stays away", () => {
    const a = counts({ details: { hedges: 2, causes: { "connect-refused": 1, "status-503": 4 } } });
    const b = counts({ details: { connectionsOpened: 3, causes: { "status-503": 1 } } });
    const sum = { hedges: 2, connectionsOpened: 3, causes: { "connect-refused": 1, "status-503": 5 } };
    expect(mergeCounts(a, b).details).toEqual(sum);
    expect(mergeAllCounts([a, counts({}), b]).details).toEqual(sum);
    expect(a.details?.causes).toEqual({ "connect-refused": 1, "status-503": 4 });
    expect(mergeAllCounts([counts({}), counts({}), counts({})])).not.toHaveProperty("details");
  });
  test("a success ratio ignores aborted requests and is unknown without answers", () => {
    expect(successRatio(counts({ requests: 10, successes: 3, failures: 1, aborted: 6 }))).toBe(0.75);
    expect(successRatio(counts({ requests: 6, aborted: 6 }))).toBeNull();
  });
});

describe("frames of several processes", () => {
  const frame = (requests: number, nodes: MetricFrame["nodes"]): MetricFrame => ({
    atMs: 5_000,
    pools: [{ poolId: POOL, ...counts({ requests }), inFlight: requests, queued: 1 }],
    nodes,
  });
  const node = (nodeId: string, requests: number, share: number) => ({
    nodeId,
    poolId: POOL,
    ...counts({ requests, latencyUs: { i: [9], n: [1] } }),
    inFlight: 2,
    share,
  });
  test("sum counts and gauges and average shares", () => {
    const merged = mergeFrames([
      frame(4, [node(NODE_A, 3, 0.6), node(NODE_B, 1, 0.4)]),
      frame(6, [node(NODE_A, 4, 0.7)]),
    ]);
    expect(merged.atMs).toBe(5_000);
    expect(merged.pools).toEqual([{ poolId: POOL, ...counts({ requests: 10 }), inFlight: 10, queued: 2 }]);
    expect(merged.nodes.map((n) => [n.nodeId, n.requests, n.inFlight, n.latencyUs.n])).toEqual([
      [NODE_A, 7, 4, [2]],
      [NODE_B, 1, 2, [1]],
    ]);
    expect(merged.nodes.map((n) => n.share)).toEqual([expect.closeTo(0.65), 0.4]);
  });
  test("sum the queues of each class, and of who waits the longest is the oldest", () => {
    const queue = (name: string, queued: number, oldestWaitMs: number) => ({
      ...{ name, queued, oldestWaitMs, served: 2, waitedMs: 30, refused: 1, timedOut: 3 },
    });
    const withQueues = (...queues: MetricFrame["pools"][number]["queues"] & object) => {
      const [pool] = frame(1, []).pools;
      return { ...frame(1, []), pools: [{ ...(pool as MetricFrame["pools"][number]), queues }] };
    };
    const merged = mergeFrames([
      withQueues(queue("gold", 1, 20)),
      withQueues(queue("default", 5, 7), queue("gold", 2, 90)),
    ]);
    expect(merged.pools[0]?.queues).toEqual([
      { name: "gold", queued: 3, oldestWaitMs: 90, served: 4, waitedMs: 60, refused: 2, timedOut: 6 },
      queue("default", 5, 7),
    ]);
  });
  test("sum what the proxies answered themselves, by code", () => {
    const own = (...counts: [string, number][]) => ({
      ...frame(1, []),
      own: counts.map(([code, count]) => ({ code, count })),
    });
    expect(mergeFrames([own(["no-route", 1], ["redirect", 2]), frame(1, []), own(["redirect", 3])]).own).toEqual([
      { code: "no-route", count: 1 },
      { code: "redirect", count: 5 },
    ]);
  });
  test("sum what a node is found to take at once over the processes that look for it", () => {
    const limited = (concurrencyLimit?: number) => frame(1, [{ ...node(NODE_A, 1, 1), concurrencyLimit }]);
    expect(mergeFrames([limited(4), limited(), limited(9)]).nodes[0]?.concurrencyLimit).toBe(13);
    expect(mergeFrames([limited(), limited()]).nodes[0]).not.toHaveProperty("concurrencyLimit");
  });
  test("without any frame there is nothing to merge", () => {
    expect(() => mergeFrames([])).toThrow(RangeError);
  });
});
