import type http from "node:http";
import { afterEach, describe, expect, test, vi } from "vitest";
import { cleanUp, onCleanUp } from "../clean-up.ts";
import { request } from "../clients.ts";
import { proxyFor, startNode } from "../rig.ts";
import { answerOf, connectHttp2, http2Request } from "./clients.ts";

afterEach(cleanUp);

describe("time limits", () => {
  test("close an idle connection, with word of it", async () => {
    const node = await startNode();
    const { port, server } = await proxyFor([node], {}, { idleMs: 150 });
    const session = connectHttp2(port);
    let code = -1;
    session.on("goaway", (given) => {
      code = given;
    });
    await http2Request(session, {});
    await vi.waitFor(() => expect(server.connectionCount).toBe(0), { timeout: 10_000 });
    expect(code).toBe(0);
  });

  test("answer 408 to a body that comes too slowly, and let the connection go on", async () => {
    const node = await startNode();
    const { port } = await proxyFor([node], {}, { bodyIdleMs: 200 });
    const session = connectHttp2(port);
    const stream = session.request({ ":method": "POST" });
    stream.write("some");
    const answer = await answerOf(stream);
    expect(JSON.parse(answer.body)).toMatchObject({ status: 408, code: "client-body-timeout" });
    expect((await http2Request(session, {})).status).toBe(200);
  });

  test("answer 408 to a body that trickles, though it never pauses", async () => {
    const node = await startNode();
    const { port } = await proxyFor([node], {}, { bodyIdleMs: 400, minBodyBytesPerSecond: 1_000_000 });
    const session = connectHttp2(port);
    const stream = session.request({ ":method": "POST" });
    const trickle = setInterval(() => stream.write("a"), 50);
    onCleanUp(() => clearInterval(trickle));
    stream.on("close", () => clearInterval(trickle));
    const answer = await answerOf(stream);
    expect(JSON.parse(answer.body)).toMatchObject({ status: 408, code: "client-body-too-slow" });
    expect((await http2Request(session, {})).status).toBe(200);
  });

  test("cut off a client that takes nothing of its answer", async () => {
    let isClosed = false;
    const node = await startNode((_request, response) => {
      response.on("close", () => {
        isClosed = true;
      });
      const more = () => {
        while (!isClosed && response.write(Buffer.alloc(65_536)));
      };
      response.on("drain", more);
      more();
    });
    const { port, server } = await proxyFor([node], {}, { stallMs: 300, idleMs: 1_000 });
    const session = connectHttp2(port);
    const stream = session.request({});
    stream.on("error", () => {});
    await vi.waitFor(() => expect(isClosed).toBe(true), { timeout: 10_000 });
    expect(server.nodeState(node.id)?.inFlight).toBe(0);
  });
});

describe("a process that stops", () => {
  test("says so, finishes what is in flight, and ends the connection", async () => {
    const held: http.ServerResponse[] = [];
    const node = await startNode((_request, response) => held.push(response));
    const { port, server } = await proxyFor([node], { hedge: { enabled: false } });
    const session = connectHttp2(port);
    const answer = http2Request(session, {});
    await vi.waitFor(() => expect(held).toHaveLength(1));
    const goaway = new Promise((resolve) => session.once("goaway", resolve));
    const stopped = server.stop(10_000);
    await goaway;
    held[0]?.end("whole");
    expect((await answer).body).toBe("whole");
    await stopped;
    expect(server.connectionCount).toBe(0);
  });
});

test("HTTP/1 clients are served beside", async () => {
  const node = await startNode();
  const { port, url } = await proxyFor([node]);
  const session = connectHttp2(port);
  const [one, two] = await Promise.all([http2Request(session, {}), request(url)]);
  expect([one.status, two.status]).toEqual([200, 200]);
  onCleanUp(() => session.destroy());
});
