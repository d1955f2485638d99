import { describe, expect, test } from "vitest";
import { request } from "./clients.ts";
import { proxyFor, startNode } from "./rig.ts";

/** A node that wants to be left alone for a minute. */
const tiredNode = (status = 429, headers: Record<string, string> = { "Retry-After": "60" }) =>
  startNode((_request, response) => {
    response.writeHead(status, headers);
    response.end("later");
  });

describe("a node that asks to be left alone", () => {
  test.each([429, 503])("by %i gets no further request, and the client gets another node's answer", async (status) => {
    const [tired, other] = [await tiredNode(status), await startNode()];
    const { url, server } = await proxyFor([tired, other]);
    for (let i = 0; i < 10; i++) expect((await request(url)).body).toBe("ok");
    expect([tired.hits, other.hits]).toEqual([1, 10]);
    expect(server.nodeState(tired.id)?.cooling).toMatchObject({ state: "cooling", cause: `status-${status}` });
    expect(server.nodeState(tired.id)?.ejection).toMatchObject({ state: "in" });
  });

  test("is asked again when all are tired, and its own answer goes to the client", async () => {
    const tired = await tiredNode();
    const { url } = await proxyFor([tired]);
    for (let i = 0; i < 3; i++) expect(await request(url)).toMatchObject({ status: 429, body: "later" });
    expect(tired.hits).toBe(3);
  });

  test("is not asked again where the pool refuses: the client is told when to come back", async () => {
    const tired = await tiredNode();
    const { url } = await proxyFor([tired], { cooling: { whenAll: "refuse" } });
    expect((await request(url)).status).toBe(429);
    const refused = await request(url);
    expect(refused.status).toBe(503);
    expect(JSON.parse(refused.body)).toMatchObject({ code: "nodes-cooling" });
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(50);
    expect(tired.hits).toBe(1);
  });

  test("is not sent a POST twice: its answer goes to the client, and it rests all the same", async () => {
    const [tired, other] = [await tiredNode(), await startNode()];
    const { url } = await proxyFor([tired, other]);
    const answers = [await request(url, { method: "POST" }, "x"), await request(url, { method: "POST" }, "x")];
    const more = [await request(url, { method: "POST" }, "x"), await request(url, { method: "POST" }, "x")];
    expect([...answers, ...more].filter(({ status }) => status === 429)).toHaveLength(1);
    expect(tired.hits + other.hits).toBe(4);
  });

  test("is taken for a failing one when it does not say how long", async () => {
    const broken = await tiredNode(503, {});
    const { url, server } = await proxyFor([broken, await startNode()], { breaker: { enabled: false } });
    for (let i = 0; i < 20; i++) expect((await request(url)).status).toBe(200);
    expect(server.nodeState(broken.id)?.ejection).toMatchObject({ state: "ejected", cause: "status-503" });
  });

  test("is left alone by siblings that are told", async () => {
    const [tired, other] = [await tiredNode(), await startNode()];
    const first = await proxyFor([tired, other]);
    const second = await proxyFor([tired, other]);
    for (let i = 0; i < 2; i++) await request(first.url);
    const facts = first.passive.filter(({ nodeId }) => nodeId === tired.id);
    expect(facts.at(-1)).toMatchObject({ cooling: { state: "cooling" } });
    second.server.applyPassive(facts);
    for (let i = 0; i < 6; i++) await request(second.url);
    expect(tired.hits).toBe(1);
  });
});
