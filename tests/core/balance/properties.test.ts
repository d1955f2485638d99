// What holds for any pool in any state, by any algorithm.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ALGORITHMS, type Algorithm } from "#lib/contracts/config.ts";
import { decideEligibility } from "#lib/core/balance/eligibility.ts";
import { hashText } from "#lib/core/balance/hash.ts";
import { newCandidate } from "#lib/core/balance/latency.ts";
import { capacityOf } from "#lib/core/balance/levels.ts";
import { TieredPicker } from "#lib/core/balance/tiered-picker.ts";
import type { Candidate, Eligibility, EligibilityNode } from "#lib/core/balance/types.ts";
import {
  admin,
  coolingUntil,
  degraded,
  ejectedUntil,
  halfOpen,
  health,
  openUntil,
  servingFacts,
  settings,
} from "../facts.ts";
import { seededRandom } from "./support.ts";

const NOW_MS = 1_000;
const facts = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  fc.constantFrom<Partial<EligibilityNode>>(
    admin("drain"),
    admin("maintenance"),
    health("unhealthy"),
    health("pending"),
    health("unknown"),
    ejectedUntil(9_000),
    openUntil(9_000),
    halfOpen,
    coolingUntil(9_000),
    degraded(0.5),
    { warmUp: { startedMs: NOW_MS, cause: "recovery" } },
    { ...admin("drain"), ...health("unhealthy") },
    { ...halfOpen, ...ejectedUntil(9_000) },
  ),
);
const node = fc.record({
  weight: fc.integer({ min: 0, max: 5 }),
  backup: fc.boolean(),
  priority: fc.integer({ min: 0, max: 3 }),
  zone: fc.constantFrom("", "a", "b"),
  facts,
});
const nodes = fc
  .array(node, { maxLength: 10 })
  .map((list) =>
    list.map(({ facts: more, ...one }, i): EligibilityNode => ({ ...servingFacts, id: `n${i}`, ...one, ...more })),
  );
const pool = fc
  .record({
    panicThreshold: fc.constantFrom(0, 0.3, 0.5, 0.9, 1),
    overprovisioningFactor: fc.constantFrom(1, 1.4, 3),
    enabled: fc.boolean(),
    minLocalNodes: fc.integer({ min: 1, max: 3 }),
    whenAll: fc.constantFrom("use" as const, "refuse" as const),
  })
  .map(({ enabled, minLocalNodes, whenAll, ...rest }) => ({
    ...settings,
    ...rest,
    zonePreference: { enabled, minLocalNodes },
    cooling: { ...settings.cooling, whenAll },
  }));
const ownZone = fc.constantFrom("", "a", "b", "c");
const decided = fc.tuple(pool, nodes, ownZone).map(([config, list, zone]) => ({
  config,
  list,
  eligibility: decideEligibility(config, list, NOW_MS, zone),
}));
const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
const runs = { numRuns: 2_000 };

describe("whatever the state of a pool", () => {
  test("due shares add up to 1, or nobody is usable", () => {
    fc.assert(
      fc.property(decided, ({ eligibility }) => {
        const total = sum(eligibility.nodes.map(({ share }) => share));
        expect(total).toBeCloseTo(eligibility.mode === "none" ? 0 : 1, 6);
        expect(sum(eligibility.tiers.map(({ share }) => share))).toBeCloseTo(eligibility.mode === "none" ? 0 : 1, 6);
      }),
      runs,
    );
  });

  test("who is eligible has a due share and a weight, and who has a share is called usable", () => {
    fc.assert(
      fc.property(decided, ({ eligibility }) => {
        for (const { eligible, share, effectiveWeight, reason, tier } of eligibility.nodes) {
          expect(eligible).toBe(share > 0);
          expect(eligible).toBe(reason.startsWith("usable"));
          expect(effectiveWeight > 0).toBe(tier >= 0);
          expect(share > 0).toBe(tier >= 0 && (eligibility.tiers[tier]?.share ?? 0) > 0);
        }
      }),
      runs,
    );
  });

  test("the operator's admin state, a weight of 0 and an open breaker are never overridden", () => {
    fc.assert(
      fc.property(decided, ({ list, eligibility }) => {
        for (const [i, { admin: will, weight, breaker }] of list.entries()) {
          if (will.state === "ready" && weight > 0 && breaker.state !== "open") continue;
          expect(eligibility.nodes[i]).toMatchObject({ eligible: false, share: 0, tier: -1 });
        }
      }),
      runs,
    );
  });

  test("nobody is refused while a node that nothing speaks against is there", () => {
    fc.assert(
      fc.property(decided, ({ list, eligibility }) => {
        const isFine = (one: EligibilityNode) =>
          one.admin.state === "ready" &&
          one.weight > 0 &&
          one.health.state !== "unhealthy" &&
          one.ejection.state === "in" &&
          one.breaker.state !== "open" &&
          one.cooling.state !== "cooling";
        if (list.some(isFine)) expect(eligibility.mode).not.toBe("none");
      }),
      runs,
    );
  });

  test("backups get nothing while a primary of any level is firmly usable", () => {
    fc.assert(
      fc.property(decided, ({ list, eligibility }) => {
        const isServing = (_: unknown, i: number) => list[i]?.backup === false && list[i]?.breaker.state === "closed";
        const serves = eligibility.nodes.some((one, i) => isServing(one, i) && one.reason.startsWith("usable"));
        for (const [i, { share }] of eligibility.nodes.entries()) if (serves && list[i]?.backup) expect(share).toBe(0);
      }),
      runs,
    );
  });

  test("a level is used only for what those before it cannot take", () => {
    fc.assert(
      fc.property(decided, ({ config, list, eligibility }) => {
        if (eligibility.mode !== "normal") return;
        const isFirm = (i: number) =>
          eligibility.nodes[i]?.tier !== -1 && list[i]?.breaker.state === "closed" && list[i]?.backup === false;
        if (!list.some((_, i) => isFirm(i))) return;
        const holdsPending = eligibility.nodes.some(({ reason }) => reason === "pending");
        let before = 0;
        for (const priority of [0, 1, 2, 3]) {
          const own = [...list.keys()].filter((i) => list[i]?.priority === priority && list[i]?.backup === false);
          const counted = own.filter(
            (i) => list[i]?.admin.state === "ready" && !(holdsPending && list[i]?.health.state === "pending"),
          );
          const weight = sum(counted.map((i) => list[i]?.weight ?? 0));
          const ready = sum(own.filter(isFirm).map((i) => eligibility.nodes[i]?.effectiveWeight ?? 0));
          const firmShare = sum(own.filter(isFirm).map((i) => eligibility.nodes[i]?.share ?? 0));
          if (before >= 1) expect(firmShare).toBe(0);
          before += capacityOf(ready, weight, config.overprovisioningFactor);
        }
      }),
      runs,
    );
  });
});

/** A picker over what was decided, and its candidates by node. */
function pickerOf(algorithm: Algorithm, { nodes: found, tiers }: Eligibility, seed: number) {
  const candidates = found.map(({ id, effectiveWeight }) => ({ ...newCandidate(id, 0), effectiveWeight }));
  const picker = new TieredPicker<Candidate>(algorithm, seededRandom(seed));
  picker.update(
    tiers,
    tiers.map((_, at) => candidates.filter((_c, i) => found[i]?.tier === at)),
  );
  const take = (key: number): Candidate => {
    const candidate = picker.pick(0, hashText(`key ${seed} ${key}`), null) as Candidate;
    candidate.inFlight++;
    picker.loadChanged(candidate);
    return candidate;
  };
  return { picker, candidates, take };
}
const serving = fc.record({ pool, nodes, ownZone, seed: fc.nat() });

describe("requests", () => {
  // How far off a share may be after 4,000 requests that all last: exact turns, exact order, chance, and a hash's evenness.
  // Peak EWMA draws evenly, so a node's weight counts only as far as it is drawn: it promises no share.
  test.each<[Algorithm, number]>([
    ["weighted-round-robin", 0.005],
    ["least-connections", 0.005],
    ["least-time", 0.005],
    ["random-two-choices", 0.02],
    ["consistent-hash", 0.05],
  ])("converge to the due shares by %s", { timeout: 60_000 }, (algorithm, tolerance) => {
    fc.assert(
      fc.property(serving, ({ pool: config, nodes: list, ownZone: zone, seed }) => {
        const eligibility = decideEligibility(config, list, NOW_MS, zone);
        if (eligibility.mode === "none") return;
        const { candidates, take } = pickerOf(algorithm, eligibility, seed);
        for (let i = 0; i < 4_000; i++) take(i);
        for (const [i, { share }] of eligibility.nodes.entries())
          expect(Math.abs((candidates[i] as Candidate).inFlight / 4_000 - share)).toBeLessThanOrEqual(tolerance);
      }),
      { numRuns: algorithm === "consistent-hash" ? 20 : 60 },
    );
  });

  test.each(ALGORITHMS)("starve no node that has a due share, by %s", { timeout: 60_000 }, (algorithm) => {
    fc.assert(
      fc.property(serving, ({ pool: config, nodes: list, ownZone: zone, seed }) => {
        const eligibility = decideEligibility(config, list, NOW_MS, zone);
        if (eligibility.mode === "none") return;
        const { picker, candidates, take } = pickerOf(algorithm, eligibility, seed);
        const seen = new Set<string>();
        const inFlight: Candidate[] = [];
        for (let i = 0; i < 4_000; i++) {
          const taken = take(i);
          seen.add(taken.id);
          inFlight.push(taken);
          if (inFlight.length < 100) continue;
          const done = inFlight.shift() as Candidate;
          done.inFlight--;
          picker.loadChanged(done);
        }
        for (const [i, { share }] of eligibility.nodes.entries()) {
          const { id } = candidates[i] as Candidate;
          if (share > 0.005) expect(seen).toContain(id);
          if (share === 0) expect(seen).not.toContain(id);
        }
      }),
      { numRuns: algorithm === "consistent-hash" ? 20 : 60 },
    );
  });
});
