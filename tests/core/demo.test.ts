import { expect, test } from "vitest";
import { EMPTY_CONFIG } from "#lib/contracts/config.ts";
import { DEMO_AWAY_AFTER_MS } from "#lib/contracts/demo.ts";
import { DEMO_POOLS, demoRemoval, isWhole } from "#lib/core/demo/fleet.ts";
import { type DemoRun, demoRefusal, demoState } from "#lib/core/demo/state.ts";
import { FLEET, slownessAt } from "#workers/demo/fleet.ts";

const NOW_MS = 1_800_000_000_000;
const running: DemoRun = { seenAtMs: NOW_MS, isConfigured: true, fault: "" };

test.each<[string, DemoRun | null, number]>([
  ["off", null, 0],
  ["left", null, 1],
  ["starting", { ...running, isConfigured: false }, 0],
  ["running", running, 2],
  ["running", { ...running, seenAtMs: NOW_MS - DEMO_AWAY_AFTER_MS + 1 }, 2],
  ["away", { ...running, seenAtMs: NOW_MS - DEMO_AWAY_AFTER_MS }, 2],
  ["away", { ...running, seenAtMs: null }, 2],
  ["away", { ...running, fault: "a port is taken" }, 2],
  ["bare", running, 0],
])("the demo is %s, as what is stored and configured says", (state, run, pools) => {
  expect(demoState(run, pools, NOW_MS)).toBe(state);
});

test("no demo is started where it is turned off, where nobody runs it, or where some workers could not reach it", () => {
  expect(demoRefusal(true, ["a"], false)).toBe("turned-off");
  expect(demoRefusal(false, [], false)).toBe("no-worker");
  expect(demoRefusal(false, ["a", "b"], false)).toBe("several-hosts");
  expect(demoRefusal(false, ["a", "a"], true)).toBe("npm-demo");
  expect(demoRefusal(false, ["a", "a"], false)).toBeNull();
});

test("what is not of the demo is no part of its removal, and a document without it is not whole", () => {
  expect(demoRemoval(EMPTY_CONFIG)).toEqual([]);
  expect(isWhole(EMPTY_CONFIG, {})).toBe(false);
});

test("every node of the demo has a behaviour, and one of them is slow in the last 40 s of every three minutes", () => {
  const names = DEMO_POOLS.flatMap(({ nodes }) => nodes.map(({ name }) => name));
  expect(FLEET.map(({ name }) => name)).toEqual(names);
  const slow = FLEET.find(({ slowness }) => slowness) as (typeof FLEET)[number];
  expect([139_999, 140_000, 179_999, 180_000].map((ms) => slownessAt(slow, ms))).toEqual([1, 12, 12, 1]);
});
