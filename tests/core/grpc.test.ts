import { describe, expect, test } from "vitest";
import { classifyStatus } from "#lib/core/classify.ts";
import { classifyGrpc, grpcMessage, grpcStatusOf, grpcStatusOfProblem, isGrpc } from "#lib/core/grpc.ts";

test.each([
  ["application/grpc", true],
  ["application/grpc+proto", true],
  ["application/grpc;charset=utf-8", true],
  ["application/grpc-web-text", true],
  ["Application/gRPC", true],
  ["application/grpcx", false],
  ["application/json", false],
  [undefined, false],
])("%s is gRPC: %s", (type, is) => {
  expect(isGrpc(type)).toBe(is);
});

describe("an answer to a call", () => {
  test.each([
    [200, 0, "success"],
    [200, null, "success"],
    [200, 1, "success"],
    [200, 2, "failure"],
    [200, 3, "success"],
    [200, 4, "success"],
    [200, 5, "success"],
    [200, 8, "success"],
    [200, 12, "success"],
    [200, 13, "failure"],
    [200, 14, "failure"],
    [200, 15, "failure"],
    [200, 16, "success"],
    [503, 0, "failure"],
    [429, 14, "neither"],
  ])("of HTTP status %i and gRPC status %s counts as %s", (http, grpc, counts) => {
    expect(classifyGrpc(classifyStatus(http), grpc).counts).toBe(counts);
  });

  test("names its culprit", () => {
    expect(classifyGrpc(classifyStatus(200), 14)).toMatchObject({
      kind: "server-error",
      cause: "grpc-unavailable",
      status: 200,
    });
  });
});

test.each([
  ["0", 0],
  ["14", 14],
  ["", null],
  ["x", null],
  ["-1", null],
  [undefined, null],
])("the status in %s is %s", (text, status) => {
  expect(grpcStatusOf(text)).toBe(status);
});

test.each([
  ["no-usable-node", 503, 14],
  ["connect-failed", 502, 14],
  ["bad-gateway", 502, 14],
  ["gateway-timeout", 504, 4],
  ["queue-full", 503, 8],
  ["queue-timeout", 503, 14],
  ["no-route", 404, 12],
  ["bad-request", 400, 13],
  ["payload-too-large", 413, 8],
  ["something-new", 418, 2],
])("the problem %s (%i) is told as %i", (code, http, grpc) => {
  expect(grpcStatusOfProblem(code, http)).toBe(grpc);
});

test("a message is percent-encoded where it is not printable ASCII", () => {
  expect(grpcMessage("50 % of 节点\n")).toBe("50 %25 of %E8%8A%82%E7%82%B9%0A");
});
