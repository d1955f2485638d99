import { describe, expect, test } from "vitest";
import { readRequestHead } from "#workers/proxy/client/head-reader.ts";
import { DEFAULT_LIMITS } from "#workers/proxy/client/limits.ts";
import { isFault, parseRequestHead } from "#workers/proxy/http/request-head.ts";

const parse = (text: string) => parseRequestHead(text);
const accepted = (text: string) => {
  const head = parse(text);
  if (isFault(head)) throw new Error(`refused: ${head.detail}`);
  return head;
};

describe("a request head is refused", () => {
  const rows: [string, string, string][] = [
    [
      "both lengths",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      "ambiguous-request",
    ],
    [
      "both lengths, the other way round",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n",
      "ambiguous-request",
    ],
    [
      "two lengths that differ",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      "ambiguous-request",
    ],
    [
      "two lengths that agree",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
      "ambiguous-request",
    ],
    ["a list of lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n", "ambiguous-request"],
    ["a signed length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n", "ambiguous-request"],
    ["a negative length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", "ambiguous-request"],
    ["a hexadecimal length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\n", "ambiguous-request"],
    ["an empty length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", "ambiguous-request"],
    [
      "a length beyond 2^53",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999\r\n\r\n",
      "ambiguous-request",
    ],
    [
      "an unknown coding",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
      "ambiguous-request",
    ],
    ["a coding in disguise", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", "ambiguous-request"],
    [
      "chunked twice",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
      "ambiguous-request",
    ],
    ["chunked in HTTP/1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "ambiguous-request"],
    ["two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "ambiguous-request"],
    ["no host", "GET / HTTP/1.1\r\n\r\n", "bad-request"],
    ["an empty host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", "bad-request"],
    ["a host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "bad-request"],
    ["a host with user info", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", "bad-request"],
    ["two words as host", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "bad-request"],
    ["a space before the colon", "GET / HTTP/1.1\r\nHost: a\r\nX : 1\r\n\r\n", "bad-request"],
    ["a folded line", "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n", "bad-request"],
    ["a folded first line", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", "bad-request"],
    ["a field without a name", "GET / HTTP/1.1\r\nHost: a\r\n: 1\r\n\r\n", "bad-request"],
    ["a field without a colon", "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", "bad-request"],
    ["a forbidden byte in a name", "GET / HTTP/1.1\r\nHost: a\r\nX\u00e9: 1\r\n\r\n", "bad-request"],
    ["NUL in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", "bad-request"],
    ["a control byte in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\x01b\r\n\r\n", "bad-request"],
    ["DEL in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\x7fb\r\n\r\n", "bad-request"],
    ["a bare CR in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", "bad-request"],
    ["a bare LF in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\nY: b\r\n\r\n", "bad-request"],
    ["a bare LF behind the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n", "bad-request"],
    ["a method with a separator", "GE(T / HTTP/1.1\r\nHost: a\r\n\r\n", "bad-request"],
    ["no method", " / HTTP/1.1\r\nHost: a\r\n\r\n", "bad-request"],
    ["two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "bad-request"],
    ["a tab", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", "bad-request"],
    ["no version", "GET /\r\nHost: a\r\n\r\n", "bad-request"],
    ["a lower-case version", "GET / http/1.1\r\nHost: a\r\n\r\n", "bad-request"],
    ["a version with more digits", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", "bad-request"],
    ["another version", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", "http-version-not-supported"],
    ["CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", "method-not-implemented"],
    ["a relative target", "GET x HTTP/1.1\r\nHost: a\r\n\r\n", "bad-request"],
    ["* for GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", "bad-request"],
    ["a foreign scheme", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", "bad-request"],
    ["user info in the target", "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", "bad-request"],
    ["a fragment", "GET /#x HTTP/1.1\r\nHost: a\r\n\r\n", "bad-request"],
    ["a backslash in the path", "GET /a\\b HTTP/1.1\r\nHost: a\r\n\r\n", "bad-request"],
    ["raw bytes in the target", "GET /\u00e9 HTTP/1.1\r\nHost: a\r\n\r\n", "bad-request"],
    ["/..", "GET /a/../b HTTP/1.1\r\nHost: a\r\n\r\n", "bad-request"],
    ["/.. at the end", "GET /a/.. HTTP/1.1\r\nHost: a\r\n\r\n", "bad-request"],
    ["/.", "GET /./b HTTP/1.1\r\nHost: a\r\n\r\n", "bad-request"],
    ["/%2e%2e", "GET /a/%2e%2E/b HTTP/1.1\r\nHost: a\r\n\r\n", "bad-request"],
    ["/.%2e", "GET /a/.%2e HTTP/1.1\r\nHost: a\r\n\r\n", "bad-request"],
    ["/..%2f", "GET /a/..%2fadmin HTTP/1.1\r\nHost: a\r\n\r\n", "bad-request"],
    ["%2F..", "GET /a%2F..%2Fadmin HTTP/1.1\r\nHost: a\r\n\r\n", "bad-request"],
    ["%2f%2e%2e/", "GET /a%2f%2e%2e/admin HTTP/1.1\r\nHost: a\r\n\r\n", "bad-request"],
    ["%5c..", "GET /a%5C..%5cadmin HTTP/1.1\r\nHost: a\r\n\r\n", "bad-request"],
    ["/..;", "GET /a/..;x/admin HTTP/1.1\r\nHost: a\r\n\r\n", "bad-request"],
    [
      "another expectation",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: x\r\n\r\n",
      "expectation-failed",
    ],
  ];
  test.each(rows)("for %s", (_what, text, code) => {
    expect(parse(text)).toMatchObject({ code });
  });

  test("for a target beyond its limit, and not at it", () => {
    const withTarget = (length: number) => parse(`GET /${"a".repeat(length - 1)} HTTP/1.1\r\nHost: a\r\n\r\n`);
    expect(withTarget(16_385)).toMatchObject({ code: "uri-too-long" });
    expect(withTarget(16_384)).toMatchObject({ method: "GET" });
  });
});

describe("an accepted request head", () => {
  test("keeps path and query as they came, undecoded", () => {
    expect(accepted("GET /a%2F..b/..c/%41?../x=%2e HTTP/1.1\r\nHost: A.example:80\r\n\r\n")).toMatchObject({
      path: "/a%2F..b/..c/%41",
      query: "?../x=%2e",
      authority: "A.example:80",
      host: "a.example",
    });
  });

  test("takes the host of an absolute target", () => {
    const head = accepted("GET http://[::1]:8080?q HTTP/1.1\r\nHost: other\r\n\r\n");
    expect(head).toMatchObject({ path: "/", query: "?q", authority: "[::1]:8080", host: "[::1]" });
  });

  test("trims values and keeps the fields' order and spelling", () => {
    const { fields } = accepted("GET / HTTP/1.1\r\nhOST:\t a \t\r\nX-One:\r\nX-Two: a  b\r\n\r\n");
    expect(fields.names).toEqual(["hOST", "X-One", "X-Two"]);
    expect(fields.values).toEqual(["a", "", "a  b"]);
  });

  test.each([
    ["HTTP/1.1", "", true],
    ["HTTP/1.1", "Connection: close\r\n", false],
    ["HTTP/1.1", "Connection: x, CLOSE\r\n", false],
    ["HTTP/1.0", "", false],
    ["HTTP/1.0", "Connection: keep-alive\r\n", true],
    ["HTTP/1.0", "Connection: keep-alive\r\nConnection: close\r\n", false],
  ])("%s with %j keeps the connection: %s", (version, field, keepAlive) => {
    expect(accepted(`GET / ${version}\r\nHost: a\r\n${field}\r\n`).keepAlive).toBe(keepAlive);
  });
});

test("a head that comes in any two pieces is read the same, and never before it is whole", () => {
  const text = "\r\nPOST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n";
  const bytes = Buffer.from(`${text}abc`);
  for (let cut = 0; cut < text.length; cut++)
    expect(readRequestHead(bytes, 0, cut, DEFAULT_LIMITS)).toMatchObject({ kind: "unfinished" });
  expect(readRequestHead(bytes, 0, bytes.length, DEFAULT_LIMITS)).toMatchObject({
    kind: "head",
    end: text.length,
    head: { body: { kind: "length", length: 3 } },
  });
});

test("empty lines before a request are passed over, however many pieces they come in", () => {
  const bytes = Buffer.from(`${"\r\n".repeat(5)}GET / HTTP/1.1\r\nHost: a\r\n\r\n`);
  expect(readRequestHead(bytes, 0, bytes.length, DEFAULT_LIMITS)).toMatchObject({ kind: "head", end: bytes.length });
  expect(readRequestHead(bytes, 0, 8, DEFAULT_LIMITS)).toEqual({ kind: "unfinished", at: 8 });
});
