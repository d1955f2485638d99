// Rules of alerts over the API: configuration like any other; silences and windows, which are at once; history and back-test.
import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { encodeHistogram } from "#lib/core/histogram.ts";
import { db } from "#lib/store/db.ts";
import { api, faultPaths, makePool, serveApi } from "./harness.ts";

serveApi();

const HOUR_MS = 3_600_000;
const publisher = (method: string, path: string, body?: unknown) => api(method, path, { as: "publisher", body });
const operator = (method: string, path: string, body?: unknown) => api(method, path, { as: "operator", body });
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
const key = () => `r-${randomUUID().slice(0, 8)}`;

describe("rules", () => {
  it("are there by themselves, are changed field by field as revisions, and removed come as they were", async () => {
    const { body } = await api("GET", "/alert-rules");
    expect(body.items.find((rule: { key: string }) => rule.key === "health-check-failed")).toMatchObject({
      level: 1,
      isBuiltIn: true,
      isChanged: false,
      condition: { failures: 3 },
    });
    expect(body.metrics).toContainEqual({ name: "p99_ms", unit: "ms", of: ["pool", "node"], over: "window" });
    const changed = await publisher("PATCH", "/alert-rules/latency", {
      condition: { aboveMs: 800 },
      scope: { pools: ["pay*"] },
    });
    expect(changed.body).toMatchObject({ isChanged: true, level: 2, condition: { aboveMs: 800, percentile: 99 } });
    const revision = (await api("GET", `/revisions/${changed.body.revision}`)).body;
    expect(revision.changes).toMatchObject([{ kind: "proxy", change: "changed" }]);
    expect(revision.changes[0].fields.map((field: { path: string }) => field.path)).toContain(
      "alertRules.latency.condition.aboveMs",
    );
    expect((await publisher("DELETE", "/alert-rules/latency")).status).toBe(204);
    expect((await api("GET", "/alert-rules/latency")).body).toMatchObject({
      isChanged: false,
      condition: { aboveMs: 500 },
    });
  });

  it("are collected in change sets, and removed in them, like all configuration", async () => {
    const own = key();
    await publisher("POST", "/alert-rules", { key: own, condition: { kind: "worker-lost" } });
    const { id } = (await publisher("POST", "/change-sets", { name: `c ${own}` })).body;
    expect((await publisher("DELETE", `/alert-rules/${own}?changeSet=${id}`)).status).toBe(204);
    expect((await api("GET", `/alert-rules/${own}`)).status).toBe(200);
    expect((await api("GET", `/alert-rules/${own}?changeSet=${id}`)).status).toBe(404);
    const published = await publisher("POST", `/change-sets/${id}/publish`, {});
    expect(published.status, JSON.stringify(published.body)).toBe(200);
    expect((await api("GET", `/alert-rules/${own}`)).status).toBe(404);
  });

  it("names every fault by the rule's own fields, those of an expression with their place", async () => {
    const bad = { key: key(), level: 9, condition: { kind: "expression", expression: "p99_ms >" } };
    const answer = await publisher("POST", "/alert-rules", bad);
    expect(faultPaths(answer)).toEqual(["condition.expression", "level"]);
    expect(JSON.stringify(answer.body)).toContain("at 9: ends where a figure or a number is missing");
    expect(faultPaths(await publisher("PATCH", "/alert-rules/latency", { condition: { aboveMs: -1 } }))).toEqual([
      "condition.aboveMs",
    ]);
    expect(
      (await publisher("POST", "/alert-rules", { key: "latency", condition: { kind: "latency" } })).body.code,
    ).toBe("duplicate-name");
    expect((await operator("PATCH", "/alert-rules/latency", { level: 3 })).status).toBe(403);
  });
});

describe("silences", () => {
  it("need a matcher, a reason and an end within a month, and are ended once", async () => {
    expect(faultPaths(await operator("POST", "/silences", { matchers: {}, comment: "" }))).toEqual([
      "comment",
      "endsAt",
      "matchers",
    ]);
    const far = { matchers: { levels: [2] }, comment: "x", endsAt: inMs(31 * 24 * HOUR_MS) };
    expect(faultPaths(await operator("POST", "/silences", far))).toEqual(["endsAt"]);
    expect(faultPaths(await operator("POST", "/silences", { ...far, endsAt: inMs(-1) }))).toEqual(["endsAt"]);
    const { body } = await operator("POST", "/silences", { ...far, endsAt: inMs(HOUR_MS) });
    expect(body).toMatchObject({ state: "active", matching: 0, endedBy: null });
    expect((await api("GET", "/silences?state=active")).body.items.map((one: { id: string }) => one.id)).toContain(
      body.id,
    );
    expect((await operator("DELETE", `/silences/${body.id}`)).body).toMatchObject({ state: "ended" });
    expect((await operator("DELETE", `/silences/${body.id}`)).body.code).toBe("conflict");
    expect((await api("POST", "/silences", { as: "viewer", body: far })).status).toBe(403);
  });

  it("windows say when they are open next, by their own clocks", async () => {
    const schedule = { timeZone: "Asia/Shanghai", start: "02:30", durationMinutes: 30 };
    const made = await operator("POST", "/maintenance-windows", { name: "nightly", schedule });
    expect(made.body).toMatchObject({ mode: "mute", enabled: true });
    expect(new Date(made.body.nextStartsAt).toISOString()).toMatch(/T18:30:00/);
    expect((await operator("POST", "/maintenance-windows", { name: "Nightly", schedule })).body.code).toBe(
      "duplicate-name",
    );
    expect(
      faultPaths(
        await operator("POST", "/maintenance-windows", { name: "x", schedule: { ...schedule, timeZone: "Mars" } }),
      ),
    ).toEqual(["schedule.timeZone"]);
  });
});

describe("history", () => {
  it("is filtered by level, kind, state and words, exported, and has notes and a timeline", async () => {
    const pool = await makePool();
    const alert = (at: number, more: object) => ({
      level: 2,
      rule: "latency",
      ruleKey: "latency",
      fingerprint: randomUUID(),
      state: "resolved",
      poolId: pool.id,
      poolName: pool.name,
      nodeName: "",
      subjectName: pool.name,
      reason: "above-limit",
      consecutiveFailures: 0,
      firedAt: new Date(Date.now() - at * 1_000),
      resolvedAt: new Date(),
      ...more,
    });
    await db().alert.createMany({
      data: [
        alert(3, {}),
        alert(2, { level: 1, rule: "error-rate" }),
        alert(1, { detail: "=cmd()", nodeName: "sg-1" }),
      ],
    });
    const found = async (query: string) => (await api("GET", `/alerts?poolId=${pool.id}&${query}`)).body.items.length;
    expect(await found("level=1")).toBe(1);
    expect(await found("level=1,2")).toBe(3);
    expect(await found("rule=latency")).toBe(2);
    expect(await found("text=SG-")).toBe(1);
    expect(await found("acknowledged=true")).toBe(0);
    expect(await found(`from=${encodeURIComponent(inMs(-2_500))}`)).toBe(2);
    expect(faultPaths(await api("GET", "/alerts?level=7&rule=x"))).toEqual(["level.0", "rule.0"]);
    const [newest] = (await api("GET", `/alerts?poolId=${pool.id}`)).body.items;
    const noted = await operator("POST", `/alerts/${newest.id}/notes`, { note: "a deploy" });
    expect(noted.body).toMatchObject({ what: "noted", note: "a deploy" });
    expect((await api("GET", `/alerts/${newest.id}/events`)).body.items).toMatchObject([{ what: "noted" }]);
    expect((await api("GET", "/audit?action=alert.note", { as: "admin" })).body.items).toMatchObject([
      { targetId: newest.id },
    ]);
  });
});

describe("an alert of a kind that this version does not know", () => {
  it("is shown as such, among the others", async () => {
    const about = { level: 2, rule: "of-tomorrow", ruleKey: "mine", fingerprint: randomUUID(), state: "firing" };
    const { id } = await db().alert.create({
      data: { ...about, poolName: "", nodeName: "", reason: "x", consecutiveFailures: 0, firedAt: new Date() },
    });
    const { body } = await api("GET", `/alerts/${id}`);
    expect(body).toMatchObject({ id, rule: "unknown", ruleKey: "mine" });
    expect((await api("GET", "/alerts?limit=1")).body.items).toMatchObject([{ id, rule: "unknown" }]);
  });
});

describe("faults of rules", () => {
  it("are told beside the rules, with the time they began", async () => {
    await db().alertRuleFault.create({
      data: { ruleKey: "certificate-expiry", code: "certificate-unreadable", what: "old" },
    });
    const { body } = await api("GET", "/alert-rules");
    expect(body.faults).toMatchObject([{ ruleKey: "certificate-expiry", code: "certificate-unreadable", what: "old" }]);
    expect(Date.parse(body.faults[0].since)).toBeGreaterThan(Date.now() - 60_000);
  });
});

describe("labels", () => {
  it("of pools and nodes are configuration, and what matches them is refused with its place when it cannot be read", async () => {
    const pool = await makePool();
    const changed = await publisher("PATCH", `/pools/${pool.id}`, { labels: { env: "prod" } });
    expect(changed.body).toMatchObject({ labels: { env: "prod" } });
    expect(faultPaths(await publisher("PATCH", `/pools/${pool.id}`, { labels: { "a b": "x" } }))[0]).toMatch(/^labels/);
    const node = await publisher("POST", `/pools/${pool.id}/nodes`, {
      ...{ name: "n", url: "http://127.0.0.1:9", labels: { zone: "eu-1" } },
    });
    expect(node.body).toMatchObject({ labels: { zone: "eu-1" } });
    const silence = (labels: object[]) => ({ matchers: { labels }, comment: "x", endsAt: inMs(HOUR_MS) });
    const made = await operator("POST", "/silences", silence([{ name: "env", op: "=~", value: "pr.*" }]));
    expect(made.body.matchers.labels).toEqual([{ name: "env", op: "=~", value: "pr.*" }]);
    const broken = [
      { name: "env", value: "(" },
      { name: "env", op: "=~", value: "(a)\\1" },
      { name: "a b", value: "" },
    ];
    expect(faultPaths(await operator("POST", "/silences", silence(broken)))).toEqual([
      "matchers.labels.1.value",
      "matchers.labels.2.name",
    ]);
  });
});

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
        // The mean of a span decides, not what it reached for a moment.
        ...{ cpuCount: 2, cpuSum: at >= 100 && at < 130 ? 1.9 : 0.4, cpuMax: 1 },
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
    expect(cpu.body.firings[0]).toMatchObject({ firedMs: base + 1_010_000 + 60_000, value: 0.95, limit: 0.9 });
    expect(cpu.body.notes).toEqual(expect.arrayContaining(["means", "shorter"]));
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
