import { afterEach, describe, expect, test, vi } from "vitest";
import { cleanUp } from "./clean-up.ts";
import { load, request } from "./clients.ts";
import { proxyFor, startNode, startProxy } from "./rig.ts";

afterEach(cleanUp);

describe("passive facts", () => {
  test("tell of a node that time alone brought back", async () => {
    const failing = await startNode((_request, response) => response.writeHead(500).end());
    const healthy = await startNode();
    const ejection = { consecutiveFailures: 1, baseEjectionMs: 100 };
    const { url, passive } = await proxyFor([failing, healthy], { ejection });
    await load(url, 2);
    await vi.waitFor(() => expect(passive.map((facts) => facts.ejection.state)).toEqual(["ejected", "in"]));
    expect(passive.map((facts) => facts.nodeId)).toEqual([failing.id, failing.id]);
  });

  test("consecutive failures eject a node, siblings are told, and what siblings tell is believed", async () => {
    const failing = await startNode((_request, response) => response.writeHead(500).end());
    const node = await startNode();
    const first = await proxyFor([failing, node], { breaker: { enabled: false } });
    await load(first.url, 30, 1);
    expect(failing.hits).toBe(5);
    await vi.waitFor(() => expect(first.passive).toHaveLength(1));
    expect(first.passive[0]).toMatchObject({ nodeId: failing.id, ejection: { state: "ejected", cause: "status-500" } });
    const second = await startProxy(first.config);
    second.server.applyPassive(first.passive);
    expect(await load(second.url, 20)).toEqual(new Map([[200, 20]]));
    expect(failing.hits).toBe(5);
  });
});

describe("frames", () => {
  test("carry every pool and node, with what clients saw and what each attempt met", async () => {
    const failing = await startNode((_request, response) => response.writeHead(503).end());
    const node = await startNode((_request, response) => response.end("12345"));
    const { url, measured, poolId, config } = await proxyFor([failing, node], {
      ejection: { enabled: false },
      breaker: { enabled: false },
    });
    for (let i = 0; i < 10; i++) await request(url, { method: "PUT" }, "abc");
    const frame = measured();
    expect(frame.pools[0]).toMatchObject({
      poolId,
      requests: 10,
      successes: 10,
      failures: 0,
      status2xx: 10,
      retries: failing.hits,
      bytesIn: 30,
      bytesOut: 50,
      inFlight: 0,
      queued: 0,
    });
    const [first, second] = frame.nodes;
    expect(first).toMatchObject({ nodeId: failing.id, poolId, successes: 0 });
    const all = { requests: failing.hits, failures: failing.hits, status5xx: failing.hits, retries: failing.hits };
    expect(first).toMatchObject(all);
    expect(second).toMatchObject({ nodeId: node.id, requests: 10, successes: 10, inFlight: 0, share: 0.5 });
    expect(frame.pools[0]?.latencyUs.n.reduce((sum, n) => sum + n, 0)).toBe(10);
    expect(measured().pools[0]).toMatchObject({ requests: 0, latencyUs: { i: [], n: [] } });
    expect(config.document.pools).toHaveLength(1);
  });

  test("are told at each whole second", async () => {
    const { frames } = await proxyFor([await startNode()]);
    await vi.waitFor(() => expect(frames.length).toBeGreaterThan(1), { timeout: 5_000 });
    expect(frames.every((frame) => frame.atMs % 1_000 === 0)).toBe(true);
    expect((frames[1]?.atMs ?? 0) - (frames[0]?.atMs ?? 0)).toBe(1_000);
  });
});
