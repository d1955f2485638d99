// Whatever our parser accepts, Node's own parser accepts, and both see the same requests: the same number of them, with the
// same method, target, fields and body. Two readings of one stream of bytes are what request smuggling is made of.

import http from "node:http";
import net from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BodyReader } from "#workers/proxy/client/body-reader.ts";
import { readRequestHead } from "#workers/proxy/client/head-reader.ts";
import { DEFAULT_LIMITS } from "#workers/proxy/client/limits.ts";

interface Seen {
  method: string;
  target: string;
  fields: string[];
  body: string;
}

let server: http.Server;
let port = 0;
let seen: Seen[] = [];
beforeAll(async () => {
  server = http.createServer((request, response) => {
    const one = { method: request.method ?? "", target: request.url ?? "", fields: request.rawHeaders, body: "" };
    seen.push(one);
    request.on("data", (bytes) => {
      one.body += bytes.toString("latin1");
    });
    request.on("end", () => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as net.AddressInfo).port;
});
afterAll(() => void server.close());

/** What we understand of a whole stream; null when we refuse some of it, or it ends within a request. */
function ours(bytes: Buffer): Seen[] | null {
  const requests: Seen[] = [];
  let at = 0;
  while (at < bytes.length) {
    const read = readRequestHead(bytes, at, bytes.length, DEFAULT_LIMITS);
    if (read.kind !== "head") return null;
    const { method, path, query, fields, body: framing } = read.head;
    const one: Seen = {
      method,
      target: path + query,
      fields: fields.names.flatMap((name, i) => [name, fields.values[i] as string]),
      body: "",
    };
    const body = new BodyReader(framing);
    at = read.end;
    if (framing.kind !== "none") {
      at = body.read(bytes, at, bytes.length, {
        piece: (piece, start, end) => {
          one.body += piece.toString("latin1", start, end);
        },
      });
      if (at < 0 || !body.isDone) return null;
    }
    requests.push(one);
    if (!read.head.keepAlive) return at === bytes.length ? requests : null;
  }
  return requests;
}

/** What Node understands of it. */
async function nodes(bytes: Buffer): Promise<{ requests: Seen[]; refused: boolean }> {
  seen = [];
  let answer = "";
  await new Promise<void>((resolve) => {
    const socket = net.connect(port, "127.0.0.1", () => socket.end(bytes));
    socket.on("data", (piece) => {
      answer += piece.toString("latin1");
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve());
  });
  return { requests: seen, refused: answer.includes("HTTP/1.1 400") };
}

const name = fc.constantFrom(
  "X-A",
  "x-b",
  "Content-Length",
  "Transfer-Encoding",
  "Connection",
  "Host",
  "Accept",
  "TE",
  "X Y",
);
const value = fc.constantFrom(
  "1",
  "0",
  "5",
  "a b",
  "chunked",
  "identity",
  "close",
  "keep-alive",
  "a, b",
  "",
  "\t x ",
  "a\x0bb",
  "+3",
  "3, 3",
  "caf\u00e9",
);
const colon = fc.constantFrom(": ", ":", ": ", ": ", " :", ":\t", "");
const end = fc.constantFrom("\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\n", "\r", "\r\n ");
const field = fc.tuple(name, colon, value, end).map((parts) => parts.join(""));
const line = fc
  .tuple(
    fc.constantFrom("GET", "POST", "PUT", "DELETE", "get", "G(T"),
    fc.constantFrom(" ", " ", " ", "  ", "\t"),
    fc.constantFrom("/", "/a?b=c", "/a/b", "*", "http://h/x", "/a b", "/%2e", "/\\", "/a#b"),
    fc.constantFrom(" HTTP/1.1", " HTTP/1.1", " HTTP/1.1", " HTTP/1.0", " HTTP/1.2", " http/1.1", ""),
    end,
  )
  .map((parts) => parts.join(""));
const chunk = fc
  .tuple(
    fc.constantFrom("1", "3", "03", "a", "0x1", " 1", "1 ", "1;x=y", "1;", "-1", ""),
    end,
    fc.constantFrom("a", "abc", "0123456789"),
    end,
  )
  .map((parts) => parts.join(""));
const chunked = fc
  .tuple(
    fc.array(chunk, { maxLength: 3 }),
    fc.constantFrom("0\r\n\r\n", "0\r\nT: 1\r\n\r\n", "0\n\n", "00\r\n\r\n", "0;x\r\n\r\n", ""),
  )
  .map(([chunks, last]) => chunks.join("") + last);
const wild = fc
  .tuple(
    line,
    fc.array(field, { maxLength: 5 }),
    fc.constantFrom("\r\n", "\r\n", "\n"),
    fc.oneof(fc.constantFrom("", "1", "abcde"), chunked),
  )
  .map(([first, fields, empty, body]) => `${first}Host: h\r\n${fields.join("")}${empty}${body}`);
// Mostly well-formed, so that the interesting paths behind the first check are reached.
const tameChunk = fc.stringMatching(/^[a-z\r\n]{1,20}$/).map((data) => `${data.length.toString(16)}\r\n${data}\r\n`);
const tameBody = fc.oneof(
  fc.stringMatching(/^[a-z\r\n]{0,20}$/).map((data) => `Content-Length: ${data.length}\r\n\r\n${data}`),
  fc
    .array(tameChunk, { maxLength: 4 })
    .map((chunks) => `Transfer-Encoding: chunked\r\n\r\n${chunks.join("")}0\r\n\r\n`),
  fc.constant("\r\n"),
);
const tame = fc
  .tuple(fc.constantFrom("POST", "PUT"), fc.stringMatching(/^\/[a-z0-9/?=&%-]{0,20}$/), tameBody)
  .filter(([, target]) => !target.includes("%"))
  .map(([method, target, body]) => `${method} ${target} HTTP/1.1\r\nHost: h\r\n${body}`);
const stream = fc
  .array(fc.oneof(wild, tame, tame), { minLength: 1, maxLength: 3 })
  .map((requests) => requests.join(""));

test("a stream that we accept is read the same by Node's parser", { timeout: 60_000 }, async () => {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(stream, async (text) => {
      const bytes = Buffer.from(text, "latin1");
      const mine = ours(bytes);
      // Node knows a list of methods; any token is one (RFC 9110 §9.1).
      if (mine === null || mine.some((one) => !http.METHODS.includes(one.method))) return;
      accepted++;
      const theirs = await nodes(bytes);
      expect(theirs.refused).toBe(false);
      const normal = theirs.requests.map((one) => ({ ...one, target: one.target.replace(/^http:\/\/h/, "") }));
      expect(normal).toEqual(mine);
    }),
    { numRuns: 3_000 },
  );
  expect(accepted).toBeGreaterThan(300);
});
