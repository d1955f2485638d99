// Memory of a proxy process with two hundred clients that take, or give, bodies without end slowly: flat, since what is not
// taken is not read either.
import fs from "node:fs";
import http from "node:http";
import net from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { cleanUp, onCleanUp } from "./clean-up.ts";
import { ownSocket, startProcess, writeConfig } from "./proxy-process.ts";
import { listen } from "./rig.ts";

afterEach(cleanUp);
vi.setConfig({ testTimeout: 240_000 });

const MIB = 1_048_576;
const CLIENTS = 200;
/** How much of each body must have passed: far more than a process may keep of it (a tenth would be 40 MiB in all). */
const EACH = 2 * MIB;
const PAUSE_MS = 50;
const PIECE = Buffer.alloc(65_536, "x");

const rssOf = (pid: number) =>
  Number(/VmRSS:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1_024;

/** Writes as fast as it is taken, without end. */
function pour(to: NodeJS.WritableStream): void {
  const more = () => {
    while (to.writable && to.write(PIECE));
  };
  to.on("drain", more);
  more();
}

/** Takes a piece, then pauses. @param onPiece gets the size of each */
function sip(from: NodeJS.ReadableStream, onPiece: (size: number) => void): void {
  from.on("data", (piece: Buffer) => {
    onPiece(piece.length);
    from.pause();
    setTimeout(() => from.resume(), PAUSE_MS).unref();
  });
}

async function startNode(handle: http.RequestListener): Promise<string> {
  const server = http.createServer((request, response) => {
    request.on("error", () => {});
    response.on("error", () => {});
    handle(request, response);
  });
  const port = await listen(server);
  onCleanUp(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${port}`;
}

/** Two hundred clients of one process, each of which sends `head`. */
async function startClients(nodeUrl: string, head: string) {
  const root = await writeConfig([{ nodes: [{ url: nodeUrl }] }]);
  const { handle, port } = await ownSocket();
  const { pid } = await startProcess(root, handle.fd);
  const idle = rssOf(pid as number);
  const clients = Array.from({ length: CLIENTS }, () => {
    const socket = net.connect(port, "127.0.0.1", () => socket.write(head));
    socket.on("error", () => {});
    onCleanUp(() => void socket.destroy());
    return socket;
  });
  return { clients, grownMiB: () => (rssOf(pid as number) - idle) / MIB };
}

/** Looks at the process until all have come that far. @returns by how much it grew at most */
async function growth(passed: readonly number[], grownMiB: () => number): Promise<number> {
  let most = 0;
  const look = () => {
    most = Math.max(most, grownMiB());
    expect(passed).toHaveLength(CLIENTS);
    expect(Math.min(...passed)).toBeGreaterThan(EACH);
  };
  await vi.waitFor(look, { timeout: 200_000, interval: 25 });
  return most;
}

test("two hundred slow downloads without end grow a process by less than 150 MB", async () => {
  const url = await startNode((_request, response) => pour(response));
  const { clients, grownMiB } = await startClients(url, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  const received = clients.map(() => 0);
  for (const [i, client] of clients.entries())
    sip(client, (size) => {
      received[i] = (received[i] as number) + size;
    });
  const grown = await growth(received, grownMiB);
  console.info(`grew by ${grown.toFixed(1)} MiB`);
  expect(grown).toBeLessThan(150);
});

test("two hundred uploads without end to a slow node grow a process by less than 150 MB", async () => {
  const taken: number[] = [];
  const url = await startNode((request) => {
    const i = taken.push(0) - 1;
    sip(request, (size) => {
      taken[i] = (taken[i] as number) + size;
    });
  });
  const head = `POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ${1_024 * MIB}\r\n\r\n`;
  const { clients, grownMiB } = await startClients(url, head);
  for (const client of clients) client.once("connect", () => pour(client));
  const grown = await growth(taken, grownMiB);
  console.info(`grew by ${grown.toFixed(1)} MiB`);
  expect(grown).toBeLessThan(150);
});
