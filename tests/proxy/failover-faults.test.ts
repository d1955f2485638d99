// Faults that a node does not confess: it hangs, crawls, or swallows connections. Pools are made from node URLs alone. That a
// test ends before the time limits of a request (seconds to a minute) is part of what it shows.
import { afterEach, describe, expect, test, vi } from "vitest";
import { cleanUp } from "./clean-up.ts";
import { load, RawClient, request } from "./clients.ts";
import { startNodeProcess, swallowConnections } from "./node-processes.ts";
import { proxyFor, startNode, type TestNode } from "./rig.ts";

afterEach(cleanUp);

type Fault = "none" | "hangs" | "crawls" | "resets" | "answers 500";
type Faulty = TestNode & { fault: Fault };

/** Answers after 2 ms until its fault is set. */
async function startFaulty(): Promise<Faulty> {
  const node: Faulty = Object.assign(
    await startNode((incoming, response) => {
      if (node.fault === "hangs") return;
      if (node.fault === "resets") incoming.socket.resetAndDestroy();
      else if (node.fault === "answers 500") response.writeHead(500).end();
      else setTimeout(() => response.end("ok"), node.fault === "crawls" ? 2_000 : 2);
    }),
    { fault: "none" as Fault },
  );
  return node;
}
const threeNodes = async () => [await startFaulty(), await startFaulty(), await startFaulty()] as const;
/** The pool learns what its usual latency is. */
const learn = (url: string) => load(url, 100, 8);

describe("a node that", () => {
  test.each<Fault>(["hangs", "crawls", "resets", "answers 500"])(
    "%s under load fails no GET, and gets few of them",
    async (fault) => {
      const nodes = await threeNodes();
      const { url, server, poolId } = await proxyFor([...nodes]);
      await learn(url);
      const before = nodes[0].hits;
      nodes[0].fault = fault;
      expect(await load(url, 1_000, 20)).toEqual(new Map([[200, 1_000]]));
      // What was on its way when it began, and a trial now and then.
      expect(nodes[0].hits - before).toBeLessThan(60);
      const pool = server.poolState(poolId);
      expect(pool?.active).toBe(0);
      expect(pool?.nodes.map(({ inFlight }) => inFlight)).toEqual([0, 0, 0]);
    },
  );

  test("hangs for long is ejected as silent", async () => {
    const nodes = await threeNodes();
    const { url, server } = await proxyFor([...nodes], { ejection: { silentMs: 300 } });
    await learn(url);
    nodes[0].fault = "hangs";
    const state = () => server.nodeState(nodes[0].id)?.ejection;
    await vi.waitFor(
      async () => {
        expect(await load(url, 20)).toEqual(new Map([[200, 20]]));
        expect(state()).toMatchObject({ state: "ejected", cause: "silent" });
      },
      { timeout: 4_000, interval: 1 },
    );
  });

  test("paused for a moment is not ejected, and has its share again", async () => {
    const nodes = await threeNodes();
    const { url, server } = await proxyFor([...nodes]);
    await learn(url);
    nodes[0].fault = "hangs";
    await load(url, 100);
    nodes[0].fault = "none";
    const before = nodes[0].hits;
    await vi.waitFor(
      async () => {
        await load(url, 100);
        expect(nodes[0].hits - before).toBeGreaterThan(100);
      },
      { timeout: 4_000, interval: 1 },
    );
    expect(server.nodeState(nodes[0].id)?.ejection).toEqual({ state: "in", timesEjected: 0 });
  });

  test("is stopped (SIGSTOP) fails no GET, and is given requests again when it goes on", async () => {
    const [a, b, c] = [await startNodeProcess(), await startNodeProcess(), await startNodeProcess()];
    const { url, measured } = await proxyFor([a, b, c].map((node) => node.asNode));
    await learn(url);
    a.child.kill("SIGSTOP");
    expect(await load(url, 1_000, 20)).toEqual(new Map([[200, 1_000]]));
    a.child.kill("SIGCONT");
    measured();
    await vi.waitFor(
      async () => {
        expect(await load(url, 100)).toEqual(new Map([[200, 100]]));
        expect(measured().nodes[0]?.successes).toBeGreaterThan(20);
      },
      { timeout: 8_000, interval: 1 },
    );
  });

  test.each(["GET", "POST"])(
    "swallows connections costs no %s more than the race of another connect",
    async (method) => {
      const [a, b] = [await startNodeProcess({ backlog: 1 }), await startNodeProcess()];
      const { url } = await proxyFor([a.asNode, b.asNode], { timeouts: { connectMs: 60_000 } });
      a.child.kill("SIGSTOP");
      await swallowConnections(a.port);
      expect(await load(url, 200, 20, method)).toEqual(new Map([[200, 200]]));
    },
  );
});

describe("a POST", () => {
  test.each<Fault>(["hangs", "crawls", "resets", "answers 500"])(
    "is never sent twice when a node %s",
    async (fault) => {
      const nodes = await threeNodes();
      const { url } = await proxyFor([...nodes], { timeouts: { firstByteMs: 500 } });
      await learn(url);
      nodes[0].fault = fault;
      const ids = Array.from({ length: 200 }, (_, i) => `id-${i}`);
      const one = async () => {
        for (let id = ids.pop(); id; id = ids.pop()) await request(url, { method: "POST" }, id).catch(() => {});
      };
      await Promise.all(Array.from({ length: 10 }, one));
      const sent = nodes
        .flatMap((node) => node.requests.map(({ body }) => body))
        .filter((body) => body.startsWith("id-"));
      expect(sent).toHaveLength(200);
      expect(new Set(sent).size).toBe(200);
    },
  );
});

describe("of two copies of a request", () => {
  test("one answer reaches the client, and the other leaves nothing behind", async () => {
    const answers: (() => void)[] = [];
    const slow = () => startNode((_request, response) => void answers.push(() => response.end("late")));
    const nodes = [await slow(), await slow()];
    const quick = { hedge: { minDelayMs: 1 } };
    const { url, server, poolId } = await proxyFor(nodes, quick);
    const teach = Promise.all(Array.from({ length: 20 }, () => request(url)));
    await vi.waitFor(() => {
      for (const answer of answers.splice(0)) answer();
      expect(nodes.reduce((sum, { requests }) => sum + requests.length, 0)).toBeGreaterThanOrEqual(20);
    });
    for (const answer of answers.splice(0)) answer();
    await teach;
    const asked = request(url);
    // Both have it; both answer in the same turn.
    await vi.waitFor(() => expect(answers).toHaveLength(2), { timeout: 4_000 });
    for (const answer of answers.splice(0)) answer();
    expect(await asked).toMatchObject({ status: 200, body: "late" });
    const pool = server.poolState(poolId);
    await vi.waitFor(() => expect(pool?.nodes.map(({ inFlight }) => inFlight)).toEqual([0, 0]));
    expect(pool?.active).toBe(0);
  });

  test("both are given up when the client leaves", async () => {
    const closed: string[] = [];
    const nodes = await Promise.all(
      ["a", "b"].map(async (name) => {
        const node: Faulty = Object.assign(
          await startNode((_request, response) => {
            response.on("close", () => response.writableEnded || closed.push(name));
            if (node.fault === "none") setTimeout(() => response.end("ok"), 2);
          }),
          { fault: "none" as Fault },
        );
        return node;
      }),
    );
    const { port, url, server, poolId } = await proxyFor(nodes);
    await learn(url);
    for (const node of nodes) node.fault = "hangs";
    const before = nodes.map(({ hits }) => hits);
    const client = new RawClient(port).send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await vi.waitFor(() => expect(nodes.map(({ hits }, i) => hits - (before[i] as number))).toEqual([1, 1]));
    client.socket.destroy();
    await vi.waitFor(() => expect(closed.sort()).toEqual(["a", "b"]));
    const pool = server.poolState(poolId);
    await vi.waitFor(() => expect(pool?.active).toBe(0));
    expect(pool?.nodes.map(({ inFlight }) => inFlight)).toEqual([0, 0]);
  });
});
