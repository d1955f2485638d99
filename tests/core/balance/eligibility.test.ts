import { describe, expect, test } from "vitest";
import { decideEligibility } from "#lib/core/balance/eligibility.ts";
import { dueShares } from "#lib/core/balance/share.ts";
import type { EligibilityNode } from "#lib/core/balance/types.ts";
import { admin, degraded, ejectedUntil, halfOpen, health, openUntil, servingFacts, settings } from "../facts.ts";

type Spec = Partial<Omit<EligibilityNode, "id">>;
const decide = (specs: Spec[], panicThreshold = 0, nowMs = 1_000) =>
  decideEligibility(
    { ...settings, panicThreshold },
    specs.map((spec, i) => ({
      ...servingFacts,
      id: `n${i}`,
      weight: 2,
      backup: false,
      priority: 0,
      zone: "",
      ...spec,
    })),
    nowMs,
  );
const reasons = (specs: Spec[], panicThreshold = 0) => decide(specs, panicThreshold).nodes.map((n) => n.reason);
const backup = { backup: true };

describe("eligibility", () => {
  test.each<[string, Spec, string]>([
    ["a healthy node", {}, "usable"],
    ["a node not probed yet", health("unknown"), "usable"],
    ["a node with a failing probe or two", health("healthy", 0, 2), "usable"],
    ["a half-open node, for its trials", halfOpen, "usable"],
    ["a draining node", admin("drain"), "drain"],
    ["a node in maintenance", admin("maintenance"), "maintenance"],
    ["a node of weight 0", { weight: 0 }, "weight-zero"],
    ["an unhealthy node", health("unhealthy"), "unhealthy"],
    ["an ejected node", ejectedUntil(9_000), "ejected"],
    ["a node with an open breaker", openUntil(9_000), "breaker-open"],
  ])("beside a serving node, says of %s: %s", (_, spec, reason) => {
    const { nodes, mode } = decide([{}, spec]);
    expect(mode).toBe("normal");
    expect(nodes[0]?.eligible).toBe(true);
    expect(nodes[1]).toMatchObject({
      reason,
      eligible: reason === "usable",
      effectiveWeight: reason === "usable" ? 2 : 0,
    });
  });

  test("a pending node takes nothing while anybody else can serve, a backup included", () => {
    const pending = health("pending");
    expect(reasons([{}, pending])).toEqual(["usable", "pending"]);
    expect(reasons([pending, backup])).toEqual(["pending", "usable-as-backup"]);
    expect(reasons([health("unknown"), pending])).toEqual(["usable", "pending"]);
    expect(reasons([{}, { ...pending, ...admin("drain") }])).toEqual(["usable", "drain"]);
  });

  test("a pending node serves when nobody else can, and that is no panic", () => {
    const pending = health("pending");
    expect(decide([pending, pending]).mode).toBe("normal");
    expect(reasons([pending, pending])).toEqual(["usable", "usable"]);
    expect(reasons([pending, health("unhealthy"), openUntil(9_000)])).toEqual(["usable", "unhealthy", "breaker-open"]);
    expect(reasons([pending, halfOpen])).toEqual(["usable", "usable"]);
  });

  test("pending nodes are no reason to panic, however many join", () => {
    const pending = health("pending");
    expect(decide([{}, pending, pending, pending], 0.5)).toMatchObject({ mode: "normal" });
    expect(reasons([{}, pending, pending, pending], 0.5)).toEqual(["usable", "pending", "pending", "pending"]);
  });

  test("uses backups only when no primary is usable", () => {
    expect(reasons([{}, backup])).toEqual(["usable", "standby"]);
    expect(reasons([health("unhealthy"), backup])).toEqual(["unhealthy", "usable-as-backup"]);
    expect(reasons([openUntil(9_000), ejectedUntil(9_000), backup])).toEqual([
      "breaker-open",
      "ejected",
      "usable-as-backup",
    ]);
  });

  test("lets backups stand by a primary that is only on trial", () => {
    expect(reasons([halfOpen, backup])).toEqual(["usable", "usable-as-backup"]);
    expect(reasons([halfOpen, {}, backup])).toEqual(["usable", "usable", "standby"]);
  });

  test("ignores health and ejection, never the operator or an open breaker, when nobody is usable", () => {
    const { mode, nodes } = decide([health("unhealthy"), ejectedUntil(9_000), admin("drain"), openUntil(9_000)]);
    expect(mode).toBe("panic");
    expect(nodes.map((n) => n.reason)).toEqual(["usable-in-panic", "usable-in-panic", "drain", "breaker-open"]);
  });

  test("panics over backups when no primary may be used at all", () => {
    expect(reasons([admin("maintenance"), { ...backup, ...health("unhealthy") }])).toEqual([
      "maintenance",
      "usable-in-panic",
    ]);
  });

  test("panics below the threshold and not at it", () => {
    const half = [{}, health("unhealthy")];
    expect(decide(half, 0.5).mode).toBe("normal");
    expect(decide(half, 0.51).mode).toBe("panic");
    expect(reasons(half, 0.51)).toEqual(["usable", "usable-in-panic"]);
    expect(reasons([...half, backup], 0.51)).toEqual(["usable", "usable-in-panic", "standby"]);
  });

  test("does not count nodes the operator took out as unhealthy", () => {
    const out = [admin("drain"), admin("maintenance"), { weight: 0 }].map((spec) => ({
      ...spec,
      ...health("unhealthy"),
    }));
    expect(decide([{}, ...out], 1).mode).toBe("normal");
  });

  test("says so when nobody is left", () => {
    expect(decide([]).mode).toBe("none");
    expect(decide([admin("drain"), { weight: 0 }, openUntil(9_000)]).mode).toBe("none");
  });

  test("multiplies the weight by the warm-up's factor", () => {
    const warmUp = { startedMs: 1_000, cause: "recovery" as const };
    expect(decide([{ weight: 5, warmUp }, {}]).nodes[0]?.effectiveWeight).toBe(0.5);
    expect(decide([{ weight: 3, warmUp }, {}], 0, 1_000 + 900_000).nodes[0]?.effectiveWeight).toBe(2.1);
    expect(decide([{ weight: 5, warmUp }, {}], 0, 1_000 + 1_500_000).nodes[0]?.effectiveWeight).toBe(5);
  });

  test("multiplies it by what the node's figures make of it too, and that never takes a node out", () => {
    const warmUp = { startedMs: 1_000, cause: "recovery" as const };
    expect(decide([{ weight: 100, ...degraded(0.8) }, {}]).nodes[0]?.effectiveWeight).toBe(80);
    expect(decide([{ weight: 100, warmUp, ...degraded(0.8) }, {}]).nodes[0]?.effectiveWeight).toBe(8);
    const worst = decide([{ weight: 1, warmUp, ...degraded(0.01) }, {}]).nodes[0];
    expect(worst).toMatchObject({ eligible: true, effectiveWeight: 0.001 });
  });

  test("names the next moment at which time alone changes the answer", () => {
    const warmUp = { startedMs: 1_000, cause: "recovery" as const };
    expect(decide([{}]).nextChangeMs).toBeNull();
    expect(decide([ejectedUntil(5_000), openUntil(4_000), { warmUp }]).nextChangeMs).toBe(4_000);
    expect(decide([ejectedUntil(5_000), {}]).nextChangeMs).toBe(5_000);
    expect(decide([{ warmUp }, {}]).nextChangeMs).toBe(301_000);
    expect(decide([openUntil(500), {}]).nextChangeMs).toBe(1_000);
  });
});

describe("due shares", () => {
  test("add up to 1 in proportion to the weights, and are 0 when nobody has weight", () => {
    expect(dueShares([5, 3, 0])).toEqual([0.625, 0.375, 0]);
    expect(dueShares([0, 0])).toEqual([0, 0]);
    expect(dueShares([])).toEqual([]);
  });
});
