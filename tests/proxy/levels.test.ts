// Levels of priority and zones, counted at the nodes.
import { afterEach, describe, expect, test } from "vitest";
import { cleanUp } from "./clean-up.ts";
import { load, request } from "./clients.ts";
import { configOf, deadUrl, type PoolDraft, runtimeOf, startNode, startProxy, type TestNode } from "./rig.ts";

afterEach(cleanUp);

/** Nobody is ejected by traffic and nothing is asked twice: hits are what the levels give. */
const STEADY = { ejection: { enabled: false }, breaker: { enabled: false }, hedge: { enabled: false } };
const nodesAt = (count: number) => Promise.all(Array.from({ length: count }, () => startNode()));
const hits = (nodes: readonly TestNode[]) => nodes.reduce((sum, node) => sum + node.hits, 0);
function clear(...nodes: TestNode[]): void {
  for (const node of nodes) node.hits = 0;
}
const told = (id: string, state: "healthy" | "unhealthy") =>
  runtimeOf(id, {
    health: { ...runtimeOf(id, {}).health, state, reason: state === "healthy" ? "ok" : "connect-refused" },
  });
const proxyOf = (nodes: PoolDraft["nodes"], settings: object = {}, zone?: string) =>
  startProxy(configOf([{ ...STEADY, nodes, ...settings }]), {}, zone === undefined ? {} : { zone });
const at = (nodes: readonly TestNode[], more: object) => nodes.map(({ id, url }) => ({ id, url, ...more }));

describe("priority levels", () => {
  test("spill to the second level as nodes of the first die one by one, and come back as they do", async () => {
    const [first, second] = [await nodesAt(7), await nodesAt(2)];
    const { server, url } = await proxyOf([...at(first, { priority: 0 }), ...at(second, { priority: 1 })]);
    const secondPart = async () => {
      clear(...first, ...second);
      expect(await load(url, 500)).toEqual(new Map([[200, 500]]));
      expect(hits(first) + hits(second)).toBe(500);
      return hits(second);
    };
    const seen = [await secondPart()];
    for (const node of first) {
      server.applyNodes([told(node.id, "unhealthy")]);
      seen.push(await secondPart());
    }
    // 1.4 × 5/7 is all of it; below that each node takes a fifth with it.
    expect(seen).toEqual([0, 0, 0, 100, 200, 300, 400, 500]);
    for (const node of first) server.applyNodes([told(node.id, "healthy")]);
    expect(await secondPart()).toBe(0);
  });

  test("tell the due share of every node, and why it is so", async () => {
    const [first, second] = [await nodesAt(2), await nodesAt(2)];
    const { server } = await proxyOf([...at(first, { priority: 0 }), ...at(second, { priority: 1 })]);
    const figures = () =>
      server.takeFrame(1_000).nodes.map(({ share, reason }) => [Math.round(share * 1_000) / 1_000, reason]);
    expect(figures()).toEqual([
      [0.5, undefined],
      [0.5, undefined],
      [0, "standby-level"],
      [0, "standby-level"],
    ]);
    server.applyNodes([told((first[0] as TestNode).id, "unhealthy")]);
    expect(figures()).toEqual([
      [0, "unhealthy"],
      [0.7, undefined],
      [0.15, "usable-by-spill"],
      [0.15, "usable-by-spill"],
    ]);
  });

  test("take effect without a restart", async () => {
    const [a, b] = (await nodesAt(2)) as [TestNode, TestNode];
    const config = (priority: number) =>
      configOf([
        { ...STEADY, id: "3f1c6a5e-8f0b-4b8e-9a63-000000000001", nodes: [...at([a], {}), ...at([b], { priority })] },
      ]);
    const { server, url } = await startProxy(config(0));
    await load(url, 20);
    expect([a.hits, b.hits]).toEqual([10, 10]);
    server.applyConfig({ ...config(1), revision: 2 });
    clear(a, b);
    await load(url, 20);
    expect([a.hits, b.hits]).toEqual([20, 0]);
  });

  test.each(["least-connections", "peak-ewma", "least-time", "random-two-choices", "consistent-hash"])(
    "spill by %s too",
    async (algorithm) => {
      const [first, second] = [await nodesAt(2), await nodesAt(2)];
      const { server, url } = await proxyOf([...at(first, { priority: 0 }), ...at(second, { priority: 1 })], {
        algorithm,
        hashKey: { from: "path" },
      });
      server.applyNodes([told((first[0] as TestNode).id, "unhealthy")]);
      for (let i = 0; i < 400; i += 4)
        await Promise.all([0, 1, 2, 3].map((n) => request(`${url}/${algorithm}/${i + n}`)));
      const part = hits(second);
      if (algorithm === "consistent-hash") expect(Math.abs(part - 120)).toBeLessThan(40);
      else expect(part).toBe(120);
    },
  );

  test("wait for a slot in their own level rather than use one that takes no part", async () => {
    const [a, b] = (await nodesAt(2)) as [TestNode, TestNode];
    const { url } = await proxyOf([
      { id: a.id, url: a.url, maxInFlight: 1 },
      { id: b.id, url: b.url, priority: 1 },
    ]);
    expect(await load(url, 40, 4)).toEqual(new Map([[200, 40]]));
    expect([a.hits, b.hits]).toEqual([40, 0]);
  });
});

describe("a node in reserve", () => {
  test.each([
    ["a later level", { priority: 1 }, {}],
    ["another zone", { zone: "b" }, { zonePreference: { enabled: true } }],
    ["a backup", { backup: true }, {}],
  ])("of %s answers what its pool's only serving node could not", async (_, more, settings) => {
    const node = await startNode();
    const { url } = await proxyOf(
      [{ url: await deadUrl(), zone: "a" }, ...at([node], more)],
      { ...settings, retry: { maxRetries: 1 } },
      "a",
    );
    expect(await load(url, 20, 1, "POST")).toEqual(new Map([[200, 20]]));
    expect(node.hits).toBe(20);
  });

  test("is passed by when retries are turned off", async () => {
    const node = await startNode();
    const { url } = await proxyOf([{ url: await deadUrl() }, ...at([node], { backup: true })], {
      retry: { maxRetries: 0 },
    });
    expect(JSON.parse((await request(url)).body).code).toBe("connect-failed");
    expect(node.hits).toBe(0);
  });
});

describe("the worker's own zone", () => {
  const preferring = { zonePreference: { enabled: true } };

  test("takes all requests while enough of its nodes are usable, then spills to the others one by one", async () => {
    const [own, other] = [await nodesAt(4), await nodesAt(2)];
    const nodes = [...at(own, { zone: "a" }), ...at(other, { zone: "b" })];
    const { server, url } = await proxyOf(nodes, preferring, "a");
    const seen: number[] = [];
    for (const node of [null, ...own]) {
      if (node) server.applyNodes([told(node.id, "unhealthy")]);
      clear(...own, ...other);
      expect(await load(url, 200)).toEqual(new Map([[200, 200]]));
      seen.push(hits(other));
    }
    // 1.4 × 3/4 is all of it; then 70 %, 35 % and nothing are left.
    expect(seen).toEqual([0, 0, 60, 130, 200]);
  });

  test.each([
    ["does not say where it stands", undefined, preferring],
    ["stands where no node is", "c", preferring],
    ["does not prefer it", "a", {}],
  ])("means nothing to a worker that %s", async (_, zone, settings) => {
    const [a, b] = (await nodesAt(2)) as [TestNode, TestNode];
    const { url } = await proxyOf([...at([a], { zone: "a" }), ...at([b], { zone: "b" })], settings, zone);
    await load(url, 20);
    expect([a.hits, b.hits]).toEqual([10, 10]);
  });
});
