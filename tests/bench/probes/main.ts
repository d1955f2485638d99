// npm run bench:probes: what the control process costs that checks ten thousand nodes every five seconds, writing what it
// finds into PostgreSQL as it always does.   --only "TCP"  --nodes 10000  --seconds 30
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { ConfigDocument, NodeInput, PoolInput } from "#lib/contracts/config.ts";
import { dataDir } from "#lib/store/data-dir.ts";
import { freePort } from "../support/ports.ts";
import { machine, table, writeToDocument } from "../support/report.ts";
import { cpuSeconds, memoryBytes } from "../support/usage.ts";
import { type Started, Workshop } from "../support/workshop.ts";
import { publish, startDatabase } from "./database.ts";

const { values: options } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    nodes: { type: "string", default: "10000" },
    seconds: { type: "string", default: "30" },
  },
});
const COUNT = Number(options.nodes);
const MEASURED_MS = Number(options.seconds) * 1_000;
const INTERVAL_MS = 5_000;
/** The first round is the start; what is measured is the rhythm after it. */
const WARM_UP_MS = 2 * INTERVAL_MS + 2_000;
const POOL_SIZE = 1_000;
const ROOT = path.join(import.meta.dirname, "../../..");

type Ports = { web: number; hung: number; grpc: number };
type Case = { name: string; healthCheck: object; port: (ports: Ports, node: number) => number };
const only = { http: { enabled: false } };
const status = { kind: "json-equals", path: "$.status", value: "ok" };
const CASES: Case[] = [
  { name: "TCP and HTTP (the default)", healthCheck: {}, port: ({ web }) => web },
  { name: "TCP alone", healthCheck: only, port: ({ web }) => web },
  {
    name: "TCP, HTTP and a JSON value",
    healthCheck: { business: { enabled: true, statuses: [{ from: 100, to: 499 }], expect: [status] } },
    port: ({ web }) => web,
  },
  {
    name: "TCP and HTTP, a tenth of the nodes hung",
    healthCheck: {},
    port: ({ web, hung }, node) => (node % 10 ? web : hung),
  },
  { name: "TCP and gRPC", healthCheck: { ...only, grpc: { enabled: true } }, port: ({ grpc }) => grpc },
];
const chosen = CASES.filter(({ name }) => options.only?.some((start) => name.startsWith(start)) ?? true);

type Counts = { connections: number; mostOpen: number };
const message = <T>(from: Started, type: string): Promise<T> =>
  new Promise((resolve) => {
    const listen = (told: unknown) => {
      if ((told as { type?: string }).type !== type) return;
      from.process.off("message", listen);
      resolve(told as T);
    };
    from.process.on("message", listen);
  });
async function counts(nodes: Started): Promise<Counts> {
  const told = message<Counts>(nodes, "counts");
  nodes.process.send({ type: "count" });
  return told;
}

/** Of its own for each: nobody's last number is 0 or 255. */
const addressOf = (node: number): string => `127.1.${Math.floor(node / 250)}.${1 + (node % 250)}`;

function documentOf({ healthCheck, port }: Case, ports: Ports) {
  const pools = Array.from({ length: Math.ceil(COUNT / POOL_SIZE) }, (_, at) => {
    const size = Math.min(POOL_SIZE, COUNT - at * POOL_SIZE);
    const nodes = Array.from({ length: size }, (__, index) => {
      const node = at * POOL_SIZE + index;
      const url = `http://${addressOf(node)}:${port(ports, node)}`;
      return { id: randomUUID(), ...NodeInput.parse({ name: `n${node}`, url }) };
    });
    return {
      id: randomUUID(),
      ...PoolInput.parse({ name: `p${at}`, algorithm: "least-connections", healthCheck }),
      nodes,
    };
  });
  return ConfigDocument.parse({ pools, routes: [] });
}

async function startControl(shop: Workshop, databaseUrl: string, revision: number, document: object): Promise<Started> {
  const dir = dataDir(path.join(shop.dir, `worker-${revision}`));
  shop.file(path.relative(shop.dir, dir.config), JSON.stringify({ revision, document }));
  return shop.start("control", process.execPath, [path.join(ROOT, "workers/control/main.ts")], {
    env: {
      NODE_ENV: "production",
      GB_DATA_DIR: dir.root,
      GB_LOG_LEVEL: "warn",
      GB_ADMIN_PORT: String(await freePort()),
      GB_SECRET_KEY: "5e".repeat(32),
      DATABASE_URL: databaseUrl,
    },
  });
}

type Figures = {
  coreShare: number;
  perSecond: number;
  firstSecond: number;
  mostOpen: number;
  descriptors: number;
  memory: number;
};

async function measure(shop: Workshop, nodes: Started, control: Started): Promise<Figures> {
  await counts(nodes);
  await sleep(1_000);
  const firstSecond = (await counts(nodes)).connections;
  await sleep(WARM_UP_MS);
  await counts(nodes);
  const [startedMs, usedBefore] = [performance.now(), cpuSeconds([control.pid])];
  let descriptors = 0;
  while (performance.now() - startedMs < MEASURED_MS) {
    await Promise.race([sleep(500), control.failed]);
    descriptors = Math.max(descriptors, fs.readdirSync(`/proc/${control.pid}/fd`).length);
  }
  const seconds = (performance.now() - startedMs) / 1_000;
  const used = cpuSeconds([control.pid]) - usedBefore;
  const { connections, mostOpen } = await counts(nodes);
  const memory = memoryBytes([control.pid]);
  await shop.stop(control, "SIGTERM");
  return { coreShare: used / seconds, perSecond: connections / seconds, firstSecond, mostOpen, descriptors, memory };
}

const shop = new Workshop("probes");
const databaseUrl = await startDatabase(shop);
const nodes = await shop.start("nodes", process.execPath, [path.join(import.meta.dirname, "nodes.ts")], {
  ready: "none",
});
const ports = await message<Ports>(nodes, "ports");
const rows: string[][] = [];
for (const [at, one] of chosen.entries()) {
  const document = documentOf(one, ports);
  await publish(databaseUrl, at + 1, document);
  const figures = await measure(shop, nodes, await startControl(shop, databaseUrl, at + 1, document));
  const { coreShare, perSecond, firstSecond, mostOpen, descriptors, memory } = figures;
  rows.push([
    one.name,
    `${(coreShare * 100).toFixed(1)} %`,
    perSecond.toFixed(0),
    String(firstSecond),
    String(mostOpen),
    String(descriptors),
    (memory / 2 ** 20).toFixed(0),
  ]);
  console.log(rows.at(-1)?.join(" · "));
}
const head = ["levels", "of a core", "connections/s", "in the first second", "open at once", "descriptors", "MiB"];
const text = `Measured ${new Date().toISOString().slice(0, 10)} on ${machine()}: ${COUNT.toLocaleString("en")} nodes, every 5 s, over ${MEASURED_MS / 1_000} s.\n\n${table(head, rows)}`;
console.log(`\n${text}`);
if (chosen.length === CASES.length && COUNT === 10_000) writeToDocument("probes", text);
await shop.stopAll();
process.exit(0);
