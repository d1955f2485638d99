// The node behind the proxies under test: answers prepared in advance, so that it is never the bottleneck.
import net from "node:net";
import {
  BYTES_PATH,
  bodyTemplate,
  ITEM_BYTES,
  ITEM_PATH,
  NUMBER_DIGITS,
  NUMBER_OFFSET,
  PATTERN,
} from "../support/items.ts";

const HEAD_END = "\r\n\r\n";
const METHOD = "GET ";
const HEADERS = "Server: node\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\nCache-Control: no-store\r\n";
const TEMPLATE = bodyTemplate(ITEM_BYTES);
const BEFORE_NUMBER =
  `HTTP/1.1 200 OK\r\n${HEADERS}Content-Type: application/json\r\nContent-Length: ${ITEM_BYTES}\r\n\r\n` +
  TEMPLATE.slice(0, NUMBER_OFFSET);
const AFTER_NUMBER = TEMPLATE.slice(NUMBER_OFFSET + NUMBER_DIGITS);
/** Probes ask for `/`. */
const ROOT = `HTTP/1.1 200 OK\r\n${HEADERS}Content-Length: 2\r\n\r\nok`;
/** Four repetitions of the pattern in one write. */
const BLOCK = Buffer.concat([PATTERN, PATTERN, PATTERN, PATTERN]);

function serve(socket: net.Socket): void {
  let rest = "";
  socket.on("error", () => socket.destroy());
  socket.on("data", (bytes) => {
    let text = rest + bytes.toString("latin1");
    for (let end = text.indexOf(HEAD_END); end >= 0; end = text.indexOf(HEAD_END)) {
      answer(socket, text);
      text = text.slice(end + HEAD_END.length);
    }
    rest = text;
  });
}

function answer(socket: net.Socket, text: string): void {
  if (text.startsWith(ITEM_PATH, METHOD.length)) {
    const at = METHOD.length + ITEM_PATH.length;
    socket.write(BEFORE_NUMBER + text.slice(at, at + NUMBER_DIGITS) + AFTER_NUMBER, "latin1");
  } else if (text.startsWith(BYTES_PATH, METHOD.length)) {
    stream(socket, Number.parseInt(text.slice(METHOD.length + BYTES_PATH.length), 10));
  } else socket.write(ROOT, "latin1");
}

/** `length` bytes of the pattern, no faster than the other side takes them. */
function stream(socket: net.Socket, length: number): void {
  socket.write(`HTTP/1.1 200 OK\r\n${HEADERS}Content-Length: ${length}\r\n\r\n`, "latin1");
  let left = length;
  const more = () => {
    while (left > 0) {
      const count = Math.min(left, BLOCK.length);
      left -= count;
      if (!socket.write(BLOCK.subarray(0, count)) && left > 0) return void socket.once("drain", more);
    }
  };
  more();
}

const server = net.createServer({ noDelay: true }, serve);
server.listen({ port: Number(process.argv[2]), host: "127.0.0.1", backlog: 4_096 }, () =>
  process.send?.({ type: "ready" }),
);
process.on("disconnect", () => process.exit(0));
