import fc from "fast-check";
import { expect, test } from "vitest";
import { trialShare } from "#lib/core/breaker-trials.ts";
import { overCap } from "#lib/core/over-cap.ts";

const node = (id: string, sinceMs: number | null) => ({
  id,
  ejection:
    sinceMs === null
      ? { state: "in" as const, timesEjected: 0 }
      : { state: "ejected" as const, sinceMs, untilMs: sinceMs + 1_000, cause: "reset", timesEjected: 1 },
});
const back = (nodes: ReturnType<typeof node>[], ratio: number) => overCap(nodes, ratio).map(({ id }) => id);

test("what is out beyond the cap comes back, whenever it was ejected, and one node may always be out", () => {
  const four = [node("a", 5), node("b", 3), node("c", 4), node("d", null)];
  expect(back(four, 0.5)).toEqual(["c"]);
  expect(back(four, 0.75)).toEqual([]);
  expect(back(four, 0)).toEqual(["b", "c"]);
});

test("processes that hear of each other's ejections one by one, in any order and with other times, end with the same ones out", () => {
  const fleet = fc.uniqueArray(fc.uuid(), { minLength: 1, maxLength: 8 });
  const heard = fc.array(fc.tuple(fc.nat(7), fc.nat(3)), { maxLength: 40 });
  fc.assert(
    fc.property(fleet, fc.double({ min: 0, max: 1, noNaN: true }), heard, heard, (ids, ratio, one, other) => {
      const outAfter = (told: [number, number][]) => {
        const nodes = ids.map((id) => node(id, null));
        for (const [at, sinceMs] of told) {
          nodes[at % ids.length] = node(ids[at % ids.length] as string, sinceMs);
          for (const { id } of overCap(nodes, ratio)) nodes[ids.indexOf(id)] = node(id, null);
        }
        return new Set(nodes.filter(({ ejection }) => ejection.state === "ejected").map(({ id }) => id));
      };
      expect(outAfter([...one, ...other])).toEqual(outAfter([...other, ...one]));
    }),
  );
});

test("processes that ejected different nodes agree on who stays out once each has heard of all", () => {
  const fleet = fc.uniqueArray(fc.tuple(fc.uuid(), fc.option(fc.nat(3))), { selector: ([id]) => id, maxLength: 12 });
  fc.assert(
    fc.property(fleet, fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(), (drafts, ratio, turn) => {
      const nodes = drafts.map(([id, sinceMs]) => node(id, sinceMs));
      const turned = [...nodes.slice(turn % (nodes.length || 1)), ...nodes.slice(0, turn % (nodes.length || 1))];
      expect(new Set(back(turned, ratio))).toEqual(new Set(back(nodes, ratio)));
      const out = nodes.filter(({ ejection }) => ejection.state === "ejected").length - back(nodes, ratio).length;
      expect(out).toBeLessThanOrEqual(Math.max(1, nodes.length * ratio + 1e-6));
    }),
  );
});

test.each([
  [3, 1, 3],
  [3, 2, 2],
  [3, 4, 1],
  [8, 4, 2],
  [9, 4, 3],
])(
  "of %i trials of a worker with %i processes each makes %i at the same time: one a process too many at most",
  (trials, processes, own) => {
    expect(trialShare(trials, processes)).toBe(own);
  },
);
