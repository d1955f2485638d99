import { describe, expect, it } from "vitest";
import { evaluateAlerts, NO_DATA_MS } from "#lib/core/alerts/engine.ts";
import { errors, errorWindow, health, NOW, rule, run, troubles, world } from "./rig.ts";

describe("figures over a window", () => {
  it("waits for as long as `for` says, to the millisecond, and starts anew when it did not hold in between", () => {
    const rules = [rule("error-rate", { forMs: 30_000 })];
    expect(
      run(rules, [
        [0, errorWindow(6)],
        [29_999, errorWindow(6)],
        [30_000, errorWindow(6)],
      ]),
    ).toEqual([["pend error-rate:p1"], [], ["fire error-rate:p1"]]);
    expect(
      run(rules, [
        [0, errorWindow(6)],
        [20_000, errorWindow(5)],
        [30_000, errorWindow(6)],
        [59_999, errorWindow(6)],
      ]),
    ).toEqual([["pend error-rate:p1"], ["forget error-rate:p1"], ["pend error-rate:p1"], []]);
  });

  it("goes on between the two limits of its hysteresis, and ends below the lower one for as long as asked", () => {
    const rules = [rule("error-rate", { clearForMs: 10_000 }, { clearBelowRatio: 0.03 })];
    expect(
      run(rules, [
        [0, errorWindow(6)],
        [1, errorWindow(4)],
        [2, errorWindow(3)],
        [3, errorWindow(2)],
        [10_002, errorWindow(2)],
        [10_003, errorWindow(2)],
      ]),
    ).toEqual([["fire error-rate:p1"], [], [], ["clear error-rate:p1"], [], ["resolve error-rate:p1 recovered"]]);
  });

  it("knows nothing below its least number of requests, and ends without figures after five minutes", () => {
    const rules = [rule("error-rate", {}, { minimumRequests: 101 })];
    expect(run(rules, [[0, errorWindow(50)]])).toEqual([[]]);
    const none = { window: () => null };
    expect(
      run(
        [rule("error-rate")],
        [
          [0, errorWindow(50)],
          [1, none],
          [NO_DATA_MS, none],
          [NO_DATA_MS + 1, none],
        ],
      ),
    ).toEqual([["fire error-rate:p1"], ["clear error-rate:p1"], [], ["resolve error-rate:p1 no-data"]]);
  });

  it("tells the culprit's figures at the time", () => {
    const [action] = evaluateAlerts([rule("error-rate")], world(errorWindow(12)), new Map());
    expect(action).toMatchObject({
      finding: { figures: { metric: "error_ratio", value: 0.12, limit: 0.05, windowMs: 60_000, requests: 100 } },
    });
  });

  it("burns its budget only when the short and the long window of a pair both do", () => {
    const rules = [rule("slo-burn", {}, { targetRatio: 0.99 })];
    const burn = (byWindow: Record<number, number>) =>
      run(rules, [[0, { window: (_, __, ms) => errors(byWindow[ms] ?? 0) }]])[0];
    expect(burn({ 300000: 20, 3600000: 20 })).toEqual(["fire slo-burn:p1"]);
    expect(burn({ 300000: 20, 3600000: 5 })).toEqual([]);
    expect(burn({ 300000: 1, 3600000: 50 })).toEqual([]);
    expect(burn({ 1800000: 7, 21600000: 7 })).toEqual(["fire slo-burn:p1"]);
  });

  it("fires by an expression of one's own, and ends when its other expression holds", () => {
    const rules = [
      rule("expression", {}, { expression: "error_ratio > 5% and requests >= 100", clear: "error_ratio < 2%" }),
    ];
    expect(
      run(rules, [
        [0, errorWindow(6)],
        [1, errorWindow(3)],
        [2, errorWindow(1)],
      ]),
    ).toEqual([["fire expression:p1"], [], ["resolve expression:p1 recovered"]]);
  });
});

describe("pools, workers, certificates and canaries", () => {
  it("tells of a pool with fewer usable nodes than asked, never of more than it has", () => {
    const one = rule("pool-healthy", {}, { atLeastNodes: 2 });
    expect(run([one], [[0, troubles(health(3, true))]])[0]).toEqual(["fire pool-healthy:p1"]);
    expect(run([one], [[0, {}]])[0]).toEqual([]);
    expect(run([rule("pool-healthy", {}, { atLeastNodes: 9 })], [[0, {}]])[0]).toEqual([]);
  });

  const worker = {
    id: "w1",
    host: "edge-1",
    silentMs: 0,
    startedMs: NOW - 3_600_000,
    revision: 3,
    refusedRevision: null,
    refusal: null,
    proxyProcesses: 2,
    unmeasuredMs: 500,
  };
  it("tells of a silent worker at its limit and not one millisecond before, until it is forgotten", () => {
    const fired = (silentMs: number) => run([rule("worker-lost")], [[0, { workers: [{ ...worker, silentMs }] }]])[0];
    expect(fired(29_999)).toEqual([]);
    expect(fired(30_000)).toEqual(["fire worker-lost:w1"]);
    expect(fired(86_400_000)).toEqual([]);
  });

  it("tells of figures that do not come, and of a revision that is refused", () => {
    const fired = (kind: string, more: object) => run([rule(kind)], [[0, { workers: [{ ...worker, ...more }] }]])[0];
    expect(fired("stale-metrics", { unmeasuredMs: 30_000 })).toEqual(["fire stale-metrics:w1"]);
    expect(fired("stale-metrics", { unmeasuredMs: 29_999 })).toEqual([]);
    expect(fired("stale-metrics", { unmeasuredMs: null, startedMs: NOW - 29_999 })).toEqual([]);
    expect(fired("stale-metrics", { unmeasuredMs: null, proxyProcesses: 0 })).toEqual([]);
    expect(fired("revision-refused", { refusedRevision: 4, refusal: "it cannot" })).toEqual([
      "fire revision-refused:w1",
    ]);
  });

  it("tells of a certificate within its days, and of a canary for a while after it was rolled back", () => {
    const day = 86_400_000;
    const certificate = (notAfterMs: number) => ({ certificates: [{ id: "c1", name: "www", notAfterMs }] });
    expect(run([rule("certificate-expiry")], [[0, certificate(NOW + 14 * day)]])[0]).toEqual([]);
    expect(run([rule("certificate-expiry")], [[0, certificate(NOW + 14 * day - 1)]])[0]).toEqual([
      "fire certificate-expiry:c1",
    ]);
    const canaries = [{ id: "x", revision: 7, endedMs: NOW - 10, reason: "p99", detail: "" }];
    expect(
      run(
        [rule("canary-rolled-back")],
        [
          [0, { canaries }],
          [3_599_990, { canaries }],
        ],
      ),
    ).toEqual([["fire canary-rolled-back:x"], ["resolve canary-rolled-back:x recovered"]]);
  });
});
