import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import type { Role } from "#lib/contracts/common.ts";
import { makeWorker } from "./fleet.ts";
import { type Answered, api, faultPaths, makeNode, makePool, serveApi } from "./harness.ts";

serveApi();

let own: Answered["body"];
let other: Answered["body"];
let ownNode: Answered["body"];
let otherNode: Answered["body"];

beforeAll(async () => {
  await makeWorker("w1");
  [own, other] = [await makePool(), await makePool()];
  [ownNode, otherNode] = [await makeNode(own.id), await makeNode(other.id)];
});

async function limited(role: Role) {
  const body = { name: `t${randomUUID().slice(0, 8)}`, role, poolIds: [own.id] };
  const made = await api("POST", "/tokens", { as: "admin", body });
  expect(made).toMatchObject({ status: 201, body: { poolIds: [own.id] } });
  return (method: string, path: string, input?: object) =>
    api(method, path, { headers: { authorization: `Bearer ${made.body.token}` }, body: input });
}
const codeOf = ({ status, body }: Answered) => [status, body?.code];
const OUT = [403, "out-of-scope"];

describe("a token that is limited to some pools", () => {
  it("says so of itself, and lists those pools and their nodes only", async () => {
    const viewer = await limited("viewer");
    expect((await viewer("GET", "/me")).body.poolIds).toEqual([own.id]);
    const ids = async (path: string) => (await viewer("GET", path)).body.items.map((item: { id: string }) => item.id);
    expect(await ids("/pools")).toEqual([own.id]);
    expect(await ids("/nodes")).toEqual([ownNode.id]);
    expect(await ids(`/pools/${own.id}/nodes`)).toEqual([ownNode.id]);
  });

  it("reads its pools, nodes and their figures, and none of the others'", async () => {
    const viewer = await limited("viewer");
    const paths = (pool: string, node: string) => [
      `/pools/${pool}`,
      `/pools/${pool}/nodes`,
      `/nodes/${node}`,
      `/nodes/${node}/checks`,
      `/nodes/${node}/events`,
      `/metrics?scope=pool&id=${pool}&rangeMs=60000`,
      `/metrics?scope=node&id=${node}&rangeMs=60000`,
    ];
    for (const path of paths(own.id, ownNode.id))
      expect([path, (await viewer("GET", path)).status]).toEqual([path, 200]);
    for (const path of paths(other.id, otherNode.id))
      expect([path, ...codeOf(await viewer("GET", path))]).toEqual([path, ...OUT]);
    for (const path of ["/metrics?scope=all", "/routes", "/alerts", "/revisions", "/stream", "/workers"])
      expect([path, ...codeOf(await viewer("GET", path))]).toEqual([path, ...OUT]);
  });

  it("operates its nodes, and no others", async () => {
    const operator = await limited("operator");
    for (const action of ["drain", "ready", "maintenance", "ready", "warm-up", "trip-breaker", "reset-breaker"]) {
      const path = (id: string) => `/nodes/${id}/${action}`;
      expect([action, (await operator("POST", path(ownNode.id), {})).status]).toEqual([action, 200]);
      expect([action, ...codeOf(await operator("POST", path(otherNode.id), {}))]).toEqual([action, ...OUT]);
    }
    expect(codeOf(await operator("POST", `/nodes/${otherNode.id}/probe`, {}))).toEqual(OUT);
    expect((await api("GET", `/nodes/${otherNode.id}`)).body.facts.admin.state).toBe("ready");
    expect(codeOf(await operator("PATCH", `/pools/${own.id}`, { description: "x" }))).toEqual([403, "forbidden"]);
  });

  it("changes its pools and their nodes, and no others, nor makes any", async () => {
    const publisher = await limited("publisher");
    const node = { name: "n", url: "http://127.0.0.1:8082" };
    expect((await publisher("PATCH", `/pools/${own.id}`, { description: "mine" })).body.description).toBe("mine");
    const made = await publisher("POST", `/pools/${own.id}/nodes`, node);
    expect(made.status).toBe(201);
    expect((await publisher("PATCH", `/nodes/${made.body.id}`, { weight: 7 })).body.weight).toBe(7);
    expect((await publisher("DELETE", `/nodes/${made.body.id}?confirm=all`)).status).toBe(204);
    const before = (await api("GET", "/revisions?limit=1")).body.items[0].number;
    expect(codeOf(await publisher("PATCH", `/pools/${other.id}`, { description: "mine" }))).toEqual(OUT);
    expect(codeOf(await publisher("POST", `/pools/${other.id}/nodes`, node))).toEqual(OUT);
    expect(codeOf(await publisher("PATCH", `/nodes/${otherNode.id}`, { weight: 7 }))).toEqual(OUT);
    expect(codeOf(await publisher("DELETE", `/nodes/${otherNode.id}`))).toEqual(OUT);
    expect(codeOf(await publisher("DELETE", `/pools/${other.id}`))).toEqual(OUT);
    expect(codeOf(await publisher("POST", "/pools", { name: "new", algorithm: "peak-ewma" }))).toEqual(OUT);
    expect(codeOf(await publisher("POST", "/routes", { match: { host: "a.test" }, poolId: own.id }))).toEqual(OUT);
    expect(codeOf(await publisher("POST", "/revisions/1/rollback", {}))).toEqual(OUT);
    expect(codeOf(await publisher("PATCH", "/proxy-settings", {}))).toEqual(OUT);
    expect((await api("GET", "/revisions?limit=1")).body.items[0].number).toBe(before);
  });

  it("must name pools that there are, each once, and cannot have the role admin", async () => {
    const make = (poolIds: string[], role = "viewer") =>
      api("POST", "/tokens", { as: "admin", body: { name: `t${randomUUID().slice(0, 8)}`, role, poolIds } });
    expect(faultPaths(await make([]))).toEqual(["poolIds"]);
    expect(faultPaths(await make([own.id, own.id]))).toEqual(["poolIds"]);
    expect(faultPaths(await make([own.id, randomUUID()]))).toEqual(["poolIds.1"]);
    expect(faultPaths(await make([own.id], "admin"))).toEqual(["poolIds"]);
  });

  it("reaches nothing, rather than everything, once its pools are gone", async () => {
    const pool = await makePool();
    const body = { name: "orphan", role: "publisher", poolIds: [pool.id] };
    const { token } = (await api("POST", "/tokens", { as: "admin", body })).body;
    await api("DELETE", `/pools/${pool.id}`);
    const headers = { authorization: `Bearer ${token}` };
    expect((await api("GET", "/pools", { headers })).body.items).toEqual([]);
    expect(codeOf(await api("GET", `/pools/${own.id}`, { headers }))).toEqual(OUT);
  });
});
