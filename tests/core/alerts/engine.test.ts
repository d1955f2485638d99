import { describe, expect, it } from "vitest";
import { AlertRule } from "#lib/contracts/config/alert-rule.ts";
import { DEFAULT_RULES, effectiveRules, failuresTold } from "#lib/core/alerts/defaults.ts";
import { evaluateAlerts } from "#lib/core/alerts/engine.ts";
import type { NodeTrouble, World } from "#lib/core/alerts/world.ts";
import { calm, health, NOW, rule, run, stored, troubles, world } from "./rig.ts";

describe("default rules", () => {
  it("are there without anybody writing them, and what is written lies over them", () => {
    expect(effectiveRules({}).map(({ key }) => key)).toEqual(Object.keys(DEFAULT_RULES));
    const written = { ...rule("latency", { level: 4 }) } as Record<string, unknown>;
    for (const key of ["key", "isBuiltIn", "isChanged"]) delete written[key];
    const rules = effectiveRules({ latency: written as AlertRule, own: written as AlertRule });
    expect(rules.find(({ key }) => key === "latency")).toMatchObject({ level: 4, isBuiltIn: true, isChanged: true });
    expect(rules.find(({ key }) => key === "node-down")).toMatchObject({ enabled: false, isChanged: false });
    expect(rules.at(-1)).toMatchObject({ key: "own", isBuiltIn: false });
  });

  it("count failed checks aloud up to what the largest rule waits for", () => {
    expect(failuresTold({})).toBe(3);
    const five = AlertRule.parse({ condition: { kind: "health-check-failed", failures: 5 } });
    expect(failuresTold({ own: five })).toBe(5);
  });
});

describe("failed checks", () => {
  const rules = [rule("health-check-failed", { level: 1 })];

  it("fires at the third in a row, not at the second, with when it was seen", () => {
    expect(evaluateAlerts(rules, world(troubles(health(2))), new Map())).toEqual([]);
    const [action] = evaluateAlerts(rules, world(troubles(health(3))), new Map());
    expect(action).toMatchObject({
      do: "fire",
      firedMs: NOW - 40,
      finding: { consecutiveFailures: 3, checkLevel: "tcp" },
    });
  });

  it("fires once, goes on while no worker finds the node well, and ends when one does", () => {
    const steps = run(rules, [
      [0, troubles(health(3))],
      [1, troubles(health(9))],
      [2, troubles(health(0))],
      [3, troubles(calm)],
      [4, troubles(health(1, false, true))],
    ]);
    expect(steps).toEqual([["fire health-check-failed:n1"], [], [], [], ["resolve health-check-failed:n1 recovered"]]);
  });

  it.each([
    ["maintenance", { nodes: new Map([["n1", { ...world().nodes.get("n1"), adminState: "maintenance" }]]) }],
    ["checks-off", { nodes: new Map([["n1", { ...world().nodes.get("n1"), checksEnabled: false }]]) }],
    ["node-removed", { nodes: new Map() }],
  ])("ends by %s at once", (cause, more) => {
    const [, end] = run(rules, [
      [0, troubles(health(3))],
      [1, { ...troubles(health(4)), ...(more as Partial<World>) }],
    ]);
    expect(end).toEqual([`resolve health-check-failed:n1 ${cause}`]);
  });

  it("leaves the alert of a node alone that this worker does not know of yet", () => {
    const [, end] = run(rules, [
      [0, troubles(health(3))],
      [1, { nodes: new Map(), unknownNodes: new Set(["n1"]) }],
    ]);
    expect(end).toEqual([]);
  });

  it("ends when its rule is switched off", () => {
    const [fired] = [evaluateAlerts(rules, world(troubles(health(3))), new Map())];
    const off = [rule("health-check-failed", { enabled: false })];
    expect(evaluateAlerts(off, world(troubles(health(3))), stored(new Map(), fired))).toMatchObject([
      { cause: "rule-off" },
    ]);
  });

  it("makes one alert of all nodes of a pool, when grouped, which ends with the last of them", () => {
    const grouped = [rule("health-check-failed", { groupBy: "pool" })];
    const both = {
      troubles: new Map([
        ["n1", health(3)],
        ["n2", health(4)],
      ]),
    };
    const [action] = evaluateAlerts(grouped, world(both), new Map());
    expect(action).toMatchObject({
      do: "fire",
      finding: { subject: { kind: "pool" }, figures: { nodes: 2, names: "sg-1, sg-2" } },
    });
    expect(
      run(grouped, [
        [0, both],
        [1, troubles(health(5), "n2")],
        [2, {}],
      ]),
    ).toEqual([["fire health-check-failed:pool:p1"], [], ["resolve health-check-failed:pool:p1 recovered"]]);
  });

  it("keeps to the pools and nodes that its scope names", () => {
    const scoped = (scope: object) =>
      evaluateAlerts([rule("health-check-failed", { scope })], world(troubles(health(3))), new Map()).length;
    expect([
      scoped({ pools: ["PAY*"] }),
      scoped({ pools: ["pay"] }),
      scoped({ nodes: ["sg-?"] }),
      scoped({ nodes: ["eu-*"] }),
    ]).toEqual([1, 0, 1, 0]);
  });
});

describe("what real traffic found", () => {
  const breaker = {
    ...calm,
    breaker: { state: "open" as const, cause: "status-500", requests: 20, failures: 15, slow: 0 },
  };

  it("ends only when the node was in for as long as the rule says, from when it was last out", () => {
    const rules = [rule("node-ejected", { clearForMs: 30_000 })];
    const out = troubles({ ...calm, ejectedFor: "status-500" });
    expect(
      run(rules, [
        [0, out],
        [10, {}],
        [29_000, out],
        [29_100, {}],
        [59_099, {}],
        [59_100, {}],
      ]),
    ).toEqual([
      ["fire node-ejected:n1"],
      ["clear node-ejected:n1"],
      ["clear node-ejected:n1"],
      ["clear node-ejected:n1"],
      [],
      ["resolve node-ejected:n1 recovered"],
    ]);
  });

  it("tells of a breaker unless its node's checks or an ejection did, or an operator tripped it", () => {
    const rules = [rule("health-check-failed"), rule("node-ejected"), rule("breaker-open")];
    const fired = (trouble: NodeTrouble) => run(rules, [[0, troubles(trouble)]])[0];
    expect(fired(breaker)).toEqual(["fire breaker-open:n1"]);
    expect(fired({ ...breaker, ejectedFor: "status-500" })).toEqual(["fire node-ejected:n1"]);
    expect(fired({ ...breaker, health: health(3).health })).toEqual(["fire health-check-failed:n1"]);
    expect(fired({ ...breaker, breaker: { ...breaker.breaker, cause: "tripped" } })).toEqual([]);
    expect(
      run(
        [rule("breaker-open")],
        [
          [0, troubles(breaker)],
          [1, troubles({ ...calm, breaker: { ...breaker.breaker, state: "half-open", cause: "" } })],
        ],
      ),
    ).toEqual([["fire breaker-open:n1"], []]);
  });
});
