// What is published at once asks for the warnings that it brings, as a change set does: nothing happens before they are named.
import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { db } from "#lib/store/db.ts";
import { makeWorker } from "./fleet.ts";
import { type Answered, api, makeNode, makePool, revisionCount, serveApi } from "./harness.ts";

serveApi();

type Told = { id: string; code: string; poolId: string; message: string };
const codesOf = ({ body }: Answered): string[] => body.warnings.map(({ code }: Told) => code);
const idsOf = ({ body }: Answered): string[] => body.warnings.map(({ id }: Told) => id);
const confirm = (ids: readonly string[]) => `confirm=${encodeURIComponent(ids.join(","))}`;
const unhealthy = async (nodeId: string) => {
  await makeWorker("w");
  const seen = { reason: "", consecutivePasses: 0, consecutiveFailures: 3 };
  await db().nodeHealth.create({ data: { nodeId, workerId: "w", state: "unhealthy", since: new Date(), ...seen } });
};
/** Whatever `send` does is refused for its warnings, and does nothing. */
async function refused(send: (query: string) => Promise<Answered>): Promise<Answered> {
  const counts = async () => [await revisionCount(), await db().audit.count()];
  const before = await counts();
  const answer = await send("");
  expect([answer.status, answer.body.code], answer.text).toEqual([409, "unconfirmed-warnings"]);
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(await counts()).toEqual(before);
  return answer;
}

describe("each way to publish at once", () => {
  const nodes = [{ name: "a", url: "http://127.0.0.1:1" }];
  const zero = { weight: 0 };
  const name = () => `p ${randomUUID().slice(0, 8)}`;
  type Way = [string, (pool: { id: string; nodes: { id: string }[] }) => (query: string) => Promise<Answered>, string];
  const ways: Way[] = [
    [
      "PATCH of a node",
      (pool) => (query) => api("PATCH", `/nodes/${pool.nodes[0]?.id}?${query}`, { body: zero }),
      "all-weights-zero",
    ],
    ["DELETE of a node", (pool) => (query) => api("DELETE", `/nodes/${pool.nodes[0]?.id}?${query}`), "no-nodes"],
    [
      "POST of a node",
      (pool) => (query) => api("POST", `/pools/${pool.id}/nodes?${query}`, { body: { ...nodes[0], name: "b" } }),
      "same-url",
    ],
    [
      "POST of many changes",
      (pool) => (query) =>
        api("POST", `/nodes/bulk?${query}`, {
          body: { changes: [{ do: "update", id: pool.nodes[0]?.id, patch: zero }] },
        }),
      "all-weights-zero",
    ],
    [
      "PATCH of a pool",
      (pool) => (query) => api("PATCH", `/pools/${pool.id}?${query}`, { body: { panicThreshold: 1 } }),
      "always-panic",
    ],
    [
      "POST of a pool",
      () => {
        const body = { name: name(), algorithm: "peak-ewma", nodes: [{ ...nodes[0], weight: 0 }] };
        return (query) => api("POST", `/pools?${query}`, { body });
      },
      "all-weights-zero",
    ],
    [
      "PUT of a file",
      () => {
        const pools = [{ name: name(), algorithm: "peak-ewma", nodes: [{ ...nodes[0], weight: 0 }] }];
        return (query) => api("PUT", `/config?${query}`, { body: { pools } });
      },
      "all-weights-zero",
    ],
  ];
  it.each(ways)("%s: lists all, changes nothing, and is let through by their ids", async (_, of, code) => {
    const send = of(await makePool({ nodes }));
    const first = await refused(send);
    expect(codesOf(first)).toContain(code);
    const ids = idsOf(first);
    if (ids.length > 1) expect((await send(confirm(ids.slice(1)))).status).toBe(409);
    const done = await send(confirm(ids));
    expect(done.status, done.text).toBeLessThan(300);
    expect(done.headers.get("gb-revision")).toBe(String(await revisionCount()));
  });

  it("a roll-back: to what had no node, by several parameters or by all", async () => {
    const pool = await makePool();
    await makeNode(pool.id);
    const back = (query: string) => api("POST", `/revisions/${pool.revision}/rollback?${query}`, { body: {} });
    const [id] = idsOf(await refused(back));
    expect(id).toBe(`no-nodes:${pool.id}:nodes`);
    const done = await back(`confirm=${id}&confirm=unreachable:${pool.id}`);
    expect(done.status, done.text).toBe(200);
    await makeNode(pool.id);
    await refused(back);
    expect((await back("confirm=all")).status).toBe(200);
  });
});

describe("what is asked for", () => {
  it("lists every warning that is new, and none that stood there before", async () => {
    const pool = await makePool({ nodes: [{ name: "a", url: "http://127.0.0.1:1" }] });
    const change = (body: object) => (query: string) => api("PATCH", `/pools/${pool.id}?${query}`, { body });
    const both = await refused(change({ panicThreshold: 1, retry: { maxRetries: 0 } }));
    expect(codesOf(both).toSorted()).toEqual(["always-panic", "no-second-chance"]);
    expect((await change({ panicThreshold: 1 })("confirm=all")).status).toBe(200);
    // It stands: an edit beside it is not asked about it again.
    expect((await change({ description: "x" })("")).status).toBe(200);
    expect(codesOf(await refused(change({ retry: { maxRetries: 0 } })))).toEqual(["no-second-chance"]);
  });

  it("asks for what came up between the question and its answer", async () => {
    const pool = await makePool({ nodes: ["a", "b"].map((name, at) => ({ name, url: `http://127.0.0.1:${at + 1}` })) });
    const [a, b] = pool.nodes as { id: string }[];
    const change = (query: string) =>
      api("POST", `/nodes/bulk?${query}`, {
        body: {
          changes: [
            { do: "delete", id: b?.id },
            { do: "create", poolId: pool.id, node: { name: "c", url: "http://127.0.0.1:1", backup: true, weight: 0 } },
          ],
        },
      });
    const asked = await refused(change);
    expect(codesOf(asked)).toEqual(["same-url"]);
    await unhealthy(a?.id ?? "");
    const again = await refused(() => change(confirm(idsOf(asked))));
    expect(codesOf(again).toSorted()).toEqual(["no-healthy-node", "same-url"]);
    expect(again.body.detail).toContain("no node is healthy now");
    expect(again.body.detail).not.toContain("same URL");
    expect((await change(confirm(idsOf(again)))).status).toBe(200);
  });

  it("lets through what was confirmed and is gone meanwhile, and a change set without a question", async () => {
    const pool = await makePool({ nodes: [{ name: "a", url: "http://127.0.0.1:1" }] });
    const [{ id }] = pool.nodes;
    expect((await api("PATCH", `/nodes/${id}?confirm=no-nodes:${pool.id}:nodes`, { body: { weight: 2 } })).status).toBe(
      200,
    );
    const set = (await api("POST", "/change-sets", { body: { name: randomUUID() } })).body;
    expect((await api("PATCH", `/nodes/${id}?changeSet=${set.id}`, { body: { weight: 0 } })).status).toBe(200);
  });

  it.each([
    ["a word that no warning has", "confirm=yes"],
    ["nothing", "confirm="],
    ["all beside others", "confirm=all,no-nodes"],
    ["an empty place", "confirm=no-nodes,,unreachable"],
    ["an id that is too long", `confirm=no-nodes:${"x".repeat(300)}`],
    ["of several parameters, one", "confirm=no-nodes&confirm=true"],
  ])("refuses %s", async (_, query) => {
    const pool = await makePool();
    for (const [method, path, body] of [
      ["PATCH", `/pools/${pool.id}`, { description: "x" }],
      ["POST", `/revisions/${pool.revision}/rollback`, {}],
      ["PUT", "/config", {}],
    ] as const) {
      const answer = await api(method, `${path}?${query}`, { body });
      expect([answer.status, answer.body.code], path).toEqual([400, "invalid-input"]);
      expect(answer.body.faults[0].path, path).toEqual(["confirm"]);
    }
  });
});

describe("a normal configuration is made without a question", () => {
  const good = async (method: string, path: string, body?: object): Promise<Answered["body"]> => {
    const answer = await api(method, path, { body });
    expect(answer.status, answer.text).toBeLessThan(300);
    return answer.body;
  };

  it("a pool, its first node, its route, another node, and all of it taken away again", async () => {
    const pool = await good("POST", "/pools", {
      name: `p ${randomUUID().slice(0, 8)}`,
      algorithm: "weighted-round-robin",
    });
    await good("POST", `/pools/${pool.id}/nodes`, { name: "a", url: "http://127.0.0.1:1" });
    const match = { pathPrefix: `/${randomUUID()}` };
    const route = await good("POST", "/routes", { match, poolId: pool.id });
    await good("POST", `/pools/${pool.id}/nodes`, { name: "b", url: "http://127.0.0.1:2" });
    // A switch-over to a new pool leaves the old one without a route.
    const next = await good("POST", "/pools", {
      name: `p ${randomUUID().slice(0, 8)}`,
      algorithm: "weighted-round-robin",
      nodes: [{ name: "a", url: "http://127.0.0.1:3" }],
    });
    await good("PATCH", `/routes/${route.id}`, { poolId: next.id });
    await good("DELETE", `/routes/${route.id}`);
    await good("DELETE", `/pools/${pool.id}`);
    await good("DELETE", `/pools/${next.id}`);
  });

  it("several keys of one provider, which are nodes of one URL", async () => {
    const pool = await makePool();
    for (const key of ["a", "b"])
      await good("POST", `/pools/${pool.id}/nodes`, {
        name: key,
        url: "https://api.provider.example/v1",
        credentials: [{ in: "header", name: "authorization", value: { value: `Bearer ${key}` } }],
      });
    await refused(() =>
      api("POST", `/pools/${pool.id}/nodes`, { body: { name: "c", url: "https://api.provider.example/v1" } }),
    );
  });
});
