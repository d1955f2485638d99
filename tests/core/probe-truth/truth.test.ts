import { describe, expect, it } from "vitest";
import { PoolInput } from "#lib/contracts/config.ts";
import { detectionMs } from "#lib/core/probe-truth/compare.ts";
import { probeTimeline, timeIn } from "#lib/core/probe-truth/timeline.ts";
import { judgeMinutes, MINUTE_MS } from "#lib/core/probe-truth/traffic.ts";
import { DAY_MS, MINIMUM_JUDGED_MS, nodeProbeTruth, SHALLOW_FAILURES, verdictOf } from "#lib/core/probe-truth/truth.ts";
import type { FactChange, FailedAttempt, NodeDay, PresentVerdict, TrafficMinute } from "#lib/core/probe-truth/types.ts";

const T0 = Date.UTC(2026, 10, 27, 12);
const WINDOW = { fromMs: T0, toMs: T0 + DAY_MS };
const at = (minute: number) => T0 + minute * MINUTE_MS;
const minute = (n: number, successes: number, failures = 0): TrafficMinute => ({ atMs: at(n), successes, failures });
const good = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => minute(from + i, 200));
const bad = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => minute(from + i, 90, 10));
const health = (atMs: number, from: string, to: string, reason = ""): FactChange => ({
  ...{ workerId: "w", fact: "health", atMs, from, to, reason },
});
const ejection = (atMs: number): FactChange => ({
  ...{ workerId: "w", fact: "ejection", atMs, from: "in", to: "ejected", reason: "status-503" },
});
const HEALTHY: PresentVerdict = { workerId: "w", state: "healthy", sinceMs: T0 - 1 };

function truth(
  minutes: TrafficMinute[],
  more: { changes?: FactChange[]; causes?: Record<string, number>; attempts?: FailedAttempt[]; p99Ms?: number } = {},
  settings: object = {},
) {
  const pool = PoolInput.parse({ name: "p", algorithm: "least-connections", ...settings });
  const failing = minutes.filter(({ failures }) => failures > 0);
  const day: NodeDay = {
    nodeId: "n",
    minutes: new Map([["w", minutes]]),
    quiet: new Map(),
    causes: failing.map(({ atMs }) => ({ workerId: "w", atMs, causes: more.causes ?? { "status-503": 10 } })),
    changes: more.changes ?? [],
    present: [HEALTHY],
    attempts: more.attempts ?? [],
    p99Ms: more.p99Ms ?? null,
  };
  return nodeProbeTruth(day, pool, WINDOW);
}

describe("minutes of traffic", () => {
  const verdict = (successes: number, failures: number, changes: FactChange[] = []) =>
    judgeMinutes([minute(0, successes, failures)], changes)[0]?.verdict ?? null;

  it("failed from five in a hundred on, went well up to two, and say nothing between or with fewer than five answers", () => {
    expect([verdict(95, 5), verdict(951, 49), verdict(98, 2), verdict(979, 21)]).toEqual(["bad", null, "good", null]);
    expect([verdict(5, 0), verdict(4, 0), verdict(0, 4), verdict(0, 5)]).toEqual(["good", null, null, "bad"]);
  });

  it("failed when traffic ejected the node in them, up to their last millisecond", () => {
    expect(verdict(995, 5, [ejection(at(1) - 1)])).toBe("bad");
    expect(verdict(995, 5, [ejection(at(1))])).toBe("good");
    expect(verdict(995, 0, [ejection(at(0))])).toBeNull();
  });
});

describe("the timeline of a probe", () => {
  it("is what the first change came from, then what each says, to its millisecond", () => {
    const changes = [health(at(10), "healthy", "unhealthy", "connect-refused"), health(at(12), "unhealthy", "healthy")];
    const spans = probeTimeline(changes, HEALTHY, WINDOW);
    expect(spans.map(({ state, fromMs }) => [state, fromMs])).toEqual([
      ["healthy", T0],
      ["unhealthy", at(10)],
      ["healthy", at(12)],
    ]);
    expect(timeIn(spans, { fromMs: at(9), toMs: at(11) })).toEqual({ healthy: 60_000, unhealthy: 60_000, unknown: 0 });
    expect(spans[1]?.reason).toBe("connect-refused");
  });

  it("is unknown before a worker began, and follows what is said now where an event is missing", () => {
    const spans = probeTimeline([], { workerId: "w", state: "healthy", sinceMs: at(5) }, WINDOW);
    expect(spans.map(({ state, toMs }) => [state, toMs])).toEqual([
      ["unknown", at(5)],
      ["healthy", WINDOW.toMs],
    ]);
    expect(probeTimeline([], undefined, WINDOW).map(({ state }) => state)).toEqual(["unknown"]);
    expect(probeTimeline([health(T0 - 5, "unknown", "unhealthy")], undefined, WINDOW)[0]?.state).toBe("unhealthy");
  });
});

describe("a probe that says healthy while traffic fails", () => {
  it("is shallow, with what was missed, when, of which cause, and in which requests", () => {
    const attempts = [0, 1, 2].map(
      (n): FailedAttempt => ({
        requestId: `r${n}`,
        atMs: at(21),
        method: "GET",
        path: "/api/orders",
        cause: "status-503",
      }),
    );
    const found = truth([...good(0, 20), ...bad(20, 25), ...good(25, 30)], { attempts });
    expect(found).toMatchObject({ verdict: "shallow", requests: 25 * 200 + 500, failures: 50, agreement: 25 / 30 });
    expect(found.missed).toMatchObject({
      ms: 5 * MINUTE_MS,
      failures: 50,
      causes: [{ cause: "status-503", count: 50 }],
    });
    expect(found.missed.episodes[0]).toMatchObject({
      from: new Date(at(20)).toISOString(),
      to: new Date(at(25)).toISOString(),
    });
    expect(found.missed.examples.map(({ requestId }) => requestId)).toEqual(["r0", "r1", "r2"]);
    expect(found.suggestion).toEqual({
      code: "path",
      settings: [{ path: "healthCheck.http.path", value: "/api/orders" }],
    });
  });

  it("is only flagged from three minutes on", () => {
    expect(truth([...good(0, 20), ...bad(20, 23)]).verdict).toBe("shallow");
    expect(truth([...good(0, 20), ...bad(20, 22)]).verdict).toBe("agrees");
  });

  it("is not when it found out in the time that its falls take, to the millisecond", () => {
    const { healthCheck } = PoolInput.parse({ name: "p", algorithm: "least-connections" });
    const graceMs = detectionMs(healthCheck) + MINUTE_MS;
    expect(detectionMs(healthCheck)).toBe(3 * 5_000 * 1.1 + 3_000);
    const found = (delayMs: number) =>
      truth([...good(0, 20), ...bad(20, 24)], {
        changes: [health(at(20) + delayMs, "healthy", "unhealthy", "status-503")],
      });
    expect(found(graceMs)).toMatchObject({
      verdict: "agrees",
      agreement: 1,
      detections: { count: 1, medianMs: graceMs },
    });
    expect(found(graceMs + 1).missed.ms).toBe(graceMs + 1);
  });

  it("is measured from the ejection where few requests failed before it", () => {
    const found = truth([...good(0, 20), minute(20, 995, 5)], {
      changes: [ejection(at(20) + 30_000), health(at(20) + 42_000, "healthy", "unhealthy", "connect-refused")],
    });
    expect(found.detections).toEqual({ count: 1, medianMs: 12_000, maxMs: 12_000 });
  });
});

describe("a probe that takes a node out that serves well", () => {
  it("is strict when requests went well meanwhile", () => {
    const changes = [
      health(at(10), "healthy", "unhealthy", "first-byte-timeout"),
      health(at(14), "unhealthy", "healthy"),
    ];
    const found = truth(good(0, 30), { changes, p99Ms: 2_500 });
    expect(found).toMatchObject({ verdict: "strict", falseAlarms: { count: 1, ms: 4 * MINUTE_MS } });
    expect(found.agreement).toBeCloseTo(26 / 30);
    expect(found.suggestion).toEqual({ code: "patience", settings: [{ path: "healthCheck.timeoutMs", value: 7_500 }] });
  });

  it("is strict when the busy node did well while its checks failed, and not when traffic ejected it", () => {
    const changes = [health(at(20) + 30_000, "healthy", "unhealthy", "status-404")];
    const minutes = [...good(0, 20), minute(20, 120)];
    expect(truth(minutes, { changes }).suggestion).toMatchObject({ code: "accept-status" });
    expect(truth([...good(0, 20), minute(20, 119)], { changes }).verdict).toBe("agrees");
    const ejected = [ejection(at(20) + 15_000), ...changes];
    expect(truth([...good(0, 20), minute(20, 300, 5)], { changes: ejected }).verdict).toBe("agrees");
  });
});

describe("the verdict", () => {
  const enough = {
    requests: 100,
    judgedMs: MINIMUM_JUDGED_MS,
    missedMs: 180_000,
    missedFailures: 20,
    foundMs: 180_000,
    alarms: 0,
  };

  it("needs a hundred requests and ten minutes", () => {
    expect(verdictOf(enough, true)).toBe("shallow");
    expect(verdictOf({ ...enough, requests: 99 }, true)).toBe("too-little");
    expect(verdictOf({ ...enough, judgedMs: MINIMUM_JUDGED_MS - 1 }, true)).toBe("too-little");
    expect(truth(good(0, 9))).toMatchObject({ verdict: "too-little", agreement: null, suggestion: null });
  });

  it("flags a miss from twenty failures on that is at least half of what there was to find", () => {
    expect(verdictOf({ ...enough, missedFailures: SHALLOW_FAILURES - 1 }, true)).toBe("agrees");
    expect(verdictOf({ ...enough, missedMs: 179_999 }, true)).toBe("agrees");
    expect(verdictOf({ ...enough, foundMs: 180_001 }, true)).toBe("agrees");
    expect(verdictOf({ ...enough, foundMs: 180_001, alarms: 1 }, true)).toBe("strict");
  });

  it("is that nothing is checked where a pool has no checks, which are worth turning on where requests failed", () => {
    const off = { healthCheck: { enabled: false } };
    expect(truth(good(0, 20), {}, off)).toMatchObject({ verdict: "unchecked", agreement: null, suggestion: null });
    expect(truth(bad(0, 20), {}, off).suggestion).toEqual({
      code: "turn-on",
      settings: [{ path: "healthCheck.enabled", value: true }],
    });
  });

  it("counts time that two workers missed together once, and what each of them judged", () => {
    const pool = PoolInput.parse({ name: "p", algorithm: "least-connections" });
    const minutes = [...good(0, 20), ...bad(20, 25)];
    const day: NodeDay = {
      ...{ nodeId: "n", quiet: new Map(), causes: [], changes: [], attempts: [], p99Ms: null },
      minutes: new Map([["a", minutes] as const, ["b", minutes] as const]),
      present: [
        { ...HEALTHY, workerId: "a" },
        { ...HEALTHY, workerId: "b" },
      ],
    };
    const found = nodeProbeTruth(day, pool, WINDOW);
    expect([found.missed.ms, found.missed.failures, found.judgedMs]).toEqual([5 * MINUTE_MS, 100, 50 * MINUTE_MS]);
  });
});
