// npm run bench:memory: what a proxy process holds while 200 clients each pull 1 GiB slowly. Ends with 1 above the limit.
import net from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EMPTY_CONFIG } from "#lib/contracts/config.ts";
import { BYTES_PATH } from "../support/items.ts";
import { freePort } from "../support/ports.ts";
import { poolOf, startProduct } from "../support/product.ts";
import { machine, writeToDocument } from "../support/report.ts";
import { memoryBytes } from "../support/usage.ts";
import { Workshop } from "../support/workshop.ts";

const CLIENTS = 200;
const BYTES = 2 ** 30;
const SECONDS = 20;
/** Each client takes what is there this often, and nothing in between. */
const TAKES_EVERY_MS = 200;
const LIMIT_BYTES = 150e6;

if (process.platform !== "linux") {
  console.log("The benchmark reads memory from Linux's /proc and runs on Linux only.");
  process.exit(1);
}

let received = 0;
let closed = 0;

function pullSlowly(port: number): net.Socket {
  const socket = net.connect(port, "127.0.0.1");
  socket.write(`GET ${BYTES_PATH}${BYTES} HTTP/1.1\r\nHost: bench\r\n\r\n`);
  socket.on("error", () => {});
  socket.on("close", () => closed++);
  socket.on("data", (bytes) => {
    received += bytes.length;
    socket.pause();
    setTimeout(() => socket.resume(), TAKES_EVERY_MS);
  });
  return socket;
}

const shop = new Workshop("memory");
const nodePort = await freePort();
await shop.start("node", process.execPath, [path.join(import.meta.dirname, "../proxy/node.ts"), String(nodePort)]);
const document = { ...EMPTY_CONFIG, pools: [poolOf("bytes", "least-connections", [nodePort])] };
const product = await startProduct(shop, { document, processes: 1 });
const pids = product.proxies.map((proxy) => proxy.pid);
await sleep(2_000);
const idleBytes = memoryBytes(pids);
const sockets = Array.from({ length: CLIENTS }, () => pullSlowly(product.port));
let peakBytes = 0;
for (let second = 0; second < SECONDS; second++) {
  await sleep(1_000);
  peakBytes = Math.max(peakBytes, memoryBytes(pids));
}
const lost = closed;
for (const socket of sockets) socket.destroy();
const grownBytes = peakBytes - idleBytes;
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0);
const text =
  `Measured ${new Date().toISOString().slice(0, 10)} on ${machine()}: idle ${megabytes(idleBytes)} MB; at most ` +
  `${megabytes(grownBytes)} MB more in ${SECONDS} s while ${CLIENTS} clients each pulled 1 GiB slowly ` +
  `(${megabytes(received)} MB in all).`;
console.log(text);
writeToDocument("bench:memory", text);
await shop.stopAll();
if (lost > 0) console.error(`!! ${lost} connections were closed before their end`);
if (grownBytes > LIMIT_BYTES) console.error(`!! more than ${megabytes(LIMIT_BYTES)} MB above idle`);
process.exit(lost > 0 || grownBytes > LIMIT_BYTES ? 1 : 0);
