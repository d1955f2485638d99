// What happens around a second copy of a request, and around a node that is suspect because of it.
import { afterEach, describe, expect, test, vi } from "vitest";
import { cleanUp } from "./clean-up.ts";
import { load, request } from "./clients.ts";
import { configOf, proxyFor, startNode } from "./rig.ts";

afterEach(cleanUp);

/** Answers after 2 ms; while held, when told to. */
async function startHeld() {
  const held: (() => void)[] = [];
  const control = { holds: false, status: 200 };
  const node = await startNode((_request, response) => {
    const answer = () => response.writeHead(control.status).end("ok");
    if (control.holds) held.push(answer);
    else setTimeout(answer, 2);
  });
  return {
    node,
    control,
    get waiting() {
      return held.length;
    },
    release: () => {
      for (const answer of held.splice(0)) answer();
    },
  };
}

test("a node that hangs from the first request on costs a GET a second, not the time limit", async () => {
  const nodes = [await startHeld(), await startHeld()] as const;
  nodes[0].control.holds = true;
  const { url } = await proxyFor(nodes.map(({ node }) => node));
  expect(await load(url, 4, 2)).toEqual(new Map([[200, 4]]));
});

test("what already waited for a node that comes under suspicion is rescued, though the budget is spent", async () => {
  const nodes = [await startHeld(), await startHeld()] as const;
  const { url } = await proxyFor(
    nodes.map(({ node }) => node),
    { hedge: { budgetRatio: 0, minHedges: 0 } },
  );
  await load(url, 100);
  nodes[0].control.holds = true;
  expect(await load(url, 200)).toEqual(new Map([[200, 200]]));
});

test("an error of one copy is not sent on while the other is still out, even where nothing is retried", async () => {
  const nodes = [await startHeld(), await startHeld()] as const;
  const { url, measured } = await proxyFor(
    nodes.map(({ node }) => node),
    { retry: { maxRetries: 0 } },
  );
  await load(url, 100);
  for (const { control } of nodes) control.holds = true;
  const asked = request(url);
  await vi.waitFor(() => expect(nodes.map(({ waiting }) => waiting)).toEqual([1, 1]));
  measured();
  nodes[0].control.status = 500;
  nodes[0].release();
  await vi.waitFor(() => expect(measured().nodes[0]?.failures).toBe(1));
  nodes[1].release();
  expect(await asked).toMatchObject({ status: 200 });
});

describe("a suspect that is taken out of the pool", () => {
  test("is not counted out twice when it answers after all", async () => {
    const nodes = [await startHeld(), await startHeld()] as const;
    const { url, server, poolId, config } = await proxyFor(nodes.map(({ node }) => node));
    await load(url, 100);
    nodes[0].control.holds = true;
    const posts = [request(url, { method: "POST" }, "a"), request(url, { method: "POST" }, "b")];
    await vi.waitFor(() => expect(nodes[0].waiting).toBeGreaterThan(0));
    const suspects = () => server.poolState(poolId)?.watch.suspects;
    await vi.waitFor(async () => {
      await load(url, 10);
      expect(suspects()).toBe(1);
    });
    const [pool] = config.document.pools;
    const left = { id: nodes[1].node.id, url: nodes[1].node.url };
    server.applyConfig(configOf([{ ...pool, nodes: [left] }], [], 2));
    expect(suspects()).toBe(0);
    nodes[0].release();
    expect((await Promise.all(posts)).map(({ status }) => status)).toEqual([200, 200]);
    expect(suspects()).toBe(0);
  });
});
