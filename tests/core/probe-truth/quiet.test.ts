import { describe, expect, it } from "vitest";
import { ConfigPool } from "#lib/contracts/config.ts";
import { BUSY, partQuiet, type TrafficSpan } from "#lib/core/probe-truth/quiet.ts";
import { nodeProbeTruth } from "#lib/core/probe-truth/truth.ts";
import type { FactChange, NodeDay } from "#lib/core/probe-truth/types.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = 1_000 * HOUR;
const day = { fromMs: START, toMs: START + 6 * HOUR };
const hour = (n: number, successes: number, failures = 0, workerId = "w"): TrafficSpan => ({
  ...{ workerId, atMs: START + n * HOUR, successes, failures },
});
const busy = [0, 1, 2, 3, 4, 5].map((n) => hour(n, 6_000));
const change = (atMs: number): FactChange => ({
  ...{ workerId: "w", atMs, fact: "health", from: "healthy", to: "unhealthy", reason: "" },
});
const part = (spans: TrafficSpan[], changes: FactChange[] = [], window = day) =>
  partQuiet(spans, changes, [window], { spanMs: HOUR, day: window });
const hoursOf = (parts: readonly { fromMs: number; toMs: number }[] = []) =>
  parts.map(({ fromMs, toMs }) => [(fromMs - START) / HOUR, (toMs - START) / HOUR]);

describe("a day of hours", () => {
  it("is quiet where enough came and hardly anything failed", () => {
    const { quiet, unknown } = part(busy);
    expect(unknown).toEqual([]);
    expect(quiet.get("w")).toHaveLength(6);
    expect(quiet.get("w")?.[1]).toEqual({
      fromMs: START + HOUR,
      toMs: START + 2 * HOUR,
      successes: 6_000,
      failures: 0,
    });
  });

  it("is not known where more failed than one good minute has, too little came, or it is not stored", () => {
    const some = [hour(0, 60 * BUSY), hour(1, 60 * BUSY - 1), hour(2, 5_997, 3), hour(3, 5_998, 2), hour(5, 0)];
    const { quiet, unknown } = part(some);
    expect(hoursOf(unknown)).toEqual([
      [1, 3],
      [4, 5],
    ]);
    expect(hoursOf(quiet.get("w"))).toEqual([
      [0, 1],
      [3, 4],
    ]);
  });

  it("is not known in the hour of a change, and in the one before", () => {
    expect(hoursOf(part(busy, [change(START + 3 * HOUR)]).unknown)).toEqual([[2, 4]]);
    expect(hoursOf(part(busy, [change(START + 3 * HOUR - 1)]).unknown)).toEqual([[1, 3]]);
  });

  it("is quiet where every worker's hour is, and begins and ends with the window", () => {
    expect(hoursOf(part([...busy, hour(0, 6_000, 0, "v"), hour(1, 10, 0, "v")]).unknown)).toEqual([[1, 2]]);
    const cut = { fromMs: START + 30 * MINUTE, toMs: START + HOUR + 15 * MINUTE };
    const { quiet } = part([hour(0, 6_000), hour(1, 1_500)], [], cut);
    expect(quiet.get("w")?.map(({ successes }) => successes)).toEqual([3_000, 1_500]);
    expect(hoursOf(quiet.get("w"))).toEqual([
      [0.5, 1],
      [1, 1.25],
    ]);
  });

  it("is known by five minutes where an hour says too little, in the parts that it leaves", () => {
    const fives = [0, 1, 2, 3].map((n) => ({ ...hour(0, n === 2 ? 10 : 500), atMs: START + HOUR + n * 5 * MINUTE }));
    const window = { fromMs: START + HOUR, toMs: START + HOUR + 20 * MINUTE };
    const { unknown } = partQuiet(fives, [], [window], { spanMs: 5 * MINUTE, day });
    expect(unknown).toEqual([{ fromMs: START + HOUR + 10 * MINUTE, toMs: START + HOUR + 15 * MINUTE }]);
  });
});

describe("the truth of a probe in quiet hours", () => {
  const pool = ConfigPool.parse({ id: crypto.randomUUID(), name: "p", algorithm: "least-connections", nodes: [] });
  const told = (changes: FactChange[], state: "healthy" | "unhealthy"): NodeDay => ({
    ...{
      nodeId: crypto.randomUUID(),
      minutes: new Map(),
      quiet: part(busy).quiet,
      causes: [],
      attempts: [],
      p99Ms: null,
    },
    ...{ changes, present: [{ workerId: "w", state, sinceMs: START - 1 }] },
  });

  it("agrees as if each of their minutes had been judged", () => {
    const found = nodeProbeTruth(told([], "healthy"), pool, day);
    expect(found).toMatchObject({ verdict: "agrees", requests: 36_000, judgedMs: 6 * HOUR, agreement: 1 });
  });

  it("is a false alarm where it says unhealthy all the while", () => {
    const found = nodeProbeTruth(told([], "unhealthy"), pool, day);
    expect(found).toMatchObject({ verdict: "strict", agreement: 0, falseAlarms: { count: 1, ms: 6 * HOUR } });
    expect(found.falseAlarms.episodes[0]).toMatchObject({ requests: 36_000, failures: 0 });
  });
});
