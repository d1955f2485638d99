import { afterEach, describe, expect, test, vi } from "vitest";
import { cleanUp } from "./clean-up.ts";
import { load, request } from "./clients.ts";
import { configOf, runtimeOf, startNode, startProxy } from "./rig.ts";

afterEach(cleanUp);

const healthy = (lastCheckMs: number) => ({
  health: {
    state: "healthy" as const,
    sinceMs: 0,
    reason: "ok",
    level: null,
    detail: "",
    consecutivePasses: 2,
    consecutiveFailures: 0,
    lastCheckMs,
    latencyMs: 1,
  },
});

describe("facts told by control", () => {
  test("a node that warms up starts at a tenth of its weight, and its share shows it", async () => {
    const [a, b] = [await startNode(), await startNode()];
    const { server, url } = await startProxy(
      configOf([
        {
          nodes: [
            { id: a.id, url: a.url },
            { id: b.id, url: b.url },
          ],
        },
      ]),
    );
    server.applyNodes([runtimeOf(a.id, { warmUp: { startedMs: Date.now(), cause: "manual" } })]);
    await load(url, 1_100);
    expect(a.hits).toBe(100);
    const shares = server.takeFrame(1_000).nodes.map((node) => node.share);
    expect(shares[0]).toBeCloseTo(1 / 11, 6);
  });

  test("an unhealthy node gets nothing until it is healthy again", async () => {
    const [a, b] = [await startNode(), await startNode()];
    const { server, url } = await startProxy(configOf([{ nodes: [a, b].map(({ id, url }) => ({ id, url })) }]));
    const unhealthy = { ...healthy(1).health, state: "unhealthy" as const, reason: "connect-refused" };
    server.applyNodes([runtimeOf(a.id, { health: unhealthy })]);
    await load(url, 20);
    expect([a.hits, b.hits]).toEqual([0, 20]);
    server.applyNodes([runtimeOf(a.id, healthy(2))]);
    await load(url, 20);
    expect([a.hits, b.hits]).toEqual([10, 30]);
  });

  test("a passed check brings an ejected node back", async () => {
    let isFailing = true;
    const a = await startNode((_request, response) => response.writeHead(isFailing ? 500 : 200).end());
    const b = await startNode();
    const { server, url, passive } = await startProxy(
      configOf([{ breaker: { enabled: false }, nodes: [a, b].map(({ id, url }) => ({ id, url })) }]),
    );
    await load(url, 20, 1);
    expect(server.nodeState(a.id)?.ejection.state).toBe("ejected");
    isFailing = false;
    server.applyNodes([runtimeOf(a.id, healthy(Date.now() + 10))]);
    expect(server.nodeState(a.id)?.ejection.state).toBe("in");
    expect(passive.map((facts) => facts.ejection.state)).toEqual(["ejected", "in"]);
    const before = a.hits;
    await load(url, 20, 1);
    expect(a.hits).toBe(before + 10);
  });
});

describe("a breaker", () => {
  test("opens on errors, lets trials through when it is due, and closes when they pass", async () => {
    let isFailing = true;
    const a = await startNode((_request, response) => response.writeHead(isFailing ? 500 : 200).end());
    const { server, url, passive } = await startProxy(
      configOf([
        {
          ejection: { enabled: false },
          breaker: { minimumRequests: 5, openMs: 200 },
          nodes: [{ id: a.id, url: a.url }],
        },
      ]),
    );
    await load(url, 10, 1);
    expect(a.hits).toBe(5);
    expect(passive.at(-1)).toMatchObject({ nodeId: a.id, breaker: { state: "open", cause: "status-500" } });
    expect(JSON.parse((await request(url)).body).code).toBe("breakers-open");
    isFailing = false;
    await vi.waitFor(() => expect(server.nodeState(a.id)?.breaker.state).toBe("half-open"));
    expect(passive.at(-1)).toMatchObject({ breaker: { state: "half-open" } });
    await load(url, 3, 1);
    expect(server.nodeState(a.id)?.breaker.state).toBe("closed");
    expect(passive.at(-1)).toMatchObject({ breaker: { state: "closed" } });
  });

  test.each(["ejection", "breaker"])(
    "or an ejection: %s is told before the client has the answer that brought it about",
    async (by) => {
      const a = await startNode((_request, response) => response.writeHead(500).end());
      const gates = { ejection: { consecutiveFailures: 3 }, breaker: { minimumRequests: 3, openMs: 60_000 } };
      const off = { [by === "breaker" ? "ejection" : "breaker"]: { enabled: false } };
      const pool = { ...gates, ...off, retry: { maxRetries: 0 }, nodes: [{ id: a.id, url: a.url }] };
      const { url, passive } = await startProxy(configOf([pool]));
      for (let i = 0; i < 2; i++) expect((await request(url)).status).toBe(500);
      expect(passive).toEqual([]);
      expect((await request(url)).status).toBe(500);
      expect(passive).toMatchObject([{ nodeId: a.id, [by]: { cause: "status-500" } }]);
    },
  );
});
