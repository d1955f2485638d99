import { describe, expect, test } from "vitest";
import { parseResponseHead } from "#workers/proxy/http/response-head.ts";

const parse = (text: string, method = "GET") => parseResponseHead(text, method);

describe("an answer's head", () => {
  test.each([
    ["both lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"],
    ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n"],
    ["another coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n"],
    ["chunked in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"],
    ["another version", "HTTP/2 200 OK\r\n\r\n"],
    ["a short status", "HTTP/1.1 20 OK\r\n\r\n"],
    ["a long status", "HTTP/1.1 2000 OK\r\n\r\n"],
    ["a status below 100", "HTTP/1.1 099 OK\r\n\r\n"],
    ["a control byte in the reason", "HTTP/1.1 200 O\0K\r\n\r\n"],
    ["a bare LF", "HTTP/1.1 200 OK\nX: 1\r\n\r\n"],
    ["a folded line", "HTTP/1.1 200 OK\r\nX: 1\r\n 2\r\n\r\n"],
    ["a space before the colon", "HTTP/1.1 200 OK\r\nX : 1\r\n\r\n"],
  ])("is refused for %s", (_what, text) => {
    expect(typeof parse(text)).toBe("string");
  });

  test.each([
    ["GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", { kind: "length", length: 5 }, true],
    ["GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", { kind: "none" }, true],
    ["GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n", { kind: "chunked" }, true],
    ["GET", "HTTP/1.1 200\r\n\r\n", { kind: "eof" }, false],
    [
      "GET",
      "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\n",
      { kind: "length", length: 1 },
      true,
    ],
    ["HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", { kind: "none" }, true],
    ["GET", "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n", { kind: "none" }, true],
    ["GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", { kind: "none" }, true],
    ["GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n", { kind: "length", length: 5 }, false],
  ])("of %s %j frames its body", (method, text, body, keepAlive) => {
    expect(parse(text, method)).toMatchObject({ body, keepAlive });
  });

  test("tells how long the node keeps idle connections", () => {
    expect(parse("HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5, max=100\r\nContent-Length: 0\r\n\r\n")).toMatchObject({
      keepAliveSeconds: 5,
    });
  });
});
