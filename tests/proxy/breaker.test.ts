import { describe, expect, test } from "vitest";
import { request } from "./clients.ts";
import { proxyFor, runtimeOf, startNode } from "./rig.ts";

/** A node that is told its breaker's order once, however often control repeats it. */
const ordered = (nodeId: string, action: "trip" | "reset", atMs = Date.now()) =>
  runtimeOf(nodeId, {
    breakerOrder: action === "trip" ? { action, atMs, untilMs: atMs + 60_000, by: "ada" } : { action, atMs, by: "ada" },
  });

describe("an operator's breaker", () => {
  test("tripped, its node gets not one request, and the others serve them all", async () => {
    const [tripped, other] = [await startNode(), await startNode()];
    const { url, server } = await proxyFor([tripped, other]);
    const trip = ordered(tripped.id, "trip");
    server.applyNodes([trip]);
    for (let i = 0; i < 10; i++) expect((await request(url)).status).toBe(200);
    server.applyNodes([trip]);
    expect([tripped.hits, other.hits]).toEqual([0, 10]);
    expect(server.nodeState(tripped.id)?.breaker).toMatchObject({ state: "open", cause: "tripped" });
  });

  test("reset, its node serves again at once, whatever had opened it", async () => {
    const failing = await startNode((_request, response) => {
      response.statusCode = failing.hits > 4 ? 200 : 500;
      response.end();
    });
    const settings = { retry: { maxRetries: 0 }, ejection: { enabled: false }, breaker: { minimumRequests: 4 } };
    const { url, server } = await proxyFor([failing], settings);
    for (let i = 0; i < 4; i++) await request(url);
    expect((await request(url)).status).toBe(503);
    server.applyNodes([ordered(failing.id, "reset", Date.now() + 1)]);
    expect((await request(url)).status).toBe(200);
  });

  test("opens for slow answers that are no errors", async () => {
    const slow = await startNode((_request, response) => setTimeout(() => response.end("ok"), 30));
    const { url, server } = await proxyFor([slow], { breaker: { minimumRequests: 3, slowMs: 20, slowRatio: 1 } });
    for (let i = 0; i < 3; i++) expect((await request(url)).status).toBe(200);
    expect(server.nodeState(slow.id)?.breaker).toMatchObject({ state: "open", cause: "slow-calls", slow: 3 });
    expect((await request(url)).status).toBe(503);
  });
});
