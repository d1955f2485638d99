// Sessions whose node does not take them, or takes its time.
import type http from "node:http";
import { afterEach, describe, expect, test, vi } from "vitest";
import { cleanUp } from "./clean-up.ts";
import { request } from "./clients.ts";
import { startNodeProcess, swallowConnections } from "./node-processes.ts";
import { configOf, draining, proxyFor, runtimeOf, startNode, startProxy, type TestNode } from "./rig.ts";
import { asConfigured, Browser, COOKIE, namedNodes, pairOf } from "./sticky-rig.ts";

afterEach(cleanUp);

describe("a session whose node does not take it", () => {
  /** Two nodes, and a browser that is bound to the first of them. */
  async function bound(settings: object = {}) {
    const nodes = await namedNodes(2);
    const proxy = await proxyFor(nodes, { ...COOKIE, ...settings });
    const browser = new Browser();
    const { body } = await browser.get(proxy.url);
    const [home, other] = body === "a" ? nodes : [...nodes].reverse();
    return { ...proxy, browser, body, home: home as TestNode, other: other as TestNode };
  }

  test.each([
    ["is in maintenance", { admin: { ...draining().admin, state: "maintenance" as const } }],
    ["is drained", draining(Date.now() + 60_000)],
    ["fails its checks", { health: { ...runtimeOf("", {}).health, state: "unhealthy" as const } }],
  ])("because it %s moves to another, and stays there when the first is back", async (_what, facts) => {
    const { server, url, browser, body, home } = await bound();
    server.applyNodes([runtimeOf(home.id, facts)]);
    const moved = await browser.get(url);
    expect(moved.body).not.toBe(body);
    expect(pairOf(moved)).toMatch(/^srv_id=/);
    server.applyNodes([runtimeOf(home.id, {})]);
    for (let i = 0; i < 3; i++) expect((await browser.get(url)).body).toBe(moved.body);
  });

  test("because it is gone moves to another, without an error", async () => {
    const { url, browser, body, home } = await bound();
    await home.close();
    const moved = await browser.get(url);
    expect([moved.status, moved.body]).toEqual([200, body === "a" ? "b" : "a"]);
    expect((await browser.get(url)).body).toBe(moved.body);
  });

  test("because it has left the configuration moves to another", async () => {
    const { server, url, browser, home, other, poolId } = await bound();
    server.applyConfig(configOf([{ id: poolId, nodes: asConfigured([other]), ...COOKIE }], [], 2));
    const before = home.hits;
    expect(pairOf(await browser.get(url))).toMatch(/^srv_id=/);
    expect(home.hits).toBe(before);
  });

  test("because it has no slot left moves to another rather than wait", async () => {
    const held: http.ServerResponse[] = [];
    const full = await startNode((request, response) => {
      if (request.url === "/hold") held.push(response);
      else response.end("full");
    });
    const [other] = await namedNodes(1);
    const nodes = [{ id: full.id, url: full.url, maxInFlight: 1, weight: 1 }, ...asConfigured([other as TestNode])];
    const { url } = await startProxy(configOf([{ nodes, ...COOKIE }]));
    const browser = new Browser();
    while ((await browser.get(url)).body !== "full") browser.cookies.clear();
    const holding = browser.get(`${url}/hold`);
    await vi.waitFor(() => expect(held).toHaveLength(1));
    expect((await browser.get(url)).body).toBe("a");
    held[0]?.end("held");
    await holding;
  });

  test("because it answers 500 is bound to the node that answers for it", async () => {
    let fails = false;
    const nodes = await Promise.all(
      ["a", "b"].map((name) =>
        startNode((_request, response) => {
          if (fails && name === "a") response.statusCode = 500;
          response.end(name);
        }),
      ),
    );
    const { url } = await proxyFor(nodes, COOKIE);
    const browser = new Browser();
    while ((await browser.get(url)).body !== "a") browser.cookies.clear();
    fails = true;
    const moved = await browser.get(url);
    expect([moved.status, moved.body]).toEqual([200, "b"]);
    fails = false;
    expect((await browser.get(url)).body).toBe("b");
  });

  test("and that nobody else could answer for stays where it is", async () => {
    const node = await startNode((_request, response) => {
      response.statusCode = 503;
      response.end();
    });
    const { url } = await proxyFor([node], COOKIE);
    const answer = await request(url);
    expect(answer.status).toBe(503);
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });
});

describe("a session's request", () => {
  test("is not hedged at a node that has nothing of the session, however long its own takes", async () => {
    const nodes = await Promise.all(
      [0, 1].map(() =>
        startNode((request, response) => setTimeout(() => response.end(), request.url === "/slow" ? 400 : 0)),
      ),
    );
    const settings = { hedge: { minDelayMs: 1, suspectAfter: 0, budgetRatio: 1, minHedges: 1_000 } };
    const { url } = await proxyFor(nodes, { ...COOKIE, ...settings });
    const browser = new Browser();
    for (let i = 0; i < 30; i++) await browser.get(url);
    const hits = () => nodes.map((node) => node.requests.filter(({ url: path }) => path === "/slow").length).sort();
    await browser.get(`${url}/slow`);
    expect(hits()).toEqual([0, 1]);
    // Without a session to lose, it is.
    await request(`${url}/slow`);
    expect(hits()).toEqual([1, 2]);
  });

  test("finds another node when its own goes silent", async () => {
    const stuck = new Set<string>();
    const nodes: TestNode[] = [];
    for (const name of ["a", "b"])
      nodes.push(
        await startNode((_request, response) => {
          if (!stuck.has(name)) response.end(name);
        }),
      );
    const { url } = await proxyFor(nodes, COOKIE);
    const browsers = Array.from({ length: 16 }, () => new Browser());
    for (const browser of browsers) await browser.get(url);
    stuck.add("a");
    const answers = await Promise.all(browsers.map((browser) => browser.get(url)));
    expect(answers.map(({ body }) => body)).toEqual(browsers.map(() => "b"));
  });
});

/** Nodes that answer with their own name, but for those that are stuck: they say nothing, and answer when let go. */
async function stuckNodes(count: number) {
  const stuck = new Set<string>();
  const held: (() => void)[] = [];
  const nodes = await Promise.all(
    Array.from({ length: count }, (_, i) => {
      const name = String.fromCharCode(97 + i);
      return startNode((_request, response) => {
        const answer = () => void response.end(name);
        if (stuck.has(name)) held.push(answer);
        else answer();
      });
    }),
  );
  const letGo = () => {
    stuck.clear();
    for (const answer of held.splice(0)) answer();
  };
  return { nodes, stuck, letGo };
}

/** Asks without a session, again and again, until told to stop: the other nodes are heard to answer. */
function others(url: string): () => Promise<void> {
  let isOver = false;
  const asking = (async () => {
    while (!isOver) await request(url);
  })();
  return async () => {
    isOver = true;
    await asking;
  };
}

const NEVER_SUSPECT = { hedge: { suspectAfter: 0, budgetRatio: 1, minHedges: 1_000 } };

describe("a session whose node says nothing while others answer", () => {
  test("has its request answered by another, and stays where it is", async () => {
    const { nodes, stuck, letGo } = await stuckNodes(2);
    const { url } = await proxyFor(nodes, { ...COOKIE, ...NEVER_SUSPECT });
    const browser = new Browser();
    while ((await browser.get(url)).body !== "a") browser.cookies.clear();
    for (let i = 0; i < 20; i++) await request(url);
    stuck.add("a");
    const stop = others(url);
    for (let i = 0; i < 5; i++) {
      const { body, headers } = await browser.get(url);
      expect([body, headers["set-cookie"]]).toEqual(["b", undefined]);
    }
    letGo();
    await stop();
    expect((await browser.get(url)).body).toBe("a");
  });

  test("has it though all that the node does is to swallow connections, and goes home when it takes them again", async () => {
    const a = await startNodeProcess({ backlog: 1 });
    const [b] = await namedNodes(1);
    const settings = { ...COOKIE, ...NEVER_SUSPECT, timeouts: { connectMs: 60_000, firstByteMs: 60_000 } };
    const { url } = await startProxy(configOf([{ nodes: [a.asNode, ...asConfigured([b as TestNode])], ...settings }]));
    const browser = new Browser();
    // Node b calls itself "a".
    while ((await browser.get(url)).body !== "ok") browser.cookies.clear();
    for (let i = 0; i < 20; i++) await request(url);
    a.child.kill("SIGSTOP");
    await swallowConnections(a.port);
    const answers = await Promise.all(Array.from({ length: 20 }, () => browser.get(url)));
    expect(answers.map(({ body }) => body)).toEqual(answers.map(() => "a"));
    expect(answers.filter(({ headers }) => headers["set-cookie"])).toEqual([]);
    a.child.kill("SIGCONT");
    await vi.waitFor(async () => expect((await browser.get(url)).body).toBe("ok"), { timeout: 8_000 });
  });

  test("has no POST sent twice, and moves its POSTs on once the node is suspect", async () => {
    const { nodes, stuck, letGo } = await stuckNodes(2);
    const { url } = await proxyFor(nodes, COOKIE);
    const browser = new Browser();
    while ((await browser.get(url)).body !== "a") browser.cookies.clear();
    for (let i = 0; i < 20; i++) await request(url);
    stuck.add("a");
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const post = () => request(url, { method: "POST", headers: { cookie } }, "once");
    const first = post();
    await vi.waitFor(() => expect(nodes[0]?.requests.filter(({ method }) => method === "POST")).toHaveLength(1));
    // Requests of the session that may be sent twice find out that the node is silent.
    const stop = others(url);
    const gets = await Promise.all(Array.from({ length: 8 }, () => browser.get(url)));
    await stop();
    expect(gets.map(({ body }) => body)).toEqual(gets.map(() => "b"));
    await vi.waitFor(async () => expect((await post()).body).toBe("b"));
    letGo();
    expect((await first).body).toBe("a");
  });
});

describe("a drain that keeps sessions", () => {
  test("takes requests of its sessions and no others, until its deadline", async () => {
    const nodes = await namedNodes(2);
    const { server, url } = await proxyFor(nodes, COOKIE);
    const browser = new Browser();
    while ((await browser.get(url)).body !== "a") browser.cookies.clear();
    const a = nodes[0] as TestNode;
    server.applyNodes([runtimeOf(a.id, draining(Date.now() + 60_000, true))]);
    for (let i = 0; i < 4; i++) {
      expect((await browser.get(url)).body).toBe("a");
      expect((await request(url)).body).toBe("b");
    }
    server.applyNodes([runtimeOf(a.id, draining(Date.now() - 1, true))]);
    expect((await browser.get(url)).body).toBe("b");
  });
});
