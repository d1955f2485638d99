// Clients that take less, or send more, than they should: what they have not taken is not made, what they sent too early is
// not read, and what they are owed still arrives.
import { EventEmitter, once } from "node:events";
import type http from "node:http";
import { afterEach, describe, expect, test, vi } from "vitest";
import { RequestBody } from "#workers/proxy/exchange/request-body.ts";
import type { UpstreamStream, UpstreamUser } from "#workers/proxy/upstream/stream.ts";
import { cleanUp } from "./clean-up.ts";
import { RawClient } from "./clients.ts";
import { configOf, draining, proxyFor, runtimeOf, startNode, startProxy } from "./rig.ts";

afterEach(cleanUp);

const MIB = 1_048_576;
const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/** Waits until a count no longer grows: how much the kernel's buffers hold is the kernel's business. */
async function still(count: () => number): Promise<number> {
  let before = -1;
  let looks = 0;
  await vi.waitFor(
    () => {
      const now = count();
      looks = now === before ? looks + 1 : 0;
      before = now;
      expect(looks).toBe(3);
    },
    { interval: 250, timeout: 15_000 },
  );
  return before;
}

/** Sends requests, one behind the other, as fast as they are taken. @returns how many bytes of them have been sent */
function pour(client: RawClient, total: number): () => number {
  const requests = Buffer.from(GET.repeat(Math.ceil(65_536 / GET.length)));
  let sent = 0;
  const more = () => {
    do sent += requests.length;
    while (sent < total && client.socket.write(requests));
  };
  client.socket.on("drain", more);
  more();
  return () => sent;
}

describe("a client that pipelines", () => {
  test("and takes no answer is not served further, and gets all in order when it does", async () => {
    // Small enough to come in one read, so that nothing of the node has to be paused.
    const answer = "x".repeat(16_000);
    const node = await startNode((_request, response) => response.end(answer));
    const { port } = await proxyFor([node]);
    const client = new RawClient(port);
    client.socket.pause();
    const total = 4_000;
    client.send(GET.repeat(total - 1) + GET.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
    const served = await still(() => node.hits);
    expect(served * answer.length).toBeLessThan(24 * MIB);
    client.socket.removeAllListeners("data");
    let received = 0;
    client.socket.on("data", (bytes) => {
      received += bytes.length;
    });
    client.socket.resume();
    await client.closed();
    expect(node.hits).toBe(total);
    expect(received).toBeGreaterThan(total * answer.length);
  });

  test("and takes none of the proxy's own answers is read no further either", async () => {
    const { port, server } = await proxyFor([]);
    server.applyConfig(configOf([], [], 2));
    const client = new RawClient(port);
    client.socket.pause();
    expect(await still(pour(client, 32 * MIB))).toBeLessThan(16 * MIB);
  });

  test("more and more while it waits is read no further, however many of its requests are served meanwhile", async () => {
    const held: http.ServerResponse[] = [];
    let free = 0;
    const node = await startNode((_request, response) => {
      if (free-- > 0) response.end();
      else held.push(response);
    });
    const { port } = await proxyFor([node]);
    const client = new RawClient(port);
    const sent = pour(client, 64 * MIB);
    const before = await still(sent);
    expect(before).toBeLessThan(32 * MIB);
    free = 300;
    held[0]?.end();
    await vi.waitFor(() => expect(held).toHaveLength(2), { timeout: 10_000 });
    expect((await still(sent)) - before).toBeLessThan(4 * MIB);
  });
});

test("an answer that a client takes slowly arrives whole, though the connection ends with it and others linger no longer", async () => {
  const piece = Buffer.alloc(16_384, "x");
  let written = 0;
  let response: http.ServerResponse | undefined;
  const node = await startNode((request, made) => {
    if (request.url === "/small") return void made.end();
    response = made;
    const more = () => {
      do written += piece.length;
      while (made.write(piece));
    };
    made.on("drain", more);
    more();
  });
  const { port, server, poolId } = await proxyFor([node], {}, { lingerMs: 100 });
  const client = new RawClient(port);
  client.socket.pause();
  client.socket.removeAllListeners("data");
  let received = 0;
  let tail = "";
  const pieces = new EventEmitter();
  client.socket.on("data", (bytes) => {
    received += bytes.length;
    tail = (tail + bytes.toString("latin1")).slice(-7);
    pieces.emit("piece");
  });
  client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  await still(() => written);
  response?.removeAllListeners("drain").end();
  while ((server.poolState(poolId)?.active ?? 0) > 0) {
    const piece = once(pieces, "piece");
    client.socket.resume();
    await piece;
    client.socket.pause();
  }
  // Another that ended later has been closed for lingering.
  const other = new RawClient(port);
  other.socket.allowHalfOpen = true;
  await other.send("GET /small HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").has("200 OK");
  await vi.waitFor(() => expect(server.connectionCount).toBeLessThan(2));
  client.socket.resume();
  await client.closed();
  expect(tail).toBe("\r\n0\r\n\r\n");
  expect(received).toBeGreaterThan(written);
});

test("a body in pieces of one byte is kept in few pieces of memory", () => {
  const body = new RequestBody("chunked");
  for (let i = 0; i < 60_000; i++) body.push(Buffer.from([i]), 0, 1);
  let kept: readonly Buffer[] = [];
  const send = (_user: UpstreamUser, _head: string, pieces: readonly Buffer[]) => {
    kept = pieces;
  };
  body.sendTo({ send } as unknown as UpstreamStream, {} as UpstreamUser, "");
  expect(kept.length).toBeLessThan(200);
  expect(Buffer.concat(kept)).toEqual(Buffer.from(Array.from({ length: 60_000 }, (_, i) => i)));
});

test("a wait that ended with a refusal does not time out the connection's next request", async () => {
  const held = new Map<string, http.ServerResponse>();
  const node = await startNode((request, response) => void held.set(request.url ?? "", response));
  const config = configOf([{ nodes: [{ id: node.id, url: node.url, maxInFlight: 1 }], timeouts: { queueMs: 300 } }]);
  const { port, server } = await startProxy(config);
  const ask = (client: RawClient, path: string) => client.send(GET.replace("/", `/${path}`));
  const [first, second, third] = [new RawClient(port), new RawClient(port), new RawClient(port)];
  ask(first, "a");
  await vi.waitFor(() => expect(held.has("/a")).toBe(true));
  ask(second, "b");
  const pool = server.poolState(config.document.pools[0]?.id ?? "");
  await vi.waitFor(() => expect(pool?.line.size).toBe(1), { interval: 1 });
  server.applyNodes([runtimeOf(node.id, draining())]);
  await second.has('"status":503');
  server.applyNodes([runtimeOf(node.id, {})]);
  held.get("/a")?.end();
  await first.has("200 OK");
  second.received = "";
  ask(second, "c");
  await vi.waitFor(() => expect(held.has("/c")).toBe(true));
  // Whoever begins to wait now is refused later than the second would be.
  await ask(third, "d").has('"code":"queue-timeout"');
  expect(second.received).toBe("");
  held.get("/c")?.end("the answer");
  await second.has("the answer");
  expect(second.received).toMatch(/^HTTP\/1\.1 200 OK/);
  expect(pool?.active).toBe(0);
});
