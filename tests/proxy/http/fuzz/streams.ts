// Streams of requests, and answers: well-formed ones, ones made of parts that are nearly right, and well-formed ones with a
// few bytes changed. Mostly well-formed, so that what lies behind the first check is reached.
import fc from "fast-check";

const join = (parts: readonly string[]): string => parts.join("");
/** The first of them most of the time. */
const mostly = (good: string, ...bad: string[]) =>
  fc.oneof({ weight: 8, arbitrary: fc.constant(good) }, { weight: 1, arbitrary: fc.constantFrom(...bad) });

// --- bodies ----------------------------------------------------------------------------------------------------------

const data = fc.oneof(fc.stringMatching(/^[a-z\r\n]{0,20}$/), fc.constantFrom("0\r\n\r\n", "GET /x HTTP/1.1\r\n\r\n"));
const trailers = fc.oneof(
  { weight: 4, arbitrary: fc.constant("") },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "T: 1\r\n",
      "A: b\r\nC:\td \r\n",
      "Content-Length: 3\r\n",
      " T: 1\r\n",
      "T : 1\r\n",
      "T: 1\n",
    ),
  },
);
const extension = mostly(
  "",
  ";a",
  ";a=b",
  ';a="b c"',
  ";",
  " ;a",
  "; a = b",
  ";a=\x80",
  ";a\x01",
  ";\n",
  " ",
  "\t",
  ";a=b;c",
);
const size = (length: number) =>
  fc.constantFrom(
    length.toString(16),
    length.toString(16),
    length.toString(16).toUpperCase(),
    `0${length.toString(16)}`,
  );
const badSize = fc.constantFrom("0x1", " 1", "-1", "+1", "", "1g", "fffffffffffffffff", "1_0", "\t1");
const chunk = fc
  .tuple(
    data.filter((text) => text !== ""),
    extension,
    mostly("\r\n", "\n", "\r", "\r\n\r\n"),
    mostly("\r\n", "\n", "", "\r"),
  )
  .chain(([text, ext, lineEnd, dataEnd]) =>
    fc
      .oneof({ weight: 9, arbitrary: size(text.length) }, { weight: 1, arbitrary: badSize })
      .map((hex) => `${hex}${ext}${lineEnd}${text}${dataEnd}`),
  );
const tameChunk = data.filter((text) => text !== "").map((text) => `${text.length.toString(16)}\r\n${text}\r\n`);
const chunks = (one: fc.Arbitrary<string>) =>
  fc
    .tuple(
      fc.array(one, { maxLength: 4 }).map(join),
      mostly("0\r\n", "00\r\n", "0;x\r\n", "0\n", "0 \r\n", "0000\r\n", ""),
      trailers,
      mostly("\r\n", "\n", ""),
    )
    .map(join);

/** Framing fields and the body behind them. */
const framed = fc.oneof(
  data.map((text) => `Content-Length: ${text.length}\r\n\r\n${text}`),
  chunks(tameChunk).map((text) => `Transfer-Encoding: chunked\r\n\r\n${text}`),
  chunks(chunk).map((text) => `Transfer-Encoding: chunked\r\n\r\n${text}`),
  fc.constant("\r\n"),
);

// --- fields ----------------------------------------------------------------------------------------------------------

/** Not Proxy-Connection: Node reads it as Connection, which no RFC says, and no node ever gets it from us. */
const name = fc.constantFrom(
  ...["X-A", "x-b", "Content-Length", "Transfer-Encoding", "Connection", "Host", "Accept", "TE", "Trailer", "Expect"],
  ...["Upgrade", "Keep-Alive", "X Y", "X\u00e9", "", "X_A", "Content_Length", "Content-Length "],
);
const value = fc.constantFrom(
  ...["1", "0", "5", "a b", "chunked", "Chunked", "identity", "close", "keep-alive", "a, b", "", "\t x ", "a\x0bb"],
  ...[
    "+3",
    "3, 3",
    "3 3",
    "0x3",
    "caf\u00e9",
    "chunked, chunked",
    "gzip, chunked",
    "chunked,",
    ",chunked",
    "chunked;q=1",
  ],
  ...["\x0bchunked", "100-continue", "websocket", "Upgrade", "upgrade, close", "h", "h:80", "h h", "\x00", "\x7f", '"'],
);
const colon = mostly(": ", ":", " :", ":\t", "", "\t:", ": \t ");
const lineEnd = mostly("\r\n", "\n", "\r", "\r\n ", "\r\n\t", "\r\r\n", "\x00\r\n");
const field = fc.tuple(name, colon, value, lineEnd).map(join);
const tameField = fc
  .tuple(fc.constantFrom("X-A", "x-b", "Accept", "Cookie", "TE"), fc.stringMatching(/^[!-~]{0,8}( [!-~]{1,8})?$/))
  .map(([key, text]) => `${key}: ${text}\r\n`);
const fields = (one: fc.Arbitrary<string>) => fc.array(one, { maxLength: 4 }).map(join);

// --- messages --------------------------------------------------------------------------------------------------------

const requestLine = fc
  .tuple(
    mostly("POST", "GET", "PUT", "DELETE", "get", "G(T", "OPTIONS", "HEAD", "PRI"),
    mostly(" ", "  ", "\t"),
    mostly(
      "/a?b=c",
      "/",
      "*",
      "http://h/x",
      "http://h",
      "HTTP://other:1/",
      "/a b",
      "/%2e",
      "/\\",
      "/a#b",
      "/\u00e9",
      "//h/",
      "x",
    ),
    mostly(
      " HTTP/1.1",
      " HTTP/1.0",
      " HTTP/1.2",
      " http/1.1",
      "",
      " HTTP/2.0",
      " HTTP/1.1 ",
      " HTTP/01.1",
      "\tHTTP/1.1",
    ),
    lineEnd,
  )
  .map(join);
const blank = mostly("", "\r\n", "\r\n\r\n", "\n", "\r", " ");
const nearlyRequest = fc
  .tuple(blank, requestLine, mostly("Host: h\r\n", "", "Host: h\r\nHost: h\r\n"), fields(field), framed)
  .map(join);
const tameRequest = fc
  .tuple(fc.constantFrom("POST", "PUT"), fc.stringMatching(/^\/[a-z0-9/?=&-]{0,20}$/), fields(tameField), framed)
  .map(([method, target, more, body]) => `${method} ${target} HTTP/1.1\r\nHost: h\r\n${more}${body}`);
const requests = fc.array(fc.oneof(nearlyRequest, tameRequest, tameRequest), { minLength: 1, maxLength: 3 }).map(join);

const statusLine = fc
  .tuple(
    mostly("HTTP/1.1", "HTTP/1.0", "HTTP/1.2", "http/1.1", "HTTP/1.1 ", "ICY", "HTTP/2.0"),
    mostly(" 200", " 204", " 304", " 205", " 404", " 99", " 1000", " 2x0", " 100", " 103", " 101", " 999", ""),
    mostly(" OK", "", " ", " Not\tFound", " \u00e9", " \x01", " a\rb", "  two"),
    lineEnd,
  )
  .map(join);
const interim = mostly(
  "",
  "HTTP/1.1 100 Continue\r\n\r\n",
  "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n",
  "HTTP/1.1 100 C\r\nContent-Length: 3\r\n\r\n",
);
const nearlyAnswer = fc.tuple(interim, statusLine, fields(field), framed).map(join);
const tameAnswer = fc
  .tuple(interim, fields(tameField), framed)
  .map(([first, more, body]) => `${first}HTTP/1.1 200 OK\r\n${more}${body}`);
const answers = fc.oneof(nearlyAnswer, tameAnswer, tameAnswer);

// --- mutations -------------------------------------------------------------------------------------------------------

const NASTY = [
  "\r",
  "\n",
  "\r\n",
  "\0",
  "\t",
  " ",
  ":",
  ";",
  ",",
  "\x0b",
  "\x7f",
  "\x80",
  "\u00ff",
  "0",
  "1",
  "a",
  "-",
  "+",
  "\r\n\r\n",
];
const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  kind: fc.constantFrom("insert", "replace", "delete", "double"),
  text: fc.constantFrom(...NASTY),
});

/** Changes a few bytes, or none, anywhere. */
const mutated = (stream: fc.Arbitrary<string>) =>
  fc.tuple(stream, fc.oneof(fc.constant([]), fc.array(mutation, { maxLength: 2 }))).map(([text, changes]) => {
    let changed = text;
    for (const { at, kind, text: nasty } of changes) {
      const i = Math.floor(at * changed.length);
      const before = changed.slice(0, i);
      const after = changed.slice(i);
      if (kind === "insert") changed = before + nasty + after;
      else if (kind === "replace") changed = before + nasty + after.slice(1);
      else if (kind === "delete") changed = before + after.slice(1);
      else changed = before + after.slice(0, 1) + after;
    }
    return changed;
  });

export const requestStreams = mutated(requests);
export const answerStreams = mutated(answers);
