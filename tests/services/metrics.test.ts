import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { HeatMap } from "#lib/contracts/heat-map.ts";
import { MetricTop } from "#lib/contracts/metric-top.ts";
import { MetricSeries } from "#lib/contracts/metrics.ts";
import { encodeHistogram } from "#lib/core/histogram.ts";
import { db } from "#lib/store/db.ts";
import { counts, frameOf, lastSecond, writeFrame } from "./fleet.ts";
import { api, faultPaths, makePool, serveApi } from "./harness.ts";

serveApi();

const series = async (query: string) =>
  MetricSeries.parse((await api("GET", `/metrics?${query}`, { as: "viewer" })).body);
const measured = (points: MetricSeries["points"]) => points.filter((point) => point.requestsPerSecond !== null);

describe("metrics", () => {
  it("come by the second, merged over workers, with gaps where nothing was measured", async () => {
    const pool = await makePool();
    const atMs = lastSecond() - 10_000;
    await writeFrame("w1", frameOf(atMs, pool.id, 99, 10));
    await writeFrame("w2", frameOf(atMs, pool.id, 1, 1_000));
    await writeFrame("w1", frameOf(atMs + 2_000, pool.id, 0, 0));
    const { points, stepMs, fromMs, toMs } = await series(`scope=pool&id=${pool.id}&rangeMs=300000`);
    expect([stepMs, points.length, toMs - fromMs]).toEqual([1_000, 300, 300_000]);
    const known = measured(points);
    expect(known.map((point) => point.atMs)).toEqual([atMs, atMs + 2_000]);
    expect(known[0]).toMatchObject({ requestsPerSecond: 100, successRatio: 1, inFlight: 2 });
    expect(known[0]?.p50Ms).toBeCloseTo(10, 0);
    // The 99th percentile of the merged requests, not the mean of the workers' own (505 ms).
    expect(known[0]?.p99Ms).toBeCloseTo(10, 0);
    expect(known[1]).toMatchObject({ requestsPerSecond: 0, successRatio: null, p50Ms: null });
    const unknownNode = await api("GET", `/metrics?scope=node&id=${randomUUID()}`);
    expect([unknownNode.status, unknownNode.body.code]).toEqual([404, "not-found"]);
    expect(measured((await series("scope=all")).points).map((point) => point.requestsPerSecond)).toEqual([100, 0]);
  });

  it("of what the proxies answered themselves are summed over workers and seconds", async () => {
    const pool = await makePool();
    const atMs = lastSecond() - 3_000;
    const routeId = randomUUID();
    const own = (code: string, count: number, limited: number) => ({
      own: [{ code, count }],
      routes: [{ routeId, answered: 0, limited, tooLarge: 0 }],
    });
    const before = (await api("GET", "/own-answers?rangeMs=60000", { as: "viewer" })).body;
    expect(before).toMatchObject({ codes: [], routes: [] });
    await writeFrame("w1", { ...frameOf(atMs, pool.id, 1, 10), ...own("rate-limited", 2, 2) });
    await writeFrame("w2", { ...frameOf(atMs, pool.id, 1, 10), ...own("no-route", 9, 0) });
    await writeFrame("w1", { ...frameOf(atMs + 1_000, pool.id, 1, 10), ...own("rate-limited", 1, 1) });
    const { body } = await api("GET", "/own-answers?rangeMs=60000", { as: "viewer" });
    expect(body.codes).toEqual([
      { code: "no-route", count: 9 },
      { code: "rate-limited", count: 3 },
    ]);
    expect(body.routes).toEqual([{ routeId, answered: 0, limited: 3, tooLarge: 0 }]);
    expect((await api("GET", "/own-answers?rangeMs=1")).status).toBe(400);
  });

  it("of one node come from its own attempts only", async () => {
    const pool = await makePool();
    const [mine, other] = [randomUUID(), randomUUID()];
    const atMs = lastSecond() - 5_000;
    const node = (nodeId: string, requests: number) => ({
      nodeId,
      poolId: pool.id,
      ...counts(requests, 30),
      inFlight: 3,
      share: 0.5,
    });
    await writeFrame("w3", { ...frameOf(atMs, pool.id, 50, 30), nodes: [node(mine, 8), node(other, 42)] });
    const [point] = measured((await series(`scope=node&id=${mine}`)).points);
    expect(point).toMatchObject({ atMs, requestsPerSecond: 8, inFlight: 3 });
  });

  it("of a longer range come from roll-ups, of at most 300 points, percentiles from merged histograms", async () => {
    const pool = await makePool();
    const other = randomUUID();
    const endMs = Math.floor(Date.now() / 60_000) * 60_000 - 3_600_000;
    const rollUp = (resolution: string, atMs: number, targetId: string, requests: number, latencyMs: number) => {
      const { latencyUs, ...sums } = counts(requests, latencyMs);
      return {
        resolution,
        at: new Date(atMs),
        workerId: "w1",
        scope: "pool",
        targetId,
        poolId: targetId,
        ...sums,
        inFlightMax: 4,
        queuedMax: 2,
        latency: Buffer.from(encodeHistogram(latencyUs)),
      };
    };
    const data = ["10s", "1m"].flatMap((resolution) => [
      rollUp(resolution, endMs, pool.id, 600, 20),
      rollUp(resolution, endMs, other, 60, 800),
    ]);
    await db().metricRollup.createMany({ data });
    const ofPool = await series(`scope=pool&id=${pool.id}&rangeMs=18000000`);
    expect(ofPool.points.length).toBeLessThanOrEqual(300);
    const [point] = measured(ofPool.points);
    expect(point?.atMs).toBe(endMs + ofPool.stepMs);
    expect(point?.p99Ms).toBeCloseTo(20, 0);
    expect(point).toMatchObject({ inFlight: 4, queued: 2, successRatio: 1 });
    const [all] = measured((await series("rangeMs=18000000")).points);
    expect(all?.p50Ms).toBeCloseTo(20, 0);
    expect(Math.abs((all?.p99Ms ?? 0) - 800)).toBeLessThan(40);
  });

  it("of a day come from spans of five minutes, and from those of a minute before there were any", async () => {
    const pool = await makePool();
    const atMs = Math.floor(Date.now() / 300_000) * 300_000 - 7_200_000;
    const span = (resolution: string, ms: number, requests: number) => {
      const { latencyUs, ...sums } = counts(requests, 20);
      const whose = { scope: "pool", targetId: pool.id, poolId: pool.id, workerId: "w1" };
      const rest = { ...sums, inFlightMax: 4, queuedMax: 2, latency: Buffer.from(encodeHistogram(latencyUs)) };
      return { resolution, at: new Date(ms), ...whose, ...rest };
    };
    const minutes = [0, 1, 5, 6].map((minute) => span("1m", atMs + minute * 60_000, 300));
    await db().metricRollup.createMany({ data: [...minutes, span("5m", atMs + 300_000, 900)] });
    const known = measured((await series(`scope=pool&id=${pool.id}&rangeMs=86400000`)).points);
    expect(known.map((point) => [point.atMs - atMs, point.requestsPerSecond])).toEqual([
      [300_000, 2],
      [600_000, 3],
    ]);
  });

  it("of a route and of a class are zero while others are asked, and say why requests failed", async () => {
    const pool = await makePool();
    const routeId = randomUUID();
    const atMs = lastSecond() - 5_000;
    const flow = {
      ...{ poolId: pool.id, routeId, class: "gold", ...counts(6, 20), failures: 2, inFlight: 1 },
      details: { causes: { "connect-refused": 2 }, hedges: 4 },
    };
    await writeFrame("w8", { ...frameOf(atMs, pool.id, 8, 20), flows: [flow] });
    await writeFrame("w8", frameOf(atMs + 1_000, pool.id, 1, 20));
    for (const query of [`scope=route&id=${routeId}`, `scope=class&id=${pool.id}&name=gold`]) {
      const { points, total } = await series(`${query}&detail=true`);
      const [first, second] = points.filter((point) => point.atMs >= atMs);
      expect([first?.requestsPerSecond, second?.requestsPerSecond, second?.successRatio]).toEqual([6, 0, null]);
      expect(first?.detail).toMatchObject({ hedgesPerSecond: 4, causesPerSecond: { "connect-refused": 2 } });
      expect(first?.meanMs).toBeCloseTo(20, 0);
      expect(total.detail?.causesPerSecond["connect-refused"]).toBeGreaterThan(0);
    }
    expect((await api("GET", `/metrics?scope=route&id=${randomUUID()}`)).status).toBe(404);
    expect(faultPaths(await api("GET", "/metrics?scope=class"))).toEqual(["id", "name"]);
    expect(faultPaths(await api("GET", "/metrics?name=gold"))).toEqual(["name"]);
  });

  it("tell who had most requests, most errors and the highest P99, and of a few requests none", async () => {
    const pool = await makePool({ nodes: ["a", "b", "c"].map((name) => ({ name, url: "http://127.0.0.1:1" })) });
    const ids = pool.nodes.map(({ id }: { id: string }) => id);
    const atMs = Math.floor(Date.now() / 10_000) * 10_000 - 60_000;
    const span = (
      scope: string,
      targetId: string,
      requests: number,
      failures: number,
      latencyMs: number,
      name = "",
    ) => {
      const { latencyUs, ...sums } = counts(requests, latencyMs);
      const whose = { scope, targetId, name, poolId: pool.id, workerId: "w1", resolution: "10s", at: new Date(atMs) };
      const rest = {
        ...sums,
        failures,
        inFlightMax: 1,
        queuedMax: 0,
        latency: Buffer.from(encodeHistogram(latencyUs)),
      };
      return { ...whose, ...rest };
    };
    await db().metricRollup.createMany({
      data: [
        span("node", ids[0], 100, 0, 20),
        span("node", ids[1], 20, 10, 500),
        span("node", ids[2], 19, 1, 900),
        span("class", pool.id, 40, 0, 20, "gold"),
      ],
    });
    const top = async (query: string) =>
      MetricTop.parse((await api("GET", `/metrics/top?poolId=${pool.id}&${query}`, { as: "viewer" })).body).items;
    const names = async (query: string) => (await top(query)).map(({ name }) => name);
    expect(await names("by=requests")).toEqual(["a", "b", "c"]);
    expect(await names("by=errors")).toEqual(["b", "c"]);
    expect(await names("by=p99")).toEqual(["b", "a"]);
    expect(await names("by=requests&limit=1")).toEqual(["a"]);
    const [gold] = await top("of=class");
    expect(gold).toMatchObject({ id: pool.id, name: "gold", poolName: pool.name });
    expect(gold?.figures.p99Ms).toBeCloseTo(20, 0);
    expect(await names("of=route")).toEqual([]);
    expect(faultPaths(await api("GET", "/metrics/top?of=zone&by=x&limit=0"))).toEqual(["by", "limit", "of"]);
  });

  it("come as CSV for who asks for it, with a column for each cause, and empty cells where nothing was measured", async () => {
    const pool = await makePool();
    const atMs = lastSecond() - 5_000;
    const frame = frameOf(atMs, pool.id, 4, 20);
    const failing = { ...frame.pools[0], failures: 2, successes: 2, details: { causes: { "status-503": 2 } } };
    await writeFrame("w9", { ...frame, pools: [failing as (typeof frame.pools)[number]] });
    const path = `/metrics?scope=pool&id=${pool.id}&rangeMs=60000&toMs=${atMs + 2_000}&detail=true`;
    const { headers, text } = await api("GET", `${path}&format=csv`, { as: "viewer" });
    expect(headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(headers.get("content-disposition")).toMatch(/^attachment; filename="metrics-pool-[^"]+\.csv"$/);
    const [head = [], ...rows] = text
      .trimEnd()
      .split("\r\n")
      .map((line) => line.split(","));
    expect(rows).toHaveLength(60);
    const told = Object.fromEntries(head.map((name, at) => [name, rows.at(-3)?.[at]]));
    expect(told).toMatchObject({ at: new Date(atMs).toISOString(), requestsPerSecond: "4", successRatio: "0.5" });
    expect(told["failuresPerSecond:status-503"]).toBe("2");
    expect(rows[0]?.slice(1).every((cell) => cell === "")).toBe(true);
    const asked = await api("GET", path, { as: "viewer", headers: { accept: "text/csv" } });
    expect(asked.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  });

  it("of a pool's nodes over time are one map, merged over workers, with null where nobody asked", async () => {
    const pool = await makePool({
      nodes: [
        { name: "asked", url: "http://127.0.0.1:9" },
        { name: "idle", url: "http://127.0.0.1:8" },
      ],
    });
    const asked = pool.nodes.find((node: { name: string }) => node.name === "asked")?.id ?? "";
    const atMs = Math.floor(Date.now() / 10_000) * 10_000 - 60_000;
    const span = (workerId: string, latencyMs: number) => {
      const { latencyUs, ...sums } = counts(50, latencyMs);
      return {
        ...{
          resolution: "10s",
          at: new Date(atMs),
          workerId,
          scope: "node",
          targetId: asked,
          poolId: pool.id,
          ...sums,
        },
        ...{ inFlightMax: 1, queuedMax: 0, latency: Buffer.from(encodeHistogram(latencyUs)) },
      };
    };
    await db().metricRollup.createMany({ data: [span("w1", 10), span("w2", 400)] });
    const map = HeatMap.parse((await api("GET", `/pools/${pool.id}/heat-map?rangeMs=300000`, { as: "viewer" })).body);
    expect([map.stepMs, map.toMs - map.fromMs, map.nodes.map(({ name }) => name)]).toEqual([
      ...[10_000, 300_000, ["asked", "idle"]],
    ]);
    const at = (atMs - map.fromMs) / map.stepMs;
    expect(map.nodes[0]?.p99Ms[at]).toBeCloseTo(400, -1);
    expect(map.nodes.map(({ p99Ms }) => p99Ms.filter((value) => value !== null).length)).toEqual([1, 0]);
    expect((await api("GET", `/pools/${randomUUID()}/heat-map`)).status).toBe(404);
  });

  it("of a pool that nobody knows are 404, and a bad query names its fields", async () => {
    expect((await api("GET", `/metrics?scope=pool&id=${randomUUID()}`)).status).toBe(404);
    expect(faultPaths(await api("GET", "/metrics?scope=node"))).toEqual(["id"]);
    expect(faultPaths(await api("GET", "/metrics?scope=zone&rangeMs=1&from=2"))).toEqual(["from", "rangeMs", "scope"]);
  });
});
