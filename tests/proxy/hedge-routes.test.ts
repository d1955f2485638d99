// Which requests are sent to a second node when the first is slow, by what their route says; and of which size.
import { randomUUID } from "node:crypto";
import { afterEach, expect, test, vi } from "vitest";
import { cleanUp } from "./clean-up.ts";
import { load, request } from "./clients.ts";
import { configOf, proxyFor, startNode, startProxy } from "./rig.ts";

afterEach(cleanUp);

const KEPT = 65_536;

/** Two nodes that hold what they are asked until told, and routes for each kind of hedging. */
async function rig() {
  const held: (() => void)[] = [];
  const nodes = await Promise.all(
    [0, 1].map(() =>
      startNode((asked, response) => {
        if (asked.url === "/warm") response.end("ok");
        else held.push(() => response.end("ok"));
      }),
    ),
  );
  const poolId = randomUUID();
  const hedge = { minDelayMs: 20, minHedges: 1_000, suspectAfter: 0 };
  const routes = ["all", "off"].map((kind) => ({ match: { pathPrefix: `/${kind}` }, poolId, hedge: kind }));
  const pool = { id: poolId, nodes: nodes.map(({ id, url }) => ({ id, url })), hedge };
  const proxy = await startProxy(configOf([pool], routes));
  // As long as its usual time is not known, a pool waits for a second.
  await load(`${proxy.url}/warm`, 20);
  for (const node of nodes) {
    node.hits = 0;
    node.requests.length = 0;
  }
  proxy.measured();
  const hits = () => nodes.map((node) => node.hits).sort();
  const release = () => {
    for (const answer of held.splice(0)) answer();
  };
  return { ...proxy, nodes, held, hits, release };
}

test("a slow POST is sent to a second node where its route opts in, once, with all of its body", async () => {
  const { url, hits, held, nodes, release, measured } = await rig();
  const body = "x".repeat(KEPT);
  const answer = request(`${url}/all`, { method: "POST" }, body);
  await vi.waitFor(() => expect(held).toHaveLength(2), { interval: 5 });
  release();
  expect((await answer).body).toBe("ok");
  expect(hits()).toEqual([1, 1]);
  expect(nodes.map(({ requests }) => requests[0]?.body === body)).toEqual([true, true]);
  expect(measured().pools[0]).toMatchObject({ requests: 1, successes: 1, retries: 0, details: { hedges: 1 } });
});

test.each([
  ["a POST whose route does not opt in", "POST", "/", "x"],
  ["a POST of more than 64 KiB, whatever its route says", "POST", "/all", "x".repeat(KEPT + 1)],
  ["a GET whose route turns it off", "GET", "/off", ""],
])("%s is sent to one node, however slow it is", async (_what, method, path, body) => {
  const { url, hits, held, release } = await rig();
  const slow = request(`${url}${path}`, { method }, body);
  await vi.waitFor(() => expect(held).toHaveLength(1));
  // Another that is sent twice: by then the first would have been, too.
  const twice = request(`${url}/all/later`);
  await vi.waitFor(() => expect(held).toHaveLength(3), { interval: 5 });
  expect(hits().reduce((sum, each) => sum + each)).toBe(3);
  release();
  expect([(await slow).body, (await twice).body]).toEqual(["ok", "ok"]);
});

test.each([
  [KEPT, "is sent again whole", 200],
  [KEPT + 1, "is not kept, and the client gets what the first node said", 500],
])("a body of %i bytes %s", async (size, _what, status) => {
  const body = "y".repeat(size);
  let asked = 0;
  const nodes = await Promise.all(
    [0, 1].map(() => startNode((_asked, response) => void response.writeHead(asked++ === 0 ? 500 : 200).end())),
  );
  const { url } = await proxyFor(nodes);
  const answer = await request(url, { method: "PUT" }, body);
  expect(answer.status).toBe(status);
  const bodies = nodes.flatMap(({ requests }) => requests.map((each) => each.body));
  expect(bodies).toEqual(status === 200 ? [body, body] : [body]);
});
