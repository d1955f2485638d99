import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { db } from "#lib/store/db.ts";
import { api, faultPaths, makePool, revisionCount, serveApi } from "./harness.ts";

serveApi();

describe("revisions", () => {
  it("start at 0 with nothing, and are listed newest first, page by page", async () => {
    expect((await api("GET", "/health", { as: null })).body).toEqual({ status: "ok", revision: 0, workers: [] });
    expect((await api("GET", "/pools")).headers.get("gb-revision")).toBe("0");
    for (let at = 0; at < 5; at++) await makePool({ name: `p${at}` });
    const first = (await api("GET", "/revisions?limit=2")).body;
    expect(first.items.map((each: { number: number }) => each.number)).toEqual([5, 4]);
    expect(first.items[0]).toMatchObject({
      isCurrent: true,
      note: "",
      action: "pool.create",
      target: "p4",
      author: "a publisher",
      changeCount: 1,
    });
    const second = (await api("GET", `/revisions?limit=2&cursor=${first.nextCursor}`)).body;
    expect(second.items.map((each: { number: number }) => each.number)).toEqual([3, 2]);
    const last = (await api("GET", `/revisions?limit=2&cursor=${second.nextCursor}`)).body;
    expect(last).toMatchObject({ items: [{ number: 1, isCurrent: false }], nextCursor: null });
    const found = async (find: string) =>
      (await api("GET", `/revisions?find=${find}`)).body.items.map((each: { number: number }) => each.number);
    expect([await found("P4"), await found("A%20PUBLISHER"), await found("r2"), await found("%25")]).toEqual([
      [5],
      [5, 4, 3, 2, 1],
      [2],
      [],
    ]);
    expect(faultPaths(await api("GET", "/revisions?limit=0&cursor=x"))).toEqual(["limit"]);
    expect(faultPaths(await api("GET", "/revisions?cursor=x"))).toEqual(["cursor"]);
  });

  it("tell what they changed", async () => {
    const pool = await makePool({ name: "told" });
    const { body } = await api("PATCH", `/pools/${pool.id}`, { body: { breaker: { openMs: 777 } } });
    const detail = (await api("GET", `/revisions/${body.revision}`)).body;
    expect(detail.changes).toEqual([
      {
        kind: "pool",
        change: "changed",
        id: pool.id,
        name: "told",
        fields: [{ path: "breaker.openMs", before: 5000, after: 777 }],
      },
    ]);
  });

  it("are compared with any other one, with the shares of requests as the nodes are now", async () => {
    const url = "http://127.0.0.1:1";
    const pool = await makePool({ name: "compared", nodes: ["a", "b"].map((name) => ({ name, url })) });
    const [a, b] = pool.nodes;
    const { body } = await api("PATCH", `/nodes/${a.id}`, { body: { weight: 3 } });
    const last = await api("PATCH", `/pools/${pool.id}`, { body: { description: "later" } });
    const forward = await api("GET", `/revisions/${last.body.revision}/comparison?from=${pool.revision}`, {
      as: "viewer",
    });
    expect(forward.body).toMatchObject({
      from: { number: pool.revision },
      to: { number: last.body.revision, isCurrent: true },
      changes: [
        { kind: "pool", id: pool.id, fields: [{ path: "description", before: "", after: "later" }], pool: null },
        { kind: "node", id: a.id, fields: [{ path: "weight", before: 1, after: 3 }], pool: { id: pool.id } },
      ],
      shares: [
        {
          id: pool.id,
          nodes: [
            { id: a.id, before: { ratio: 0.5 }, after: { ratio: 0.75 } },
            { id: b.id, before: { ratio: 0.5 }, after: { ratio: 0.25 } },
          ],
        },
      ],
    });
    expect(forward.body.changes[1].same).toContainEqual({ path: "url", value: url });
    const back = await api("GET", `/revisions/${pool.revision}/comparison?from=${body.revision}`);
    expect(back.body.changes).toMatchObject([{ id: a.id, fields: [{ path: "weight", before: 3, after: 1 }] }]);
    await api("POST", `/nodes/${a.id}/maintenance`, { as: "operator", body: {} });
    const now = (await api("GET", `/revisions/${body.revision}/comparison`)).body;
    expect([now.from.number, now.shares]).toEqual([pool.revision, []]);
    const first = (await api("GET", "/revisions/1/comparison?from=0")).body;
    expect([first.from, first.to.number]).toEqual([null, 1]);
    expect((await api("GET", "/revisions/1/comparison?from=99999")).status).toBe(404);
    expect((await api("GET", "/revisions/0/comparison")).status).toBe(404);
    expect(faultPaths(await api("GET", "/revisions/1/comparison?from=x"))).toEqual(["from"]);
  });

  it("roll back to any earlier one as a new one, with nodes under their old ids", async () => {
    const pool = await makePool({ name: "back", nodes: [{ name: "a", url: "http://127.0.0.1:1", weight: 3 }] });
    const route = await api("POST", "/routes", { body: { match: { pathPrefix: "/back" }, poolId: pool.id } });
    await api("DELETE", `/routes/${route.body.id}`);
    await api("DELETE", `/pools/${pool.id}`);
    const before = await revisionCount();
    const stale = await api("POST", `/revisions/${route.body.revision}/rollback`, {
      body: {},
      headers: { "if-match": "1" },
    });
    expect(stale.status).toBe(412);
    const { status, body } = await api("POST", `/revisions/${route.body.revision}/rollback`, {
      body: { note: "sorry" },
    });
    expect([status, body]).toMatchObject([
      200,
      { number: before + 1, revision: before + 1, note: "sorry", target: `r${route.body.revision}`, isCurrent: true },
    ]);
    const restored = (await api("GET", `/pools/${pool.id}`)).body;
    expect([restored.nodes[0].id, restored.nodes[0].weight]).toEqual([pool.nodes[0].id, 3]);
    expect((await api("GET", `/routes/${route.body.id}`)).status).toBe(200);
    expect(await db().route.count({ where: { id: route.body.id } })).toBe(1);
    const [entry] = (await api("GET", "/audit?action=revision.rollback", { as: "operator" })).body.items;
    expect(entry).toMatchObject({ revision: before + 1, before: { revision: before } });
  });
});

describe("alerts", () => {
  it("are listed newest first, filtered, and paged through even when many fired at once", async () => {
    const poolId = randomUUID();
    const firedAt = new Date();
    const alert = (at: number) => ({
      rule: "health-check-failed",
      level: 1,
      fingerprint: `f${at}`,
      state: at === 0 ? "resolved" : "firing",
      resolvedAt: at === 0 ? firedAt : null,
      poolId,
      nodeId: randomUUID(),
      poolName: "p",
      nodeName: `n${at}`,
      reason: "connect-refused",
      consecutiveFailures: 3,
      firedAt,
    });
    await db().alert.createMany({ data: Array.from({ length: 5 }, (_, at) => alert(at)) });
    expect((await api("GET", "/alerts?state=firing")).body.items).toHaveLength(4);
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const page = await api("GET", `/alerts?limit=2&poolId=${poolId}${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.body.items.map((each: { nodeName: string }) => each.nodeName));
      cursor = page.body.nextCursor;
    }
    expect(seen.toSorted()).toEqual(["n0", "n1", "n2", "n3", "n4"]);
    const [one] = (await api("GET", "/alerts?state=resolved")).body.items;
    expect((await api("GET", `/alerts/${one.id}`)).body).toEqual(one);
    expect(faultPaths(await api("GET", "/alerts?state=gone&poolId=x"))).toEqual(["poolId", "state"]);
  });

  it("are taken on once, by one of several at the same time, with a note, while they fire", async () => {
    const made = await db().alert.create({
      data: {
        ...{ rule: "node-ejected", level: 2, fingerprint: "taken", state: "firing", poolName: "p", nodeName: "n" },
        ...{ reason: "failures", consecutiveFailures: 0, firedAt: new Date() },
      },
    });
    const take = (note: string) => api("POST", `/alerts/${made.id}/acknowledge`, { as: "operator", body: { note } });
    const answers = await Promise.all([take("first"), take("second"), take("third")]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409]);
    const taken = answers.find(({ status }) => status === 200);
    expect(taken?.body).toMatchObject({ state: "firing", acknowledgedBy: "a operator" });
    expect(["first", "second", "third"]).toContain(taken?.body.acknowledgement);
    expect((await api("GET", `/alerts/${made.id}`)).body).toEqual(taken?.body);
    await db().alert.update({
      where: { id: made.id },
      data: { state: "resolved", resolvedAt: new Date(), acknowledgedAt: null },
    });
    expect((await take("late")).body.detail).toBe("This alert has ended.");
    const { items } = (await api("GET", "/audit?action=alert.acknowledge", { as: "admin" })).body;
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ targetId: made.id, targetName: "p / n" });
    expect(
      faultPaths(await api("POST", `/alerts/${made.id}/acknowledge`, { as: "operator", body: { note: 1, x: 1 } })),
    ).toEqual(["note", "x"]);
  });
});
