import { expect, it } from "vitest";
import { evaluateAlerts } from "#lib/core/alerts/engine.ts";
import { ruleFaults } from "#lib/core/alerts/faults.ts";
import { mutingOf } from "#lib/core/alerts/silencing.ts";
import { errorWindow, NOW, rule, world } from "./rig.ts";

const DAY_MS = 86_400_000;
const certificates = [
  { id: "c1", name: "broken", notAfterMs: null },
  { id: "c2", name: "old", notAfterMs: NOW + DAY_MS },
  { id: "c3", name: "new", notAfterMs: NOW + 99 * DAY_MS },
];

it("an unreadable certificate is told at its rule, keeps the others watched, and ends nothing that was found of it", () => {
  const rules = [rule("certificate-expiry", { level: 3 })];
  const of = world({ certificates });
  const firing = { fingerprint: "certificate-expiry:c1", ruleKey: "certificate-expiry", is: "firing" } as const;
  const subject = { kind: "certificate", id: "c1" } as const;
  const tracked = new Map([[firing.fingerprint, { ...firing, subject, sinceMs: 0, clearSinceMs: null }]]);
  expect(evaluateAlerts(rules, of, tracked)).toMatchObject([{ do: "fire", fingerprint: "certificate-expiry:c2" }]);
  expect(ruleFaults(rules, of)).toEqual([
    { ruleKey: "certificate-expiry", code: "certificate-unreadable", what: "broken" },
  ]);
});

it("unreadable figures of a pool are told at the rules that look at it, by its name, and others are judged", () => {
  const rules = [rule("error-rate"), rule("latency", { enabled: false }), rule("node-ejected")];
  expect(ruleFaults(rules, world({ window: () => undefined }))).toEqual([
    { ruleKey: "error-rate", code: "figures-unreadable", what: "payments" },
  ]);
  expect(ruleFaults(rules, world(errorWindow(50)))).toEqual([]);
  const elsewhere = rule("error-rate", { scope: { pools: ["search"], nodes: [] } });
  expect(ruleFaults([elsewhere], world({ window: () => undefined }))).toEqual([]);
});

it("what could not be read at all, and an expression of another version, are told", () => {
  const unknownKinds = new Set(["worker-lost" as const]);
  expect(ruleFaults([rule("worker-lost"), rule("stale-metrics")], world({ unknownKinds }))).toEqual([
    { ruleKey: "worker-lost", code: "unread", what: "" },
  ]);
  const own = rule("expression", {}, { expression: "error_ratio > 5%" });
  const condition = { ...own.condition, expression: "figure_of_tomorrow > 1" } as typeof own.condition;
  expect(ruleFaults([{ ...own, condition }], world(errorWindow(0)))).toMatchObject([
    { ruleKey: "expression", code: "expression", what: 'expression-unknown at=1 name="figure_of_tomorrow"' },
  ]);
});

it("a node whose resources cannot be read is told at the rules that speak of them only", () => {
  const of = (expression: string) => rule("expression", {}, { of: "node", expression });
  const at = world({ ...errorWindow(0), unreadResources: ["sg-2"] });
  expect(ruleFaults([of("cpu_ratio > 90%")], at)).toMatchObject([{ code: "figures-unreadable", what: "sg-2" }]);
  expect(ruleFaults([of("error_ratio > 90%")], at)).toEqual([]);
});

it("a window of clocks that are not known mutes nothing, and keeps no silence from muting", () => {
  const matchers = { kinds: [], rules: [], levels: [], pools: [], nodes: [], labels: [] };
  const alert = { rule: "latency", ruleKey: "latency", level: 2, poolName: "p", nodeName: "", labels: {} };
  const schedule = { timeZone: "Mars/Olympus", weekdays: [], start: "00:00", durationMinutes: 1_440 };
  const window = { id: "w", name: "w", mode: "mute" as const, matchers, schedule };
  const silence = { id: "s", matchers, comment: "why", startsMs: NOW, endsMs: NOW + 1 };
  expect(mutingOf(alert, [], [window], NOW)).toBeNull();
  expect(mutingOf(alert, [silence], [window], NOW)).toMatchObject({ id: "s" });
});
