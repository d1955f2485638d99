// Request smuggling: two parties that read one stream of bytes as different requests. Each payload is sent to the proxy as
// it is; then the node has seen exactly the requests that the client has got answers of, and the proxy has counted as many.
// The payloads are those of the known techniques (CL.TE, TE.CL, TE.TE, CL.0, TE.0, chunk extensions, bare line ends, …).
import { afterEach, describe, expect, test } from "vitest";
import { cleanUp } from "./clean-up.ts";
import { RawClient } from "./clients.ts";
import { proxyFor, startNode } from "./rig.ts";

afterEach(cleanUp);

const SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";
const SMUGGLED_SIZE = SMUGGLED.length.toString(16);
const LAST = "GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
/** A POST with these fields, then what is behind it. */
const post = (fields: string, rest: string) => `POST /first HTTP/1.1\r\nHost: h\r\n${fields}\r\n\r\n${rest}`;
const get = (fields: string) => `GET /first HTTP/1.1\r\nHost: h\r\n${fields}\r\n\r\n`;
const chunked = (rest: string, fields = "") => post(`Transfer-Encoding: chunked${fields}`, rest);
/** By Content-Length the body is all of it, by chunks it ends before the smuggled request. */
const CL_TE_BODY = `0\r\n\r\n${SMUGGLED}`;

/** One answer as the client got it: status, and what the node says it was asked. */
function answersIn(received: string): { status: number; body: string }[] {
  const answers: { status: number; body: string }[] = [];
  let rest = received;
  while (rest !== "") {
    const headEnd = rest.indexOf("\r\n\r\n") + 4;
    const head = rest.slice(0, headEnd);
    const length = /^Content-Length: (\d+)\r$/im.exec(head);
    expect(head).toMatch(/^HTTP\/1\.1 \d{3} /);
    if (!length) throw new Error(`An answer without length: ${head}`);
    const end = headEnd + Number(length[1]);
    answers.push({ status: Number(rest.slice(9, 12)), body: rest.slice(headEnd, end) });
    rest = rest.slice(end);
  }
  return answers;
}

/** Sends the bytes, waits for the proxy to close, and holds the client's, the node's and the proxy's accounts together. */
async function seenOf(payload: string, cutAt: number | null = null): Promise<string[]> {
  const node = await startNode((incoming, response, body) => {
    response.end(`${incoming.method} ${incoming.url} ${body.toString("latin1")}`);
  });
  const { port, measured } = await proxyFor([node]);
  const client = new RawClient(port);
  client.socket.setNoDelay(true);
  if (cutAt === null) client.send(payload);
  else {
    client.send(payload.slice(0, cutAt));
    await new Promise(setImmediate);
    client.send(payload.slice(cutAt));
  }
  await client.closed();
  const seen = node.requests.map(({ method, url, body }) => `${method} ${url} ${body}`);
  const answers = answersIn(client.received);
  expect(answers.filter(({ status }) => status === 200).map(({ body }) => body)).toEqual(seen);
  // At most the last was refused, and the connection with it.
  expect(answers.slice(0, -1).every(({ status }) => status === 200)).toBe(true);
  const { nodes, pools } = measured();
  expect(nodes[0]).toMatchObject({ requests: seen.length, successes: seen.length, inFlight: 0 });
  expect(pools[0]).toMatchObject({ successes: seen.length, inFlight: 0 });
  return seen;
}

describe("is refused, and the connection closed, before the node sees anything", () => {
  const rows: [string, string][] = [
    ["CL.TE", post(`Content-Length: ${CL_TE_BODY.length}\r\nTransfer-Encoding: chunked`, CL_TE_BODY)],
    ["TE.CL", post("Transfer-Encoding: chunked\r\nContent-Length: 4", `5c\r\n${SMUGGLED}\r\n0\r\n\r\n`)],
    ["CL.TE with an empty coding", post("Content-Length: 5\r\nTransfer-Encoding:", `01234${SMUGGLED}`)],
    ["TE.TE: xchunked", post("Transfer-Encoding: xchunked", CL_TE_BODY)],
    ["TE.TE: chunked, then identity", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", CL_TE_BODY)],
    ["TE.TE: identity, then chunked", post("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked", CL_TE_BODY)],
    ["TE.TE: chunked, then cow", post("Transfer-Encoding: chunked\r\nTransfer-encoding: cow", CL_TE_BODY)],
    ["TE.TE: chunked twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", CL_TE_BODY)],
    ["TE.TE: chunked, chunked", post("Transfer-Encoding: chunked, chunked", CL_TE_BODY)],
    ["TE.TE: identity, chunked", post("Transfer-Encoding: identity, chunked", CL_TE_BODY)],
    ["TE.TE: a space before the colon", post("Transfer-Encoding : chunked", CL_TE_BODY)],
    ["TE.TE: a tab before the colon", post("Transfer-Encoding\t: chunked", CL_TE_BODY)],
    ["TE.TE: a vertical tab before the value", post("Transfer-Encoding: \x0bchunked", CL_TE_BODY)],
    ["TE.TE: a vertical tab behind the value", post("Transfer-Encoding: chunked\x0b", CL_TE_BODY)],
    ["TE.TE: a form feed", post("Transfer-Encoding: chunked\x0c", CL_TE_BODY)],
    ["TE.TE: a trailing comma", post("Transfer-Encoding: chunked,", CL_TE_BODY)],
    ["TE.TE: a leading comma", post("Transfer-Encoding: ,chunked", CL_TE_BODY)],
    ["TE.TE: a parameter", post("Transfer-Encoding: chunked;q=1", CL_TE_BODY)],
    ["TE.TE: quotes", post('Transfer-Encoding: "chunked"', CL_TE_BODY)],
    ["TE.TE: NUL behind the value", post("Transfer-Encoding: chunked\0", CL_TE_BODY)],
    ["TE.TE: NBSP before the value", post("Transfer-Encoding: \u00a0chunked", CL_TE_BODY)],
    ["TE.TE: folded", post("Transfer-Encoding:\r\n chunked", CL_TE_BODY)],
    ["TE.TE: behind a folded line", post("X: a\r\n\tb\r\nTransfer-Encoding: chunked", CL_TE_BODY)],
    ["TE.TE: behind a bare LF", post("X: a\nTransfer-Encoding: chunked", CL_TE_BODY)],
    ["TE.TE: behind a bare CR", post("X: a\rTransfer-Encoding: chunked", CL_TE_BODY)],
    ["TE.TE: ended by LF", post("Transfer-Encoding: chunked\nX: a", CL_TE_BODY)],
    ["TE.TE: ended by CR CR LF", post("Transfer-Encoding: chunked\r\r\nX: a", CL_TE_BODY)],
    ["TE.TE: a name with a byte beyond ASCII", post("Transfer-Encoding\xff: chunked", CL_TE_BODY)],
    ["TE.TE in HTTP/1.0", post("Transfer-Encoding: chunked", CL_TE_BODY).replace("HTTP/1.1", "HTTP/1.0")],
    ["CL.CL that differ", post("Content-Length: 0\r\nContent-Length: 44", SMUGGLED)],
    ["CL.CL that agree", post("Content-Length: 1\r\nContent-Length: 1", `a${SMUGGLED}`)],
    ["CL.CL as a list", post("Content-Length: 1, 1", `a${SMUGGLED}`)],
    ["CL.CL as a list that differs", post("Content-Length: 0, 44", SMUGGLED)],
    ["CL with a sign", post("Content-Length: +5", `01234${SMUGGLED}`)],
    ["CL negative", post("Content-Length: -1", SMUGGLED)],
    ["CL hexadecimal", post("Content-Length: 0x5", `01234${SMUGGLED}`)],
    ["CL with an underscore", post("Content-Length: 1_0", `0123456789${SMUGGLED}`)],
    ["CL with a space inside", post("Content-Length: 1 0", `a${SMUGGLED}`)],
    ["CL with a fraction", post("Content-Length: 5.0", `01234${SMUGGLED}`)],
    ["CL with an exponent", post("Content-Length: 1e1", `0123456789${SMUGGLED}`)],
    ["CL in other digits", post("Content-Length: \u00b2", `01${SMUGGLED}`)],
    ["CL empty", post("Content-Length:", SMUGGLED)],
    ["CL beyond 2^64", post("Content-Length: 18446744073709551616", SMUGGLED)],
    ["CL with a space before the colon", post("Content-Length : 5", `01234${SMUGGLED}`)],
    ["CL with NUL", post("Content-Length: 5\0", `01234${SMUGGLED}`)],
    ["CL and NUL in a name", post("Content-\0Length: 5", `01234${SMUGGLED}`)],
    ["a first line that is folded", `GET /first HTTP/1.1\r\n Host: h\r\nX: ${SMUGGLED}`],
    ["a first line ended by LF", `GET /first HTTP/1.1\nHost: h\r\n\r\n${SMUGGLED}`],
    ["a head ended by LF LF", `GET /first HTTP/1.1\r\nHost: h\n\n${SMUGGLED}`],
    ["a head ended by CR LF LF", `GET /first HTTP/1.1\r\nHost: h\r\n\n${SMUGGLED}`],
    ["a head ended by CR CR", `GET /first HTTP/1.1\r\nHost: h\r\r${SMUGGLED}`],
    ["a field without a colon", get("X-Smuggled")],
    ["an empty name", get(": a")],
    ["HTTP/0.9", `GET /first\r\n\r\n${SMUGGLED}`],
    ["HTTP/0.9 with a version", `GET /first HTTP/0.9\r\nHost: h\r\n\r\n${SMUGGLED}`],
    ["HTTP/1.1 with white space behind", `GET /first HTTP/1.1 \r\nHost: h\r\n\r\n${SMUGGLED}`],
    ["a second request line in the target", `GET /first HTTP/1.1\x0bX HTTP/1.1\r\nHost: h\r\n\r\n${SMUGGLED}`],
    ["what resembles the preface of HTTP/2", `PRI * HTTP/2.0\r\nHost: h\r\n\r\n${SMUGGLED}`],
    ["CONNECT", `CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n${SMUGGLED}`],
    ["two hosts", get("Host: other")],
    ["two hosts, one in disguise", get("Host : other")],
    ["a host with a line end", `GET /first HTTP/1.1\r\nHost: h\rX: a\r\n\r\n${SMUGGLED}`],
  ];
  test.each(rows)("%s", async (_technique, payload) => {
    expect(await seenOf(payload)).toEqual([]);
  });
});

describe("breaks off in the body: the node never gets a whole request", () => {
  const rows: [string, string][] = [
    ["a chunk size with a sign", chunked(`+5\r\n01234\r\n${CL_TE_BODY}`)],
    ["a chunk size with 0x", chunked(`0x5\r\n01234\r\n${CL_TE_BODY}`)],
    ["a chunk size with a space before it", chunked(` 5\r\n01234\r\n${CL_TE_BODY}`)],
    ["a chunk size with a space behind it", chunked(`5 \r\n01234\r\n${CL_TE_BODY}`)],
    ["a chunk size with a tab behind it", chunked(`5\t\r\n01234\r\n${CL_TE_BODY}`)],
    ["a chunk size with an underscore", chunked(`1_0\r\n01234\r\n${CL_TE_BODY}`)],
    ["an empty chunk size", chunked(`\r\n01234\r\n${CL_TE_BODY}`)],
    ["a chunk size beyond 2^32 that wraps to 5", chunked(`1000000000000005\r\n01234\r\n${CL_TE_BODY}`)],
    ["a chunk size beyond 2^64 that wraps to 0", chunked(`10000000000000000\r\n\r\n${SMUGGLED}`)],
    ["a chunk line ended by LF", chunked(`5\n01234\r\n${CL_TE_BODY}`)],
    ["a chunk line ended by CR", chunked(`5\r01234\r\n${CL_TE_BODY}`)],
    ["a chunk line ended by CR CR LF", chunked(`5\r\r\n01234\r\n${CL_TE_BODY}`)],
    ["an extension ended by LF (TERM.EXT)", chunked(`5;a\nxx\r\n01234\r\n${CL_TE_BODY}`)],
    ["an extension with a CR (EXT.TERM)", chunked(`5;a\rxx\r\n01234\r\n${CL_TE_BODY}`)],
    ["an empty extension", chunked(`5;\r\n01234\r\n${CL_TE_BODY}`)],
    ["an extension with NUL", chunked(`5;a=\0\r\n01234\r\n${CL_TE_BODY}`)],
    ["an unclosed quote in an extension", chunked(`5;a="\r\n01234\r\n${CL_TE_BODY}`)],
    ["chunk data ended by LF", chunked(`5\r\n01234\n${CL_TE_BODY}`)],
    ["chunk data ended by two other bytes (TERM.SPILL)", chunked(`5\r\n01234XX0\r\n\r\n${SMUGGLED}`)],
    ["chunk data longer than its size", chunked(`5\r\n012345\r\n${CL_TE_BODY}`)],
    ["a last chunk ended by LF", chunked(`0\n\r\n${SMUGGLED}`)],
    ["a last chunk of LF LF", chunked(`0\n\n${SMUGGLED}`)],
    ["trailers ended by LF", chunked(`0\r\nX: a\n\r\n${SMUGGLED}`)],
    ["trailers that end with a LF of their own", chunked(`0\r\n\n${SMUGGLED}`)],
    ["a trailer with a length", chunked(`0\r\nContent-Length: 44\r\n\r\n${SMUGGLED}`)],
    ["a trailer with a coding", chunked(`0\r\nTransfer-Encoding: chunked\r\n\r\n${SMUGGLED}`)],
    ["a trailer with a space before the colon", chunked(`0\r\nX : a\r\n\r\n${SMUGGLED}`)],
    ["a folded trailer", chunked(`0\r\nX: a\r\n b\r\n\r\n${SMUGGLED}`)],
    ["a trailer without a colon (TRAILER.GET)", chunked(`0\r\n${SMUGGLED}`)],
  ];
  test.each(rows)("%s", async (_technique, payload) => {
    expect(await seenOf(payload)).toEqual([]);
    // Whether the fault is in the first read or in a later one makes no difference.
    expect(await seenOf(payload, payload.indexOf("\r\n\r\n") + 4)).toEqual([]);
  });
});

describe("is one reading for everybody", () => {
  const body = (text: string) => `POST /first ${text}`;
  const last = "GET /last ";
  const rows: [string, string, string[]][] = [
    [
      "a body that looks like a request",
      post(`Content-Length: ${SMUGGLED.length}`, SMUGGLED + LAST),
      [body(SMUGGLED), last],
    ],
    [
      "a chunk that looks like a request",
      chunked(`${SMUGGLED_SIZE}\r\n${SMUGGLED}\r\n0\r\n\r\n${LAST}`),
      [body(SMUGGLED), last],
    ],
    ["a chunk that looks like the last one", chunked(`5\r\n0\r\n\r\n\r\n0\r\n\r\n${LAST}`), [body("0\r\n\r\n"), last]],
    ["a length with zeros before it", post("Content-Length: 0005", `01234${LAST}`), [body("01234"), last]],
    ["white space around a length", post("Content-Length: \t 5 \t ", `01234${LAST}`), [body("01234"), last]],
    [
      "a coding in other letters, with white space",
      post("TRANSFER-ENCODING:\t CHUNKED \t", `0\r\n\r\n${LAST}`),
      [body(""), last],
    ],
    [
      "a GET with a body (CL.0)",
      get(`Content-Length: ${SMUGGLED.length}`) + SMUGGLED + LAST,
      [`GET /first ${SMUGGLED}`, last],
    ],
    [
      "a GET with chunks (TE.0)",
      `${get("Transfer-Encoding: chunked")}${SMUGGLED_SIZE}\r\n${SMUGGLED}\r\n0\r\n\r\n${LAST}`,
      [`GET /first ${SMUGGLED}`, last],
    ],
    [
      "an OPTIONS with a body",
      get(`Content-Length: ${SMUGGLED.length}`).replace("GET", "OPTIONS") + SMUGGLED + LAST,
      [`OPTIONS /first ${SMUGGLED}`, last],
    ],
    ["a length of none", post("Content-Length: 0", LAST), [body(""), last]],
    [
      "a length that Connection names",
      post("Connection: Content-Length\r\nContent-Length: 3", `abc${LAST}`),
      [body("abc"), last],
    ],
    [
      "a coding that Connection names",
      post("Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked", `3\r\nabc\r\n0\r\n\r\n${LAST}`),
      [body("abc"), last],
    ],
    ["a length in another spelling", post("Content_Length: 5", LAST), [body(""), last]],
    ["Content-Length in the name of another field", post("X-Content-Length: 5", LAST), [body(""), last]],
    [
      "an extension in quotes with a line's parts",
      chunked(`3;a="0;0";b\r\nabc\r\n0\r\n\r\n${LAST}`),
      [body("abc"), last],
    ],
    ["a last chunk of many zeros", chunked(`000000\r\n\r\n${LAST}`), [body(""), last]],
    ["an empty line before a request", `\r\n${post("Content-Length: 1", `a\r\n${LAST}`)}`, [body("a"), last]],
    [
      "an absolute target with another host",
      `GET http://other/first HTTP/1.1\r\nHost: h\r\n\r\n${LAST}`,
      ["GET /first ", last],
    ],
    [
      "a refused upgrade with a request behind it",
      get("Connection: Upgrade\r\nUpgrade: websocket") + LAST,
      ["GET /first ", last],
    ],
    [
      "an upgrade to h2c with a request behind it",
      get("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA") + LAST,
      ["GET /first ", last],
    ],
    [
      "an upgrade with a body",
      post(`Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: ${SMUGGLED.length}`, SMUGGLED + LAST),
      [body(SMUGGLED), last],
    ],
    ["what follows Connection: close", get("Connection: close") + SMUGGLED, ["GET /first "]],
    ["what follows a request of HTTP/1.0", `GET /first HTTP/1.0\r\n\r\n${SMUGGLED}`, ["GET /first "]],
    [
      "what follows a request that is refused",
      `${get("X: a")}GET /bad\x01 HTTP/1.1\r\nHost: h\r\n\r\n${SMUGGLED}`,
      ["GET /first "],
    ],
    ["what follows a broken body", `${get("X: a")}${chunked(`z\r\n${SMUGGLED}`)}`, ["GET /first "]],
    [
      "a CONNECT behind a request",
      `${get("X: a")}CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n${SMUGGLED}`,
      ["GET /first "],
    ],
    ["a hundred requests at once", get("X: a").repeat(100) + LAST, [...Array<string>(100).fill("GET /first "), last]],
  ];
  test.each(rows)("%s", async (_technique, payload, seen) => {
    expect(await seenOf(payload)).toEqual(seen);
    expect(await seenOf(payload, Math.floor(payload.length / 2))).toEqual(seen);
  });

  test("a body that stays unsent is no request: what the client sends later belongs to it", async () => {
    const node = await startNode((incoming, response, body) =>
      response.end(`${incoming.method} ${incoming.url} ${body}`),
    );
    const { port } = await proxyFor([node]);
    const client = new RawClient(port).send(post("Content-Length: 20", ""));
    client.send("GET /x HTTP/1.1\r\n\r\n\r");
    await client.has("POST /first GET /x");
    expect(node.hits).toBe(1);
  });
});
