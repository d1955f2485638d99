import { describe, expect, test } from "vitest";
import { ChunkedDecoder } from "#workers/proxy/http/chunked.ts";

/** Decodes pieces; what is left behind the body is `rest`. */
function decode(...pieces: string[]) {
  const decoder = new ChunkedDecoder();
  let body = "";
  let rest = "";
  const sink = {
    piece: (bytes: Buffer, start: number, end: number) => {
      body += bytes.toString("latin1", start, end);
    },
  };
  for (const piece of pieces) {
    const bytes = Buffer.from(piece, "latin1");
    const stop = decoder.decode(bytes, 0, bytes.length, sink);
    if (stop < 0) return { fault: decoder.fault, body };
    rest += piece.slice(stop);
  }
  return { body, rest, isDone: decoder.isDone, trailers: decoder.trailers };
}

describe("a chunked body is refused", () => {
  test.each([
    ["no size", "\r\n"],
    ["a space before the size", " 1\r\na\r\n"],
    ["a space behind the size", "1 \r\na\r\n"],
    ["a sign", "+1\r\na\r\n"],
    ["0x", "0x1\r\na\r\n"],
    ["a size beyond 2^52", "ffffffffffffff\r\n"],
    ["a size line that ends in LF", "1\na\r\n0\r\n\r\n"],
    ["a CR without LF behind the size", "1\ra\r\n"],
    ["data longer than its size", "1\r\nab\r\n"],
    ["data that ends in LF", "1\r\na\n0\r\n\r\n"],
    ["NUL in an extension", "1;a\0\r\na\r\n"],
    ["LF in an extension", "1;a\n\r\na\r\n"],
    ["an endless extension", `1;${"a".repeat(300)}\r\na\r\n`],
    ["a folded trailer", "0\r\nX: 1\r\n 2\r\n\r\n"],
    ["a trailer without a colon", "0\r\nX\r\n\r\n"],
    ["a trailer that ends in LF", "0\r\nX: 1\n\r\n"],
    ["a trailer that frames", "0\r\nContent-Length: 3\r\n\r\n"],
    ["a trailer that encodes", "0\r\ntransfer-encoding: chunked\r\n\r\n"],
    ["a CR without LF in trailers", "0\r\n\r\r\n"],
    ["an extension without a name", "1;\r\na\r\n"],
    ["an extension without a value", "1;a=\r\na\r\n"],
    ["a space in an extension", "1;a b\r\na\r\n"],
    ["bytes behind a quoted value", '1;a="b"c\r\na\r\n'],
    ["a quoted value without end", '1;a="b\r\na\r\n'],
    ["endless trailers", `0\r\nX: ${"a".repeat(9_000)}\r\n\r\n`],
  ])("for %s", (_what, text) => {
    expect(decode(text).fault).toBeTruthy();
  });
});

test("a chunked body split at every byte, and at every pair of them, is decoded the same", () => {
  const text = '5;name=v;q="a \\"b;";x\r\nhello\r\nA\r\n 0123\r\n\r\n!\r\n00\r\nX-Sum: 1\r\nX-Two: 2\r\n\r\nGET /next';
  const whole = decode(text);
  expect(whole).toMatchObject({ body: "hello 0123\r\n\r\n!", rest: "GET /next", isDone: true });
  expect(whole.trailers?.names).toEqual(["X-Sum", "X-Two"]);
  expect(decode(...text)).toEqual(whole);
  for (let a = 0; a <= text.length; a++)
    for (let b = a; b <= text.length; b++)
      expect(decode(text.slice(0, a), text.slice(a, b), text.slice(b))).toEqual(whole);
});
