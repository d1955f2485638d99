import { expect, it } from "vitest";
import { ResourceSettings } from "#lib/contracts/config/resources.ts";
import { evaluateAlerts } from "#lib/core/alerts/engine.ts";
import { currentResources, nothingKnown, resourceFigures } from "#lib/core/resources/current.ts";
import { rule, world } from "../alerts/rig.ts";

const busy = rule(
  "expression",
  { level: 2, forMs: 0 },
  { of: "node", expression: "cpu_ratio > 90% and (memory_ratio > 0.8 or backlog >= 100)" },
);
const figures = { cpuRatio: 0.95, memoryRatio: null, memoryBytes: 5e9, backlog: 100 };
const fired = (resources?: Map<string, typeof figures>) =>
  evaluateAlerts([busy], world({ ...(resources && { resources }) }), new Map()).flatMap((action) =>
    action.do === "fire" ? [action.finding.subject.id] : [],
  );

it("a rule speaks of a node's CPU, memory and queue, and what is missing decides nothing", () => {
  expect(fired(new Map([["n1", figures]]))).toEqual(["n1"]);
  expect(fired(new Map([["n1", { ...figures, backlog: 99 }]]))).toEqual([]);
  expect(fired(new Map([["n1", { ...figures, cpuRatio: 0.9 }]]))).toEqual([]);
  expect(fired()).toEqual([]);
});

it("figures that are too old are none", () => {
  const of = { nodeId: "n", poolId: "p", settings: ResourceSettings.parse({ source: "push" }) };
  const reading = {
    ...nothingKnown("not-pushed"),
    cpu: { state: "known" as const, ratio: 0.5, of: "agent" as const },
  };
  const told = { source: "push" as const, atMs: 0, by: "a", reading };
  expect(resourceFigures(currentResources(of, told, 14_999))).toMatchObject({ cpuRatio: 0.5, backlog: null });
  expect(resourceFigures(currentResources(of, told, 15_000))).toMatchObject({ cpuRatio: null });
});
