import { randomBytes } from "node:crypto";
import * as grpc from "@grpc/grpc-js";
import { afterEach, describe, expect, test, vi } from "vitest";
import { cleanUp } from "../clean-up.ts";
import { deadUrl, proxyFor, startNode } from "../rig.ts";
import { connectHttp2, http2Request } from "./clients.ts";
import { allOf, callUnary, connectGrpc, type GrpcHandlers, startGrpcNode } from "./grpc-rig.ts";

afterEach(cleanUp);

const { status } = grpc;
const text = (value: string) => Buffer.from(value);
const MIB = 1_048_576;

async function rig(handlers: GrpcHandlers, settings: object = {}) {
  const node = await startGrpcNode(handlers);
  const proxy = await proxyFor([node], { protocol: "h2c", ...settings });
  const isQuiet = async () => {
    await vi.waitFor(() => expect(proxy.server.nodeState(node.id)?.inFlight).toBe(0));
    expect(proxy.server.nodeState(node.id)?.attempts.size).toBe(0);
    expect(proxy.server.poolState(proxy.poolId)?.active).toBe(0);
  };
  return { node, ...proxy, client: connectGrpc(proxy.port), isQuiet };
}

describe("calls pass from end to end:", () => {
  test("unary, with metadata both ways", async () => {
    const { client, isQuiet, measured } = await rig({
      unary: (call, done) => {
        const trailers = new grpc.Metadata();
        trailers.set("x-trailer", "t");
        trailers.set("x-bytes-bin", Buffer.from([0, 255]));
        call.sendMetadata(call.metadata);
        done(null, Buffer.concat([text("got "), call.request]), trailers);
      },
    });
    const meta = new grpc.Metadata();
    meta.set("x-mine", "1");
    const call = await new Promise<{ answer: Buffer; head: grpc.Metadata; trailers: grpc.Metadata }>(
      (resolve, reject) => {
        let head = new grpc.Metadata();
        let answer: Buffer = Buffer.alloc(0);
        const made = client.unary(text("this"), meta, {}, (fault, got) => {
          if (fault) reject(fault);
          else answer = got as Buffer;
        });
        made.on("metadata", (given) => {
          head = given;
        });
        made.on("status", ({ metadata }) => resolve({ answer, head, trailers: metadata }));
      },
    );
    expect(call.answer.toString()).toBe("got this");
    expect(call.head.get("x-mine")).toEqual(["1"]);
    expect(call.trailers.get("x-trailer")).toEqual(["t"]);
    expect(call.trailers.get("x-bytes-bin")).toEqual([Buffer.from([0, 255])]);
    await isQuiet();
    expect(measured().pools[0]).toMatchObject({ requests: 1, successes: 1, failures: 0 });
  });

  test("with messages of 4 MiB both ways", async () => {
    const { client, isQuiet } = await rig({ unary: (call, done) => done(null, call.request) });
    const data = randomBytes(4 * MIB);
    expect((await callUnary(client, data)).equals(data)).toBe(true);
    await isQuiet();
  });

  test("streams from the client", async () => {
    const { client, isQuiet } = await rig({
      upload: (call, done) => {
        let size = 0;
        call.on("data", (message: Buffer) => {
          size += message.length;
        });
        call.on("end", () => done(null, text(String(size))));
      },
    });
    const answer = new Promise<string>((resolve, reject) => {
      const call = client.upload((fault, got) => (fault ? reject(fault) : resolve(String(got))));
      for (let i = 0; i < 40; i++) call.write(Buffer.alloc(65_536));
      call.end();
    });
    expect(await answer).toBe(String(40 * 65_536));
    await isQuiet();
  });

  test("streams from the server, message by message", async () => {
    const { client, isQuiet } = await rig({
      download: (call) => {
        for (let i = 0; i < 500; i++) call.write(text(`${i}`));
        call.end();
      },
    });
    const messages = await allOf(client.download(text("go")));
    expect(messages.map(String)).toEqual(Array.from({ length: 500 }, (_, i) => String(i)));
    await isQuiet();
  });

  test("streams both ways at once, each message before the next is sent", async () => {
    const { client, isQuiet } = await rig({
      chat: (call) => {
        call.on("data", (message: Buffer) => call.write(Buffer.concat([text("re: "), message])));
        call.on("end", () => call.end());
      },
    });
    const call = client.chat();
    for (let i = 0; i < 20; i++) {
      const answered = new Promise((resolve) => call.once("data", resolve));
      call.write(text(`${i}`));
      expect(String(await answered)).toBe(`re: ${i}`);
    }
    const ended = new Promise<grpc.StatusObject>((resolve) => call.on("status", resolve));
    call.on("data", () => {});
    call.end();
    expect((await ended).code).toBe(status.OK);
    await isQuiet();
  });
});

describe("statuses", () => {
  test("of the application are no failure of the node, and are not retried", async () => {
    const { client, node, measured, isQuiet } = await rig({
      unary: (_call, done) => done({ code: status.NOT_FOUND, details: "no such thing" }),
    });
    await expect(callUnary(client, text("x"))).rejects.toMatchObject({
      code: status.NOT_FOUND,
      details: "no such thing",
    });
    await isQuiet();
    expect(node.calls).toBe(1);
    expect(measured().nodes[0]).toMatchObject({ requests: 1, successes: 1, failures: 0 });
  });

  test("UNAVAILABLE of a node counts as its failure, and ejects it in time", async () => {
    const { client, node, server, measured } = await rig(
      { unary: (_call, done) => done({ code: status.UNAVAILABLE, details: "down" }) },
      { ejection: { consecutiveFailures: 3 } },
    );
    for (let i = 0; i < 3; i++) await expect(callUnary(client, text("x"))).rejects.toMatchObject({ code: 14 });
    await vi.waitFor(() => expect(server.nodeState(node.id)?.ejection.state).toBe("ejected"));
    expect(measured().pools[0]).toMatchObject({ requests: 3, failures: 3 });
  });

  test("are what a client gets when there is no node, or none answers", async () => {
    const dead = { id: "7b0a6c0e-4f0d-4b6e-9d4e-2f5a5f0f7a13", url: await deadUrl() };
    const { port } = await proxyFor([dead], { protocol: "h2c" });
    await expect(callUnary(connectGrpc(port), text("x"))).rejects.toMatchObject({
      code: status.UNAVAILABLE,
      details: expect.stringContaining("connect-failed"),
    });
    const { client } = await rig({ unary: () => {} }, { timeouts: { firstByteMs: 100 } });
    await expect(callUnary(client, text("x"))).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
  });

  test("are told as gRPC to gRPC alone: HTTP 200, without a body", async () => {
    const dead = { id: "8b0a6c0e-4f0d-4b6e-9d4e-2f5a5f0f7a14", url: await deadUrl() };
    const { port } = await proxyFor([dead], { protocol: "h2c" });
    const session = connectHttp2(port);
    const headers = { ":method": "POST", ":path": "/test.Calls/unary" };
    const call = await http2Request(session, { ...headers, "content-type": "application/grpc+proto" }, "");
    expect([call.status, call.body, call.headers["grpc-status"]]).toEqual([200, "", "14"]);
    expect(call.headers["content-type"]).toBe("application/grpc");
    const plain = await http2Request(session, { ...headers, "content-type": "application/json" }, "");
    expect(plain.status).toBe(502);
  });
});

describe("what ends early:", () => {
  test("a deadline passes on, and cancels the call at the node", async () => {
    let cancelled = 0;
    let deadline: number | undefined;
    const { client, isQuiet } = await rig({
      unary: (call) => {
        deadline = Number(call.getDeadline());
        call.on("cancelled", () => cancelled++);
      },
    });
    const until = Date.now() + 400;
    await expect(callUnary(client, text("x"), { deadline: until })).rejects.toMatchObject({
      code: status.DEADLINE_EXCEEDED,
    });
    await vi.waitFor(() => expect(cancelled).toBe(1));
    expect(Math.abs((deadline ?? 0) - until)).toBeLessThan(400);
    await isQuiet();
  });

  test("a client that cancels in the middle of a stream", async () => {
    let cancelled = 0;
    const { client, isQuiet } = await rig({
      chat: (call) => {
        call.on("cancelled", () => cancelled++);
        call.on("error", () => {});
        call.write(text("first"));
      },
    });
    const call = client.chat();
    call.on("error", () => {});
    await new Promise((resolve) => call.once("data", resolve));
    call.cancel();
    await vi.waitFor(() => expect(cancelled).toBe(1));
    await isQuiet();
  });

  test("a server that ends a stream with a status while the client goes on", async () => {
    const { client, isQuiet } = await rig({
      chat: (call) => {
        call.on("error", () => {});
        call.once("data", () => call.emit("error", { code: status.ABORTED, details: "enough" }));
      },
    });
    const call = client.chat();
    const ended = new Promise<grpc.StatusObject>((resolve) => call.on("status", resolve));
    call.on("error", () => {});
    call.on("data", () => {});
    call.write(text("a"));
    expect(await ended).toMatchObject({ code: status.ABORTED, details: "enough" });
    await isQuiet();
  });

  test("a node that dies in a call: UNAVAILABLE, and the next call is served by another", async () => {
    const dying = await startGrpcNode({ unary: () => dying.kill() });
    const other = await startGrpcNode({ unary: (_call, done) => done(null, text("ok")) });
    const { port, server, poolId } = await proxyFor([dying, other], { protocol: "h2c" });
    const client = connectGrpc(port);
    const outcomes = await Promise.all(
      [1, 2].map(() =>
        callUnary(client, text("x")).then(
          () => 0,
          ({ code }) => code,
        ),
      ),
    );
    expect(outcomes.sort()).toEqual([0, status.UNAVAILABLE]);
    for (let i = 0; i < 4; i++) expect(String(await callUnary(client, text("x")))).toBe("ok");
    await vi.waitFor(() => expect(server.poolState(poolId)?.active).toBe(0));
    for (const node of [dying, other]) expect(server.nodeState(node.id)?.inFlight).toBe(0);
  });

  test("a node that dies within a stream: what was sent arrives, then UNAVAILABLE", async () => {
    const { client, node, isQuiet } = await rig({
      download: (call) => {
        call.write(text("first"));
        call.on("error", () => {});
      },
    });
    const call = client.download(text("go"));
    const messages: string[] = [];
    const ended = new Promise<grpc.StatusObject>((resolve) => call.on("status", resolve));
    call.on("error", () => {});
    call.on("data", (message: Buffer) => {
      messages.push(String(message));
      node.kill();
    });
    expect((await ended).code).toBe(status.UNAVAILABLE);
    expect(messages).toEqual(["first"]);
    await isQuiet();
  });
});

test("a node of HTTP/1 answers calls it knows nothing of as it does others", async () => {
  const node = await startNode((_request, response) => {
    response.statusCode = 404;
    response.end("what?");
  });
  const { port } = await proxyFor([node]);
  await expect(callUnary(connectGrpc(port), text("x"))).rejects.toMatchObject({ code: status.UNIMPLEMENTED });
});
