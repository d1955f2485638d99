// The defaults in the pools that most people have: two nodes, made from their URLs alone. One of them may always be left
// alone, never both; whatever one does, its clients are served by the other.
import { afterEach, describe, expect, test, vi } from "vitest";
import { cleanUp } from "./clean-up.ts";
import { load, request } from "./clients.ts";
import { deadUrl, proxyFor, startNode, type TestNode } from "./rig.ts";

afterEach(cleanUp);

const FAULTS = ["answers 500", "resets", "cuts its answers", "hangs", "crawls"] as const;
type Fault = (typeof FAULTS)[number];
type Faulty = TestNode & { fault: Fault | null };

/** Answers after 2 ms until its fault is set. */
async function startFaulty(): Promise<Faulty> {
  const node: Faulty = Object.assign(
    await startNode((incoming, response) => {
      switch (node.fault) {
        case null:
          setTimeout(() => response.end("ok"), 2);
          break;
        case "answers 500":
          response.writeHead(500).end();
          break;
        case "resets":
          incoming.socket.resetAndDestroy();
          break;
        case "cuts its answers":
          response.writeHead(200, { "Content-Length": 100 }).write("half", () => incoming.socket.destroy());
          break;
        case "hangs":
          break;
        case "crawls":
          setTimeout(() => response.end("ok"), 2_000);
      }
    }),
    { fault: null as Fault | null },
  );
  return node;
}
async function twoNodes(settings: object = {}) {
  const nodes = [await startFaulty(), await startFaulty()] as const;
  const proxy = await proxyFor(nodes, settings);
  // The pool learns what its usual latency is.
  await load(proxy.url, 100, 8);
  const facts = () => nodes.map(({ id }) => proxy.server.nodeState(id)?.passiveFacts);
  return { ...proxy, nodes, facts };
}

describe("of two nodes", () => {
  test.each(FAULTS)("one that %s fails no GET, and gets few of them", async (fault) => {
    const { url, nodes, server, poolId } = await twoNodes();
    const before = nodes[0].hits;
    nodes[0].fault = fault;
    expect(await load(url, 1_000, 20)).toEqual(new Map([[200, 1_000]]));
    // What was on its way when it began, and a trial now and then.
    expect(nodes[0].hits - before).toBeLessThan(60);
    expect(server.poolState(poolId)?.nodes.map(({ inFlight }) => inFlight)).toEqual([0, 0]);
  });

  test("one that is dead fails no POST either: nothing was sent to it, and after five connects it is ejected", async () => {
    const [dead, good] = [{ id: "00000000-0000-4000-8000-000000000001", url: await deadUrl() }, await startFaulty()];
    const { url, server } = await proxyFor([dead, good]);
    for (let i = 0; i < 20; i++) expect((await request(url, { method: "POST" }, "x")).status).toBe(200);
    expect(server.nodeState(dead.id)?.ejection).toMatchObject({ state: "ejected", cause: "connect-refused" });
    expect(good.hits).toBe(20);
  });

  test("one at most is ejected when both fail: half of the pool is the cap, and the other goes on being asked", async () => {
    const { url, nodes, facts } = await twoNodes({ breaker: { enabled: false } });
    for (const node of nodes) node.fault = "answers 500";
    expect(await load(url, 60, 4)).toEqual(new Map([[500, 60]]));
    expect(facts().filter((one) => one?.ejection.state === "ejected")).toHaveLength(1);
    const kept = facts()[0]?.ejection.state === "in" ? 0 : 1;
    const before = nodes[kept].hits;
    nodes[kept].fault = null;
    expect(await load(url, 20, 4)).toEqual(new Map([[200, 20]]));
    expect(nodes[kept].hits - before).toBe(20);
  });

  test("both breakers open when both fail for long; the client is told why at once, and trials bring them back", async () => {
    const settings = { ejection: { enabled: false }, breaker: { openMs: 200 }, retry: { maxRetries: 0 } };
    const { url, nodes, facts } = await twoNodes(settings);
    // What both answered well while the pool learned is in the window, too.
    for (const node of nodes) node.fault = "answers 500";
    await vi.waitFor(
      async () => {
        const refused = await request(url);
        expect(JSON.parse(refused.body)).toMatchObject({ code: "breakers-open" });
        expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
      },
      { timeout: 10_000, interval: 1 },
    );
    for (const node of nodes) node.fault = null;
    await vi.waitFor(
      async () => {
        await request(url);
        expect(facts().map((one) => one?.breaker.state)).toEqual(["closed", "closed"]);
      },
      { timeout: 10_000, interval: 5 },
    );
    expect(await load(url, 40, 4)).toEqual(new Map([[200, 40]]));
  });
});
