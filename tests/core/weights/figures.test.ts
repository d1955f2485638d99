import { describe, expect, test } from "vitest";
import { emptyCounts, mergeFrames } from "#lib/core/counts.ts";
import { bucketMidUs, bucketOf, toSparse } from "#lib/core/histogram.ts";
import { FiguresWindow, type Part, partOf } from "#lib/core/weights/figures.ts";
import { SpanCounts } from "#workers/proxy/recorder.ts";

const ids = { nodeId: "n", poolId: "p", inFlight: 0, share: 1 };
/** What a proxy process tells of these attempts. */
const told = (record: (counts: SpanCounts) => void) => {
  const counts = new SpanCounts();
  record(counts);
  return { ...ids, ...counts.takeOfNode() };
};
const part = (record: (counts: SpanCounts) => void): Part => partOf(told(record));
const nearly = (ms: number) => bucketMidUs(bucketOf(ms * 1_000)) / 1_000;
const times = (n: number, what: () => void) => {
  for (let i = 0; i < n; i++) what();
};

describe("figures of a node", () => {
  test("response times are those of successes: neither failures nor answers from 400 on make a node fast", () => {
    const window = new FiguresWindow(10_000, 0);
    window.add(
      part((counts) => {
        times(10, () => counts.record(200, false, 100));
        times(80, () => counts.record(500, true, 1));
        times(10, () => counts.record(401, false, 1));
      }),
      1_000,
    );
    const figures = window.figures(1_000);
    expect(figures).toMatchObject({ requests: 100, errorRatio: 0.8, refusedRatio: 0.9 });
    expect(figures.goodMeanMs).toBeCloseTo(nearly(100), 9);
    expect(window.responseMs("mean", 1_000)).toBeCloseTo((10 * nearly(100) + 90 * nearly(1)) / 100, 9);
  });

  test("a node that is always overtaken is slow, though it never answers", () => {
    const window = new FiguresWindow(10_000, 0);
    window.add(
      part((counts) => times(60, () => counts.recordOvertaken(50))),
      1_000,
    );
    expect(window.figures(1_000)).toEqual({ requests: 60, errorRatio: 0, refusedRatio: 0, goodMeanMs: 3_000 });
  });

  test("figures of several processes are merged, and an older process's failures count as refused", () => {
    const one = told((counts) => counts.record(500, true, 5));
    const other = told((counts) => counts.recordOvertaken(7));
    const merged = mergeFrames([
      { atMs: 1_000, pools: [], nodes: [one] },
      { atMs: 1_000, pools: [], nodes: [other] },
    ]).nodes[0];
    expect(merged?.unfit).toMatchObject({ refused: 1, overtaken: 1, overtakenUs: 7_000 });
    const { unfit: _, ...old } = one;
    expect(partOf(old)).toMatchObject({ answered: 1, failures: 1, refused: 1 });
  });

  test("percentiles come from merged histograms", () => {
    const window = new FiguresWindow(10_000, 0, "p99");
    window.add(
      part((counts) => times(99, () => counts.record(200, false, 10))),
      1_000,
    );
    window.add(
      part((counts) => times(99, () => counts.record(200, false, 900))),
      2_000,
    );
    expect(window.responseMs("p50", 2_000)).toBeCloseTo(nearly(10), 9);
    expect(window.responseMs("p99", 2_000)).toBeCloseTo(nearly(900), 9);
  });

  test("what is older than the window is forgotten, and an idle gap leaves nothing", () => {
    const window = new FiguresWindow(10_000, 0, "p50");
    const ten = part((counts) => times(10, () => counts.record(200, false, 10)));
    window.add(ten, 1_000);
    window.add(ten, 5_000);
    expect(window.figures(10_999).requests).toBe(20);
    expect(window.figures(11_000).requests).toBe(10);
    expect(window.figures(14_999).requests).toBe(10);
    expect(window.figures(15_000).requests).toBe(0);
    expect(window.responseMs("p50", 15_000)).toBeNull();
    expect(window.responseMs("mean", 15_000)).toBeNull();
  });

  test("is full once it was recorded for as long as it is, and not a millisecond before; anew after each restart", () => {
    const window = new FiguresWindow(10_000, 5_000);
    expect([window.isFull(14_999), window.isFull(15_000)]).toEqual([false, true]);
    window.add(
      part((counts) => counts.record(200, false, 1)),
      15_000,
    );
    window.restart(15_000);
    expect(window.figures(15_000).requests).toBe(0);
    expect([window.isFull(24_999), window.isFull(25_000)]).toEqual([false, true]);
  });

  test("a clock that is set back does not lose what is recorded", () => {
    const window = new FiguresWindow(10_000, 0);
    const one = part((counts) => counts.record(200, false, 1));
    window.add(one, 60_000);
    window.add(one, 30_000);
    expect(window.figures(30_000).requests).toBe(2);
  });

  test("a node without a success has no mean", () => {
    const window = new FiguresWindow(10_000, 0);
    window.add(
      part((counts) => counts.record(0, true, 1)),
      1_000,
    );
    expect(window.figures(1_000).goodMeanMs).toBeNull();
    expect(partOf({ ...ids, ...emptyCounts(), latencyUs: toSparse([]) }).answered).toBe(0);
  });
});
