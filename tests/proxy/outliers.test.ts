import { expect, test } from "vitest";
import { request } from "./clients.ts";
import { proxyFor, startNode } from "./rig.ts";

test("a node that fails far more than the other is ejected by comparison, though it never fails five times in a row", async () => {
  const bad = await startNode((_request, response) => {
    response.statusCode = bad.hits % 5 === 0 ? 200 : 500;
    response.end();
  });
  const good = await startNode();
  const { url, server, poolId } = await proxyFor([bad, good], {
    breaker: { enabled: false },
    ejection: { failureRatio: 0.75, sweepMinimumRequests: 20, sweepMs: 600_000 },
  });
  for (let i = 0; i < 60; i++) await request(url);
  const ejection = () => server.nodeState(bad.id)?.ejection;
  expect(ejection()?.state).toBe("in");
  server.poolState(poolId)?.comparison.advance(Date.now() + 600_000);
  expect(ejection()).toMatchObject({ state: "ejected", cause: "failure-share" });
  expect(server.nodeState(good.id)?.ejection.state).toBe("in");
  const before = bad.hits;
  for (let i = 0; i < 10; i++) expect((await request(url)).status).toBe(200);
  expect(bad.hits).toBe(before);
});
