// Nodes that answer before they have read the request's body, at every moment of it, over connections that are kept on both
// sides: no byte of one answer may get into another, and no rest of a body be taken for a request.
import net from "node:net";
import { afterEach, expect, test } from "vitest";
import { cleanUp, onCleanUp } from "./clean-up.ts";
import { RawClient } from "./clients.ts";
import { listen, proxyFor, startRawNode } from "./rig.ts";
import { Dice } from "./soak/dice.ts";

afterEach(cleanUp);

const REQUESTS = 3_000;
const CLIENTS = 24;
const NODES = 3;

/** Says on every few bytes whose it is. */
const contentOf = (id: string, size: number): Buffer => Buffer.alloc(size, `${id};`);

/** What a request asks of the node: how much of the body it reads before it answers, and with how much. */
interface Asked {
  id: string;
  bodySize: number;
  answerSize: number;
  readFirst: number;
  isChunked: boolean;
}

/** A node that speaks HTTP/1.1 by hand, since Node's own server decides itself when to let go of a connection. */
async function startEarlyNode(faults: string[]): Promise<{ id: string; url: string }> {
  const server = net.createServer((socket) => {
    let kept: Buffer = Buffer.alloc(0);
    let asked: Asked | null = null;
    let read = 0;
    let hasAnswered = false;
    const answer = ({ id, answerSize, isChunked }: Asked) => {
      hasAnswered = true;
      const content = contentOf(id, answerSize);
      if (!isChunked) {
        socket.write(`HTTP/1.1 200 OK\r\nX-Id: ${id}\r\nContent-Length: ${answerSize}\r\n\r\n`);
        socket.write(content);
        return;
      }
      socket.write(`HTTP/1.1 200 OK\r\nX-Id: ${id}\r\nTransfer-Encoding: chunked\r\n\r\n`);
      const half = content.length >> 1;
      for (const part of [content.subarray(0, half), content.subarray(half)])
        if (part.length > 0)
          socket.write(Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n")]));
      socket.write("0\r\n\r\n");
    };
    const step = (): boolean => {
      if (asked === null) {
        const end = kept.indexOf("\r\n\r\n");
        if (end < 0) return false;
        const head = kept.toString("latin1", 0, end);
        const json = /^x-asked: (.*)$/im.exec(head)?.[1];
        if (json === undefined) {
          faults.push(`no request: ${JSON.stringify(head.slice(0, 100))}`);
          socket.destroy();
          return false;
        }
        asked = JSON.parse(json) as Asked;
        kept = kept.subarray(end + 4);
        read = 0;
        hasAnswered = false;
        return true;
      }
      const part = kept.subarray(0, asked.bodySize - read);
      if (
        !contentOf(asked.id, asked.bodySize)
          .subarray(read, read + part.length)
          .equals(part)
      )
        faults.push(`${asked.id}: another body`);
      read += part.length;
      kept = kept.subarray(part.length);
      if (!hasAnswered && read >= asked.readFirst) answer(asked);
      if (read < asked.bodySize) return false;
      asked = null;
      return kept.length > 0;
    };
    socket.on("error", () => {});
    socket.on("data", (bytes: Buffer) => {
      kept = Buffer.concat([kept, bytes]);
      while (step());
    });
    onCleanUp(() => void socket.destroy());
  });
  const port = await listen(server);
  onCleanUp(() => void server.close());
  return { id: crypto.randomUUID(), url: `http://127.0.0.1:${port}` };
}

/** One exchange on `socket`. @returns whether the connection may serve another */
function exchange(socket: net.Socket, asked: Asked, dice: Dice): Promise<boolean> {
  const { id, bodySize, answerSize } = asked;
  const head = `POST /early HTTP/1.1\r\nHost: h\r\nX-Asked: ${JSON.stringify(asked)}\r\nContent-Length: ${bodySize}\r\n\r\n`;
  const body = contentOf(id, bodySize);
  return new Promise((resolve, reject) => {
    let sent = 0;
    const sendMore = () => {
      if (sent >= bodySize || socket.destroyed) return;
      const part = body.subarray(sent, sent + 1 + dice.below(60_000));
      sent += part.length;
      socket.write(part, () => (dice.chance(0.5) ? setImmediate(sendMore) : setTimeout(sendMore, dice.below(2))));
    };
    const pieces: Buffer[] = [];
    const judge = () => {
      const all = Buffer.concat(pieces);
      const headEnd = all.indexOf("\r\n\r\n") + 4;
      if (headEnd < 4) return;
      const headText = all.toString("latin1", 0, headEnd);
      const got = bodyOf(all.subarray(headEnd), /chunked/i.test(headText) ? null : answerSize);
      if (got === null) return;
      finish();
      if (!headText.startsWith("HTTP/1.1 200 "))
        reject(new Error(`${JSON.stringify(asked)}, sent ${sent}: ${headText}`));
      else if (!headText.includes(`X-Id: ${id}\r\n`)) reject(new Error(`${id}: another's answer: ${headText}`));
      else if (!got.equals(contentOf(id, answerSize)))
        reject(new Error(`${id}: a wrong content of ${got.length} bytes`));
      else resolve(!/^connection: close/im.test(headText) && sent >= bodySize);
    };
    const onData = (bytes: Buffer) => {
      pieces.push(bytes);
      judge();
    };
    const onClose = () => {
      finish();
      reject(new Error(`${id}: closed after ${Buffer.concat(pieces).length} bytes`));
    };
    const finish = () => void socket.off("data", onData).off("close", onClose);
    socket.on("data", onData).on("close", onClose);
    socket.write(head);
    sendMore();
  });
}

/** The body, when it is whole; null: not yet. @param length null: in chunks */
function bodyOf(bytes: Buffer, length: number | null): Buffer | null {
  if (length !== null) return bytes.length < length ? null : bytes.subarray(0);
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = bytes.indexOf("\r\n", at);
    if (end < 0) return null;
    const size = Number.parseInt(bytes.toString("latin1", at, end), 16);
    if (bytes.length < end + 4 + size) return null;
    if (size === 0) return Buffer.concat(parts);
    parts.push(bytes.subarray(end + 2, end + 2 + size));
    at = end + 4 + size;
  }
}

test("answers that come at any moment of their requests' bodies are whole, and each its own", async () => {
  const seed = Number(process.env.GB_SOAK_SEED ?? 3);
  const faults: string[] = [];
  const nodes = await Promise.all(Array.from({ length: NODES }, () => startEarlyNode(faults)));
  const { port, server, poolId } = await proxyFor(nodes);
  let left = REQUESTS;
  const client = async (number: number) => {
    const dice = new Dice(seed * 1_000 + number);
    let socket: net.Socket | null = null;
    while (left-- > 0) {
      const bodySize = dice.below(dice.one([1, 2_000, 20_000, 100_000, 300_000]) + 1);
      const asked: Asked = {
        id: `c${number}r${left}`,
        bodySize,
        answerSize: dice.below(dice.one([1, 2_000, 20_000, 100_000, 300_000]) + 1),
        readFirst: Math.min(bodySize, dice.one([0, 0, 1, bodySize >> 1, bodySize])),
        isChunked: dice.chance(0.3),
      };
      socket ??= net.connect(port, "127.0.0.1").on("error", () => {});
      const goesOn = await exchange(socket, asked, dice);
      if (goesOn) continue;
      socket.destroy();
      socket = null;
    }
    socket?.destroy();
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(number)));
  expect(faults).toEqual([]);
  expect(server.poolState(poolId)?.active).toBe(0);
}, 120_000);

test("an answer that is under way is cut, and nothing put into it, when the rest of its request is no proper body", async () => {
  const start = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nearly";
  const node = await startRawNode((socket, text) => {
    if (text.includes("body")) socket.write(start);
  });
  const { port } = await proxyFor([node]);
  const client = new RawClient(port).send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody");
  await client.has("early");
  await client.send("\r\nno chunk\r\n").closed();
  expect(client.received).toMatch(/\r\n\r\nearly$/);
});
