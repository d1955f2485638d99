// Clients that use one connection for more than request and answer by turns: pipelines and WebSockets.
import net from "node:net";
import { WebSocket } from "ws";
import { anyStretch, bytesOf, type Stretch } from "./content.ts";
import type { Ground } from "./operations.ts";

const PATIENCE_MS = 90_000;

/** Several requests in one write; their answers must come in order, each whole and the right one. */
export function pipeline({ dice, port, id }: Ground): Promise<string> {
  const asked: Stretch[] = Array.from({ length: 2 + dice.below(8) }, () => anyStretch(dice, 30_000));
  const text = asked.map(({ size, offset }, i) => {
    const close = i === asked.length - 1 ? "Connection: close\r\n" : "";
    return `GET /ok?answer=${size},${offset}&framing=length HTTP/1.1\r\nHost: h\r\nX-Request-Id: ${id}-${i}\r\n${close}\r\n`;
  });
  const leavesAt = dice.chance(0.2) ? dice.below(20_000) : Number.POSITIVE_INFINITY;
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let size = 0;
    const socket = net.connect(port, "127.0.0.1", () => socket.write(text.join("")));
    socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error("no answer")));
    socket.on("data", (piece) => {
      pieces.push(piece);
      size += piece.length;
      if (size >= leavesAt) socket.destroy();
    });
    let fault: Error | null = null;
    socket.on("error", (error) => {
      fault = error;
    });
    socket.on("close", () => {
      const wrong = judgeAll(Buffer.concat(pieces), asked, id);
      if (wrong !== null && leavesAt === Number.POSITIVE_INFINITY)
        reject(new Error(`pipeline ${id}: ${wrong}, ${fault}`));
      else resolve(leavesAt === Number.POSITIVE_INFINITY ? "pipelined" : "left a pipeline");
    });
  });
}

/** @returns what is wrong */
function judgeAll(bytes: Buffer, asked: readonly Stretch[], id: string): string | null {
  let at = 0;
  for (const [i, stretch] of asked.entries()) {
    const headEnd = bytes.indexOf("\r\n\r\n", at) + 4;
    if (headEnd < 4) return `answer ${i} of ${asked.length} is missing`;
    const head = bytes.toString("latin1", at, headEnd);
    const length = Number(/^content-length: (\d+)\r$/im.exec(head)?.[1] ?? Number.NaN);
    if (!head.toLowerCase().includes(`\r\nx-request-id: ${id}-${i}\r\n`)) return `answer ${i} is another's: ${head}`;
    const body = bytes.subarray(headEnd, headEnd + length);
    at = headEnd + length;
    const isRight = head.startsWith("HTTP/1.1 200 ")
      ? body.equals(bytesOf(stretch))
      : /^HTTP\/1\.1 50[234] /.test(head);
    if (!isRight) return `answer ${i} is wrong: ${head}`;
  }
  return at === bytes.length ? null : "more than was asked for";
}

/** Messages there and back over a WebSocket, which either side may end, gently or not. */
export function socket({ dice, port, id }: Ground): Promise<string> {
  const client = new WebSocket(`ws://127.0.0.1:${port}/`, { headers: { "X-Request-Id": id } });
  const waiting: Buffer[] = [];
  let left = 1 + dice.below(6);
  const end = dice.one(["close", "terminate", "node"] as const);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`WebSocket ${id}: silence`)), PATIENCE_MS);
    const next = () => {
      if (left-- > 0) {
        const stretch = anyStretch(dice, 200_000);
        const message = bytesOf({ ...stretch, size: stretch.size + 4 });
        waiting.push(message);
        client.send(message);
      } else if (end === "node") client.send("bye");
      else client[end]();
    };
    client.on("open", next);
    client.on("message", (data: Buffer) => {
      const expected = waiting.shift();
      if (expected?.equals(data)) next();
      else {
        client.terminate();
        reject(new Error(`WebSocket ${id}: a wrong message`));
      }
    });
    client.on("error", () => {});
    client.on("close", () => {
      clearTimeout(timer);
      resolve(`socket ${end}`);
    });
  });
}
