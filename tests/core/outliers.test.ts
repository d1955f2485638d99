import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findOutliers, type NodeSweep } from "#lib/core/outliers.ts";
import { settings as pool } from "./facts.ts";

const settings = pool.ejection;
/** Nodes by their number of failures among 100 requests. */
const find = (failures: number[], change: object = {}) =>
  findOutliers(
    failures.map((count) => ({ requests: 100, failures: count })),
    { ...settings, ...change },
  );

describe("outliers", () => {
  test("a node of two that fails at the share is one, and just below it is not", () => {
    expect(find([85, 0])).toEqual([{ index: 0, cause: "failure-share" }]);
    expect(find([84, 0])).toEqual([]);
    expect(find([85, 0], { failureRatio: 0 })).toEqual([]);
  });

  test("where all fail alike nobody is: the cause is elsewhere", () => {
    expect(find([100, 100, 100])).toEqual([]);
    expect(find([100, 90])).toEqual([]);
  });

  test("a success rate far below the mean of at least five is one", () => {
    expect(find([40, 0, 0, 0, 0])).toEqual([{ index: 0, cause: "success-rate" }]);
    expect(find([40, 0, 0, 0])).toEqual([]);
    expect(find([40, 0, 0, 0, 0], { deviations: 0 })).toEqual([]);
    expect(find([40, 38, 35, 36, 39])).toEqual([]);
  });

  test("among near perfect nodes one that is only a little less so is none", () => {
    expect(find([5, 0, 0, 0, 0])).toEqual([]);
    expect(find([6, 0, 0, 0, 0])).toEqual([{ index: 0, cause: "success-rate" }]);
  });

  test("with fewer requests than the minimum a node is neither judged nor compared with", () => {
    const few: NodeSweep = { requests: 49, failures: 49 };
    expect(findOutliers([few, { requests: 100, failures: 0 }], settings)).toEqual([]);
    expect(findOutliers([{ requests: 50, failures: 50 }, few], settings)).toEqual([]);
    expect(
      findOutliers(
        [
          { requests: 50, failures: 50 },
          { requests: 50, failures: 0 },
        ],
        settings,
      ),
    ).toHaveLength(1);
  });

  test("the worst come first, and never all of those that are judged", () => {
    const node = fc.record({ requests: fc.nat(300), ok: fc.double({ min: 0, max: 1, noNaN: true }) });
    fc.assert(
      fc.property(fc.array(node, { maxLength: 12 }), (drafts) => {
        const nodes = drafts.map(({ requests, ok }) => ({ requests, failures: Math.floor(requests * (1 - ok)) }));
        const found = findOutliers(nodes, settings);
        const ratio = (index: number) => (nodes[index]?.failures ?? 0) / (nodes[index]?.requests ?? 1);
        const ratios = found.map(({ index }) => ratio(index));
        expect(ratios).toEqual(ratios.toSorted((a, b) => b - a));
        const judged = nodes.filter(({ requests }) => requests >= settings.sweepMinimumRequests).length;
        expect(found.length).toBeLessThan(Math.max(1, judged));
      }),
    );
  });
});
