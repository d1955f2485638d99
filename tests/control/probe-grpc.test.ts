import dns from "node:dns";
import http from "node:http";
import http2 from "node:http2";
import grpc from "@grpc/grpc-js";
import { afterEach, expect, test } from "vitest";
import { readCheckDetail } from "#lib/contracts/check-detail.ts";
import { HealthCheck, NodeTlsSettings } from "#lib/contracts/config.ts";
import { detailText } from "#lib/i18n/detail-text.ts";
import { textsOf } from "#lib/i18n/translate.ts";
import { healthRequest, servingStatus } from "#workers/probes/grpc-message.ts";
import { probe } from "#workers/probes/probe.ts";
import { targetOf } from "#workers/probes/target.ts";
import { listening, quiet, raw, SELF_SIGNED, stopAll, whenClosed } from "./probe-servers.ts";

const grpcServers: grpc.Server[] = [];
afterEach(() => {
  stopAll();
  for (const server of grpcServers.splice(0)) server.forceShutdown();
});

/** The level's verdict, with TCP beside it. */
async function check(url: string, service = "", settings: object = {}) {
  const healthCheck = HealthCheck.parse({
    timeoutMs: 500,
    http: { enabled: false },
    grpc: { enabled: true, service },
    ...settings,
  });
  const target = targetOf(
    { id: "00000000-0000-4000-8000-000000000001", url },
    { healthCheck, tls: NodeTlsSettings.parse({}) },
  );
  const [tcp, verdict] = await probe(target, ["tcp", "grpc"], dns.lookup);
  return { tcp, ...verdict };
}

type Answer = { status?: number; fault?: Partial<grpc.ServiceError> } | "hang";

/** A real gRPC server with the health service, which answers each service as told. */
async function healthServer(answers: Record<string, Answer>, credentials = grpc.ServerCredentials.createInsecure()) {
  const server = new grpc.Server();
  grpcServers.push(server);
  const asked: string[] = [];
  const definition = {
    Check: {
      path: "/grpc.health.v1.Health/Check",
      requestStream: false,
      responseStream: false,
      requestSerialize: (message: Buffer) => message,
      requestDeserialize: (message: Buffer) => message,
      responseSerialize: (message: Buffer) => message,
      responseDeserialize: (message: Buffer) => message,
    },
  };
  server.addService(definition, {
    Check: ({ request }: { request: Buffer }, done: grpc.sendUnaryData<Buffer>) => {
      const service = request.subarray(2).toString("utf8");
      asked.push(service);
      const answer = answers[service] ?? { fault: { code: grpc.status.NOT_FOUND } };
      if (answer === "hang") return;
      if (answer.fault) done({ name: "", message: "", details: "no", ...answer.fault } as grpc.ServiceError);
      else done(null, Buffer.from([8, answer.status ?? 0]));
    },
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", credentials, (cause, bound) => (cause ? reject(cause) : resolve(bound))),
  );
  return { url: `http://127.0.0.1:${port}`, asked };
}

test("passes when a real gRPC server says that it serves, as a whole or by service", async () => {
  const { url, asked } = await healthServer({ "": { status: 1 }, "pay.v1.Payments": { status: 1 } });
  expect(await check(url)).toMatchObject({ ok: true, reason: "ok", tcp: { ok: true } });
  expect(await check(url, "pay.v1.Payments")).toMatchObject({ ok: true });
  expect(asked).toEqual(["", "pay.v1.Payments"]);
});

test.each<[string, string, Answer, string, string]>([
  ["does not serve", "", { status: 2 }, "grpc-not-serving", "gRPC: the server is NOT_SERVING, expected SERVING"],
  ["does not know its state", "a", { status: 0 }, "grpc-not-serving", "gRPC: service a is UNKNOWN, expected SERVING"],
  ["does not know the service", "a", { fault: { code: 5 } }, "grpc-service-unknown", "gRPC: service a is not known"],
  ["has no health service", "", { fault: { code: 12 } }, "grpc-unimplemented", "gRPC: the node has no health service"],
  ["wants credentials", "", { fault: { code: 16, details: "no token" } }, "grpc-error", "gRPC status 16: no token"],
  ["answers what is no status", "", { status: 9 }, "bad-grpc-answer", "is not a health answer"],
])("fails on a server that %s", async (_, service, answer, reason, detail) => {
  const { url } = await healthServer({ [service]: answer });
  const found = await check(url, service);
  expect(found).toMatchObject({ ok: false, reason, tcp: { ok: true } });
  expect(detailText(textsOf("en").status, found.detail ?? "")).toBe(detail);
  expect(readCheckDetail(found.detail ?? "")).not.toBeNull();
});

test("fails on a gRPC server without that service at all", async () => {
  const server = new grpc.Server();
  grpcServers.push(server);
  const port = await new Promise<number>((resolve) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (_, bound) => resolve(bound)),
  );
  expect(await check(`http://127.0.0.1:${port}`)).toMatchObject({ ok: false, reason: "grpc-unimplemented" });
});

test("gives up on a call that hangs when its time is over", async () => {
  const { url } = await healthServer({ "": "hang" });
  const result = await check(url, "", { timeoutMs: 120 });
  expect(result).toMatchObject({ ok: false, reason: "http-timeout" });
  expect(result.latencyMs).toBeGreaterThanOrEqual(119);
});

test("gives up on a server that accepts and says nothing, and leaves no connection", async () => {
  expect(await check(await quiet(), "", { timeoutMs: 120 })).toMatchObject({ ok: false, reason: "http-timeout" });
  await whenClosed();
});

test("fails where nobody listens", async () => {
  const { url } = await healthServer({});
  grpcServers.splice(0)[0]?.forceShutdown();
  expect(await check(url)).toMatchObject({ ok: false, reason: "connect-refused", tcp: { ok: false } });
});

test("fails on a server of HTTP/1.1, and on one that is no HTTP at all", async () => {
  const url = await listening(http.createServer((_, response) => response.end("hello")));
  for (const other of [url, await raw("SSH-2.0-OpenSSH_9.2\r\n")])
    expect((await check(other)).reason).toMatch(/^(not-http2|closed-without-answer)$/);
  await whenClosed();
});

test.each([
  ["resets the call", (stream: http2.ServerHttp2Stream) => stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR)],
  [
    "ends without grpc-status",
    (stream: http2.ServerHttp2Stream) =>
      stream.respond({ ":status": 200, "content-type": "application/grpc" }, { endStream: true }),
  ],
  ["answers 503", (stream: http2.ServerHttp2Stream) => stream.respond({ ":status": 503 }, { endStream: true })],
  [
    "answers a page",
    (stream: http2.ServerHttp2Stream) =>
      stream.respond({ ":status": 200, "content-type": "text/html" }, { endStream: true }),
  ],
  [
    "pours without end",
    (stream: http2.ServerHttp2Stream) => {
      stream.respond({ ":status": 200, "content-type": "application/grpc" });
      stream.write(Buffer.alloc(100_000));
    },
  ],
  [
    "dies in the middle",
    (stream: http2.ServerHttp2Stream) => {
      stream.respond({ ":status": 200, "content-type": "application/grpc" });
      stream.session?.socket?.destroy();
      stream.session?.destroy();
    },
  ],
])("fails on a server that %s, and leaves no connection", async (_, answer) => {
  const server = http2.createServer();
  server.on("stream", (stream) => {
    stream.on("error", () => {});
    answer(stream);
  });
  server.on("sessionError", () => {});
  const result = await check(await listening(server));
  expect(result.ok).toBe(false);
  expect(result.reason).toMatch(
    /^(not-http2|closed-without-answer|bad-grpc-answer|status-503|not-grpc|connection-reset)$/,
  );
  await whenClosed();
});

test("speaks TLS to https nodes, and trusts no certificate that is nobody's", async () => {
  const credentials = grpc.ServerCredentials.createSsl(null, [
    { private_key: Buffer.from(SELF_SIGNED.key), cert_chain: Buffer.from(SELF_SIGNED.cert) },
  ]);
  const { url } = await healthServer({ "": { status: 1 } }, credentials);
  expect(await check(url.replace("http:", "https:"))).toMatchObject({ ok: false, reason: "certificate-untrusted" });
});

test("messages are as protobuf writes and reads them", () => {
  expect(healthRequest("").toString("hex")).toBe("0000000000");
  expect(healthRequest("ab").toString("hex")).toBe("00000000040a026162");
  expect(healthRequest("x".repeat(200)).subarray(5, 8).toString("hex")).toBe("0ac801");
  const answer = (hex: string) => servingStatus(Buffer.from(hex, "hex"));
  expect(answer("0000000000")).toBe("UNKNOWN");
  expect(answer("00000000020801")).toBe("SERVING");
  expect(answer("0000000009" + "1203616263" + "0802" + "1801")).toBe("NOT_SERVING");
  for (const broken of [
    "",
    "0100000000",
    "0000000001",
    "000000000108",
    "00000000020802ff",
    "0000000002080a",
    "00000000021209",
  ])
    expect(answer(broken)).toBeNull();
});
