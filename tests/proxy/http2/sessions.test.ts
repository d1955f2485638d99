import type http2 from "node:http2";
import { afterEach, expect, test, vi } from "vitest";
import { cleanUp } from "../clean-up.ts";
import { request } from "../clients.ts";
import { proxyFor } from "../rig.ts";
import { connectHttp2, http2Request } from "./clients.ts";
import { startHttp2Node } from "./nodes.ts";

afterEach(cleanUp);

const H2C = { protocol: "h2c" };

test("a node serves many requests over one session, and more over another", async () => {
  const held: http2.ServerHttp2Stream[] = [];
  const node = await startHttp2Node((stream) => void held.push(stream), { settings: { maxConcurrentStreams: 10 } });
  const { port, server, poolId } = await proxyFor([node], { ...H2C, hedge: { enabled: false } });
  const session = connectHttp2(port);
  const first = http2Request(session, {});
  await vi.waitFor(() => expect(held).toHaveLength(1));
  const others = Array.from({ length: 24 }, () => http2Request(session, {}));
  await vi.waitFor(() => expect(held).toHaveLength(25));
  expect(node.connections).toBe(3);
  for (const stream of held) {
    stream.respond({ ":status": 200 });
    stream.end("ok");
  }
  expect((await Promise.all([first, ...others])).every(({ body }) => body === "ok")).toBe(true);
  expect(server.poolState(poolId)?.active).toBe(0);
  expect(server.nodeState(node.id)?.inFlight).toBe(0);
});

test("an idle session is closed in time, and the next request opens another", async () => {
  const node = await startHttp2Node();
  const { url } = await proxyFor([node], { ...H2C, keepAlive: { idleMs: 200 } });
  await request(url);
  await vi.waitFor(() => expect(node.sessions.size).toBe(0), { timeout: 10_000 });
  expect((await request(url)).status).toBe(200);
  expect(node.connections).toBe(2);
});
