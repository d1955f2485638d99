import { afterEach, expect, test, vi } from "vitest";
import { cleanUp } from "./clean-up.ts";
import { request } from "./clients.ts";
import { proxyFor, startNode, startRawNode } from "./rig.ts";

afterEach(cleanUp);

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

test("a node that closes idle connections without a word is learned of, and older ones are not used again", async () => {
  let closes = 0;
  let closesIdle = true;
  const node = await startRawNode((socket) => {
    socket.write(OK);
    socket.on("close", () => closes++);
    if (closesIdle) setTimeout(() => socket.end(), 400);
  });
  const { url, server } = await proxyFor([node]);
  const limitMs = () => server.nodeState(node.id)?.connections.idleClose.limitMs ?? 0;
  for (const seen of [1, 2]) {
    expect(limitMs()).toBe(Number.POSITIVE_INFINITY);
    await request(url);
    await vi.waitFor(() => expect(closes).toBe(seen), { timeout: 10_000 });
  }
  await vi.waitFor(() => expect(limitMs()).toBeLessThan(10_000));
  expect(limitMs()).toBeGreaterThanOrEqual(300);
  // The third is open still, but as old as those that were closed: it is given up, and a new one made.
  closesIdle = false;
  await request(url);
  const usedMs = performance.now();
  await vi.waitFor(() => expect(performance.now() - usedMs).toBeGreaterThan(limitMs()), { timeout: 10_000 });
  await request(url);
  expect(node.connections).toBe(4);
});

test("a node's Keep-Alive field is kept to, less a second: what it announces for one second serves no second request", async () => {
  const node = await startRawNode((socket) => socket.write(OK.replace("Content", "Keep-Alive: timeout=1\r\nContent")));
  const { url } = await proxyFor([node]);
  for (let i = 0; i < 3; i++) await request(url);
  expect(node.connections).toBe(3);
});

test("a request that is not idempotent goes out on a recently active or a new connection only", async () => {
  const node = await startNode();
  const { url } = await proxyFor([node]);
  await request(url, { method: "POST" }, "a");
  const usedMs = performance.now();
  await request(url, { method: "POST" }, "b");
  // On a machine that was slow just now, the first connection was not recently active any more.
  if (performance.now() - usedMs < 1_000) expect(node.connections).toBe(1);
  const before = node.connections;
  const idleMs = performance.now();
  await vi.waitFor(() => expect(performance.now() - idleMs).toBeGreaterThan(1_100), { timeout: 10_000 });
  await request(url);
  expect(node.connections).toBe(before);
  const againMs = performance.now();
  await vi.waitFor(() => expect(performance.now() - againMs).toBeGreaterThan(1_100), { timeout: 10_000 });
  await request(url, { method: "POST" }, "c");
  expect(node.connections).toBe(before + 1);
});
