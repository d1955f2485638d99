// What a rule would have done in the past, over the API and real stored history.
import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { encodeHistogram } from "#lib/core/histogram.ts";
import { db } from "#lib/store/db.ts";
import { api, makePool, serveApi } from "./harness.ts";

serveApi();

const HOUR_MS = 3_600_000;
const publisher = (method: string, path: string, body?: unknown) => api(method, path, { as: "publisher", body });

describe("a back-test", () => {
  it("finds when a rule would have fired on stored measurements, and says how exactly that is known", async () => {
    const pool = await makePool();
    const base = Math.floor((Date.now() - 2 * HOUR_MS) / 10_000) * 10_000;
    const rows = Array.from({ length: 360 }, (_, at) => {
      const isBad = (at >= 60 && at < 90) || (at >= 200 && at < 230);
      return {
        resolution: "10s",
        at: new Date(base + at * 10_000),
        workerId: "w",
        scope: "pool",
        targetId: pool.id,
        poolId: pool.id,
        requests: 100n,
        successes: isBad ? 80n : 100n,
        failures: isBad ? 20n : 0n,
        ...{
          status1xx: 0n,
          status2xx: 0n,
          status3xx: 0n,
          status4xx: 0n,
          status5xx: 0n,
          retries: 0n,
          aborted: 0n,
          bytesIn: 0n,
          bytesOut: 0n,
        },
        inFlightMax: 1,
        queuedMax: 0,
        latency: Buffer.from(encodeHistogram({ i: [70], n: [100] })),
      };
    });
    await db().metricRollup.createMany({ data: rows });
    const rule = { condition: { kind: "error-rate" }, scope: { pools: [pool.name] } };
    const { body } = await publisher("POST", "/alert-rules/back-test", { rule, rangeMs: 3 * HOUR_MS });
    expect(body).toMatchObject({
      count: 2,
      resolution: "10s",
      series: { metric: "error_ratio", limit: 0.05, subjectName: pool.name },
    });
    const inWindow = body.firings[0].firedMs - (base + 600_000);
    expect(inWindow).toBeGreaterThan(0);
    expect(inWindow).toBeLessThanOrEqual(60_000);
    expect(body.notes).toContain("shorter");
    for (const condition of [
      { kind: "expression", of: "node", expression: "connect_ms > 50 or error_ratio > 5%" },
      { kind: "connect-time" },
    ]) {
      const none = await publisher("POST", "/alert-rules/back-test", { rule: { condition } });
      expect(none.body).toMatchObject({ resolution: null, notes: ["no-history"], count: 0 });
    }
  });

  it("of resources goes by what nodes told, together with their traffic and health", async () => {
    const pool = await makePool();
    const node = (await publisher("POST", `/pools/${pool.id}/nodes`, { name: "hot", url: "http://127.0.0.1:9" })).body;
    const base = Math.floor((Date.now() - 2 * HOUR_MS) / 10_000) * 10_000;
    const none = { memoryCount: 0, memorySum: 0, memoryRatioCount: 0, memoryRatioSum: 0 };
    await db().resourceRollup.createMany({
      data: Array.from({ length: 360 }, (_, at) => ({
        ...{ resolution: "10s", at: new Date(base + at * 10_000), nodeId: node.id },
        // Five minutes of high readings; before, one that was high for a moment.
        ...{ cpuCount: 2, ...(at >= 100 && at < 130 ? { cpuSum: 1.9, cpuMax: 0.95 } : { cpuSum: 0.4, cpuMax: 0.2 }) },
        ...(at === 40 && { cpuSum: 1.05, cpuMax: 0.95 }),
        ...{ ...none, backlogCount: 1, backlogSum: at >= 200 ? 80 : 1, backlogMax: 80 },
      })),
    });
    const scope = { pools: [pool.name] };
    const of = (expression: string, more = {}) => ({
      ...{ rule: { condition: { kind: "expression", of: "node", expression }, scope, ...more }, rangeMs: 3 * HOUR_MS },
    });
    const cpu = await publisher("POST", "/alert-rules/back-test", of("cpu_ratio > 90%", { forMs: 60_000 }));
    expect(cpu.body).toMatchObject({
      count: 1,
      resolution: "10s",
      series: { metric: "cpu_ratio", subjectName: "hot" },
    });
    expect(cpu.body.firings[0]).toMatchObject({ firedMs: base + 1_005_000 + 60_000, value: 0.95, limit: 0.9 });
    expect(cpu.body.notes).toEqual(expect.arrayContaining(["reading-order", "shorter"]));
    const peaks = await publisher("POST", "/alert-rules/back-test", of("cpu_ratio > 90%"));
    expect(peaks.body.firings[0]).toMatchObject({ firedMs: base + 410_000, value: 0.95 });
    expect(peaks.body.count).toBe(2);
    const both = await publisher("POST", "/alert-rules/back-test", of("backlog > 50 and cpu_ratio > 90%"));
    expect(both.body.count).toBe(0);
    expect((await publisher("POST", "/alert-rules/back-test", of("backlog > 50"))).body.count).toBe(1);
    // Health is known again from its flips.
    const flip = (at: number, to: string) => ({
      ...{
        at: new Date(base + at * 10_000),
        nodeId: node.id,
        workerId: "w",
        fact: "health",
        from: "",
        to,
        reason: "x",
      },
    });
    for (const data of [flip(110, "unhealthy"), flip(120, "healthy")]) await db().healthEvent.create({ data });
    const health = { rule: { condition: { kind: "expression", expression: "healthy_nodes < 1" }, scope } };
    const back = await publisher("POST", "/alert-rules/back-test", { ...health, rangeMs: 3 * HOUR_MS });
    expect(back.body).toMatchObject({ count: 1, resolution: "10s", firings: [{ firedMs: base + 1_100_000 }] });
  });

  it("of workers and the database goes by what alerts told, however long this rule waits", async () => {
    const lost = (ago: number, lastedMs: number, limit: number) => ({
      ...{ level: 2, rule: "worker-lost", ruleKey: "worker-lost", fingerprint: randomUUID(), state: "resolved" },
      ...{ poolName: "", nodeName: "", subjectKind: "worker", subjectId: "w1", subjectName: "edge", reason: "silent" },
      ...{ consecutiveFailures: 0, figures: { limit }, firedAt: new Date(Date.now() - ago) },
      resolvedAt: new Date(Date.now() - ago + lastedMs),
    });
    await db().alert.createMany({ data: [lost(HOUR_MS, 10_000, 30_000), lost(2 * HOUR_MS, 600_000, 30_000)] });
    const tried = async (afterMs: number) => {
      const rule = { condition: { kind: "worker-lost", afterMs } };
      return (await publisher("POST", "/alert-rules/back-test", { rule, rangeMs: 3 * HOUR_MS })).body;
    };
    expect(await tried(30_000)).toMatchObject({ count: 2, resolution: "events", notes: ["told-only"] });
    expect((await tried(40_000)).count).toBe(2);
    expect((await tried(60_000)).firings).toMatchObject([{ subjectName: "edge", value: 630_000, limit: 60_000 }]);
  });

  it("follows the flips of nodes, each worker's for itself", async () => {
    const pool = await makePool();
    const node = (await publisher("POST", `/pools/${pool.id}/nodes`, { name: "n", url: "http://127.0.0.1:9" })).body;
    const flip = (minutes: number, workerId: string, to: string) => ({
      at: new Date(Date.now() - minutes * 60_000),
      nodeId: node.id,
      workerId,
      fact: "ejection",
      from: "",
      to,
      reason: "status-500",
    });
    for (const data of [flip(50, "a", "ejected"), flip(49, "b", "ejected"), flip(48, "a", "in"), flip(40, "b", "in")])
      await db().healthEvent.create({ data });
    const rule = { condition: { kind: "node-ejected" }, scope: { pools: [pool.name] }, clearForMs: 30_000 };
    const { body } = await publisher("POST", "/alert-rules/back-test", { rule, rangeMs: 2 * HOUR_MS });
    expect(body).toMatchObject({
      count: 1,
      resolution: "events",
      firings: [{ reason: "status-500", subjectName: "n" }],
    });
    const lastedMs = body.firings[0].resolvedMs - body.firings[0].firedMs;
    expect(lastedMs).toBeGreaterThanOrEqual(10 * 60_000 + 30_000);
    expect(lastedMs).toBeLessThan(11 * 60_000);
  });
});
