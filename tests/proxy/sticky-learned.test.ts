// Sessions known by a token of the application's own, in one process; over several: tests/control/sessions.test.ts.
import { randomUUID } from "node:crypto";
import type http from "node:http";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { SessionAsk, SessionTuple } from "#lib/contracts/bus.ts";
import type { SessionMessage } from "#workers/proxy/sticky/session-bus.ts";
import { cleanUp } from "./clean-up.ts";
import { request } from "./clients.ts";
import { configOf, draining, runtimeOf, startNode, startProxy, type TestNode } from "./rig.ts";
import { asConfigured, Browser, COOKIE, namedNodes } from "./sticky-rig.ts";

afterEach(cleanUp);

const learn = (settings: object) => ({ stickiness: { mode: "learn", ...settings } });

/** Nodes that answer with their own name and give a token at `/login`. */
function givingNodes(count: number, give: (response: http.ServerResponse, token: string) => void) {
  return Promise.all(
    Array.from({ length: count }, (_, i) =>
      startNode((request, response) => {
        if (request.url?.startsWith("/login")) give(response, randomUUID());
        response.end(String.fromCharCode(97 + i));
      }),
    ),
  );
}

async function proxyOf(nodes: readonly TestNode[], settings: object) {
  const told: SessionMessage[] = [];
  const poolId = randomUUID();
  const config = (more: object, revision = 1) =>
    configOf([{ id: poolId, nodes: asConfigured(nodes), ...more }], [], revision);
  const proxy = await startProxy(config(settings), {}, { onSessions: (message) => told.push(message) });
  return { ...proxy, poolId, told, config };
}

describe("a token", () => {
  test.each([
    [
      "cookie",
      learn({ tokenName: "SID" }),
      (r: http.ServerResponse, t: string) => r.setHeader("Set-Cookie", [`x=1`, `SID=${t}; Path=/; HttpOnly`]),
    ],
    [
      "header",
      learn({ from: "header", tokenName: "X-Session" }),
      (r: http.ServerResponse, t: string) => r.setHeader("x-session", t),
    ],
    [
      "query parameter, given in a header of another name",
      learn({ from: "query", tokenName: "sid", answerFrom: "header", answerName: "X-Token" }),
      (r: http.ServerResponse, t: string) => r.setHeader("X-Token", t),
    ],
  ])("in a %s binds its session to the node that gave it", async (_where, settings, give) => {
    const { url } = await proxyOf(await givingNodes(3, give), settings);
    const seen = new Set<string>();
    for (let i = 0; i < 6; i++) {
      const { body, headers } = await request(`${url}/login`);
      const token =
        headers["x-session"] ?? headers["x-token"] ?? /SID=([^;]+)/.exec(headers["set-cookie"]?.[1] ?? "")?.[1];
      seen.add(body);
      for (let more = 0; more < 4; more++) {
        const again = await request(`${url}/?sid=${token}`, {
          headers: { cookie: `a=b; SID=${token}`, "x-session": String(token) },
        });
        expect(again.body).toBe(body);
      }
    }
    expect(seen.size).toBe(3);
  });

  test("that nobody gave is bound to the node of its first request, and nodes get it", async () => {
    const nodes = await namedNodes(3);
    const { url } = await proxyOf(nodes, learn({ tokenName: "user" }));
    const bodies = new Map<string, string>();
    for (const user of ["u1", "u2", "u3", "u1", "u2", "u3", "u1"]) {
      const { body } = await request(url, { headers: { cookie: `user=${user}` } });
      expect(body).toBe(bodies.get(user) ?? body);
      bodies.set(user, body);
    }
    expect(new Set(bodies.values()).size).toBe(3);
    expect(nodes[0]?.requests[0]?.headers.cookie).toMatch(/^user=u\d$/);
  });

  test("that an answer takes away teaches nothing, nor does an answer of 500", async () => {
    const given = ["SID=gone; Max-Age=0", "SID=bad"];
    const node = await startNode((_request, response) => {
      response.statusCode = given.length === 2 ? 200 : 500;
      response.setHeader("Set-Cookie", given.shift() ?? "");
      response.end();
    });
    const { url, server, told } = await proxyOf([node], learn({ tokenName: "SID" }));
    server.sessions.connected();
    await request(url);
    await request(url);
    expect(told).toEqual([]);
  });

  test("is told of before its answer goes out, and never in clear", async () => {
    const node = await startNode((_request, response) => {
      response.setHeader("Set-Cookie", "SID=my-secret-token");
      response.end();
    });
    const { url, server, told, poolId } = await proxyOf([node], learn({ tokenName: "SID" }));
    server.sessions.connected();
    await request(url);
    expect(told).toEqual([
      {
        type: "sessions",
        poolId,
        sessions: [[expect.stringMatching(/^[\w-]{22}$/), node.id, expect.any(Number), expect.any(Number)]],
      },
    ]);
    await request(url, { headers: { cookie: "SID=my-secret-token" } });
    expect(told).toHaveLength(1);
    expect(JSON.stringify(told)).not.toContain("secret");
  });

  test("goes on to hold when the pool is configured anew, and is unknown once the pool has not learned", async () => {
    const { url, server, config } = await proxyOf(await namedNodes(3), learn({ tokenName: "user" }));
    const headers = { cookie: "user=ada" };
    const { body } = await request(url, { headers });
    server.applyConfig(config({ ...learn({ tokenName: "user", ttlMs: 60_000 }), algorithm: "least-time" }, 2));
    for (let i = 0; i < 3; i++) expect((await request(url, { headers })).body).toBe(body);
    server.applyConfig(config({}, 3));
    const bodies = new Set<string>();
    for (let i = 0; i < 6; i++) bodies.add((await request(url, { headers })).body);
    expect(bodies.size).toBe(3);
  });

  test("moves with its session when its node is drained, and stays when the drain keeps sessions", async () => {
    const nodes = await namedNodes(2);
    const { url, server } = await proxyOf(nodes, learn({ tokenName: "user" }));
    const headers = { cookie: "user=ada" };
    const { body } = await request(url, { headers });
    const home = nodes[body.charCodeAt(0) - 97] as TestNode;
    server.applyNodes([runtimeOf(home.id, draining(Date.now() + 60_000, true))]);
    for (let i = 0; i < 3; i++) expect((await request(url, { headers })).body).toBe(body);
    server.applyNodes([runtimeOf(home.id, draining(Date.now() + 60_000))]);
    const moved = await request(url, { headers });
    expect(moved.body).not.toBe(body);
    server.applyNodes([runtimeOf(home.id, {})]);
    for (let i = 0; i < 3; i++) expect((await request(url, { headers })).body).toBe(moved.body);
  });
});

describe("a node that says nothing while others answer", () => {
  /** Node a holds what it is asked until it is let go. */
  async function rig() {
    let isStuck = false;
    const held: http.ServerResponse[] = [];
    const nodes = await Promise.all(
      ["a", "b"].map((name) =>
        startNode(({ headers }, response) => {
          // As applications do whose sessions end some time after they were last used.
          response.setHeader("Set-Cookie", headers.cookie ?? []);
          if (isStuck && name === "a") held.push(response);
          else response.end(name);
        }),
      ),
    );
    const hedge = { suspectAfter: 0, budgetRatio: 1, minHedges: 1_000 };
    const { url } = await proxyOf(nodes, { ...learn({ tokenName: "user" }), hedge });
    const ask = async (user: string) => (await request(url, { headers: { cookie: `user=${user}` } })).body;
    let home = "";
    for (let i = 0; home === ""; i++) if ((await ask(`u${i}`)) === "a") home = `u${i}`;
    for (let i = 0; i < 20; i++) await request(url);
    const letGo = () => {
      isStuck = false;
      for (const response of held.splice(0)) response.end("a");
    };
    const stick = () => {
      isStuck = true;
    };
    return { url, ask, home, stick, letGo };
  }

  test("has a request of its session answered by another, and the session stays", async () => {
    const { url, ask, home, stick, letGo } = await rig();
    stick();
    const [body] = await Promise.all([ask(home), ...Array.from({ length: 40 }, () => request(url))]);
    expect(body).toBe("b");
    letGo();
    expect(await ask(home)).toBe("a");
  });

  test("does not keep a session whose first request it did not answer", async () => {
    const { ask, stick, letGo } = await rig();
    stick();
    const users = Array.from({ length: 8 }, (_, i) => `new${i}`);
    expect(await Promise.all(users.map(ask))).toEqual(users.map(() => "b"));
    letGo();
    expect(await Promise.all(users.map(ask))).toEqual(users.map(() => "b"));
  });
});

describe("control", () => {
  const asked = (told: readonly SessionMessage[]): SessionAsk[] =>
    told.flatMap((message) => (message.type === "session-asks" ? message.asks : []));

  test("is asked of an unknown token, once for all requests that bring it, and its word holds", async () => {
    const nodes = await namedNodes(2);
    const { url, server, told, poolId } = await proxyOf(nodes, learn({ tokenName: "user" }));
    server.sessions.connected();
    const headers = { cookie: "user=ada" };
    const answers = [request(url, { headers }), request(url, { headers })];
    await vi.waitFor(() => expect(asked(told)).toHaveLength(1));
    const [ask] = asked(told) as [SessionAsk];
    const other = nodes.find(({ id }) => id !== ask.nodeId) as TestNode;
    const nowMs = Date.now();
    const session: SessionTuple = [ask.session, other.id, nowMs, nowMs];
    server.sessions.answered([{ poolId, session }]);
    const name = String.fromCharCode(97 + nodes.indexOf(other));
    for (const answer of answers) expect((await answer).body).toBe(name);
    expect((await request(url, { headers })).body).toBe(name);
    expect(asked(told)).toHaveLength(1);
  });

  test("that does not answer holds nobody up for long, and the token is bound without it", async () => {
    const { url, server } = await proxyOf(await namedNodes(3), learn({ tokenName: "user" }));
    server.sessions.connected();
    const { body } = await request(url, { headers: { cookie: "user=ada" } });
    for (let i = 0; i < 3; i++) expect((await request(url, { headers: { cookie: "user=ada" } })).body).toBe(body);
    const waiting = request(url, { headers: { cookie: "user=bob" } });
    server.sessions.disconnected();
    expect((await waiting).status).toBe(200);
  });
});

test.each([
  ["a cookie of the proxy's own", COOKIE],
  ["a learned token", learn({ tokenName: "SID" })],
])("no session of %s has a request that fails when a node dies under load", async (_what, settings) => {
  const nodes = await givingNodes(3, (response, token) => response.setHeader("Set-Cookie", `SID=${token}`));
  const { url } = await proxyOf(nodes, settings);
  const browsers = Array.from({ length: 24 }, () => new Browser());
  const homes = await Promise.all(browsers.map(async (browser) => (await browser.get(`${url}/login`)).body));
  let failed = 0;
  let isDead = false;
  const load = browsers.map(async (browser, i) => {
    for (let left = 20; left > 0; ) {
      const { status, body } = await browser.get(url);
      if (status !== 200) failed++;
      if (homes[i] !== "a" && body !== homes[i]) failed++;
      if (isDead) left--;
    }
  });
  await (nodes[0] as TestNode).close();
  isDead = true;
  await Promise.all(load);
  expect(failed).toBe(0);
  const moved = await Promise.all(browsers.map(async (browser) => (await browser.get(url)).body));
  expect(moved).not.toContain("a");
});
