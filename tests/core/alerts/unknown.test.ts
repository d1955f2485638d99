// What cannot be read, or judged, stays as it is; all else is judged.
import { expect, it } from "vitest";
import { evaluateAlerts } from "#lib/core/alerts/engine.ts";
import { NODE_KINDS } from "#lib/core/alerts/world.ts";
import { errors, health, rule, run, stored, troubles, world } from "./rig.ts";

const rules = [rule("health-check-failed"), rule("error-rate", { forMs: 0 })];

it("neither fires nor ends by facts that could not be read, and goes on with all else", () => {
  const unknown = { unknownKinds: NODE_KINDS, troubles: new Map() };
  const steps = run(rules, [
    [0, troubles(health(3))],
    [1, { ...unknown, window: () => errors(50) }],
    [2, { troubles: new Map(), window: () => errors(50) }],
  ]);
  expect(steps).toEqual([
    ["fire health-check-failed:n1"],
    ["fire error-rate:p1"],
    ["resolve health-check-failed:n1 recovered"],
  ]);
});

it("evaluates the other rules when one throws, and leaves what that one found before", () => {
  const window = () => {
    throw new RangeError("not to be read");
  };
  const tracked = stored(new Map(), evaluateAlerts(rules, world({ window: () => errors(50) }), new Map()));
  const faults: string[] = [];
  const actions = evaluateAlerts(rules, world({ ...troubles(health(3)), window }), tracked, (key) => faults.push(key));
  expect(faults).toEqual(["error-rate"]);
  expect(actions).toMatchObject([{ do: "fire", fingerprint: "health-check-failed:n1" }]);
  expect(() => evaluateAlerts(rules, world({ window }), new Map())).toThrow(RangeError);
});
