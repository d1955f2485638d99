// What nodes tell of their CPU, memory and queues on real sockets: from exporters that behave, and from those that do not, to the
// database and to Prometheus; and how nodes are shared out among workers.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import http, { type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { ConfigNode, ConfigPool } from "#lib/contracts/config.ts";
import type { NodeResources, ResourceReading } from "#lib/contracts/resources.ts";
import type { LiveResources } from "#lib/contracts/views.ts";
import { isMine, nextTurnMs } from "#lib/core/resources/share-out.ts";
import { Outage } from "#lib/server/live/outage.ts";
import { startTestDatabase, type TestDatabase } from "#tests/support/postgres.ts";
import { Names } from "#workers/names/names.ts";
import { scrape } from "#workers/resources/scrape.ts";
import { scrapeTarget } from "#workers/resources/scrape-target.ts";
import {
  cleanups,
  connected,
  control,
  cuttable,
  documentOf,
  eventually,
  NODES,
  POOL,
  publish,
  quickPool,
  temporaryDataDir,
} from "./support.ts";

const after = cleanups();
afterEach(after.run);
let test: TestDatabase;
beforeAll(async () => {
  test = await startTestDatabase();
});
afterAll(() => test.stop());

const NODE_EXPORTER = readFileSync(new URL("../core/resources/node-exporter.txt", import.meta.url), "utf8");

async function exporter(answer: RequestListener) {
  const seen: { url: string; headers: http.IncomingHttpHeaders }[] = [];
  const server = http.createServer((request, response) => {
    seen.push({ url: request.url ?? "", headers: request.headers });
    answer(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after.add(() => {
    server.closeAllConnections();
    server.close();
  });
  return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const names = new Names();
afterAll(() => names.stop());

/** One scrape of an exporter, by a pool's settings. */
async function ask(url: string, settings: object = {}, more: { node?: object; nodeUrl?: string } = {}) {
  const node = ConfigNode.parse({ id: NODES[0], name: "a", url: more.nodeUrl ?? "http://127.0.0.1:9", ...more.node });
  const resources = { source: "scrape", url: `${url}/metrics`, timeoutMs: 5_000, ...settings };
  const pool = ConfigPool.parse({ id: POOL, name: "p", algorithm: "least-time", nodes: [], resources });
  const open = (value: string | object) => (typeof value === "string" ? value : (value as { value: string }).value);
  return scrape(scrapeTarget(node, pool, open as never), names.lookup, null, () => 0);
}
const reasons = ({ cpu, memory, backlog }: ResourceReading) =>
  [cpu, memory, backlog].map((one) => (one.state === "missing" ? one.reason : one.state));

it("are read from an exporter that behaves, which is asked for text and without credentials", async () => {
  const { url, seen } = await exporter((_, response) => response.end(NODE_EXPORTER));
  const credentials = [{ in: "header", name: "Authorization", value: { value: "Bearer secret-1" } }];
  const { result, reading } = await ask(url, { url: `${url}/m?x=1` }, { node: { credentials } });
  expect(result).toBe("ok");
  expect(reading.memory).toMatchObject({ state: "known", ratio: 0.25, of: "host" });
  expect(reasons(reading)).toEqual(["first-sample", "known", "not-configured"]);
  expect(seen[0]?.url).toBe("/m?x=1");
  expect(seen[0]?.headers.accept).toMatch(/^text\/plain;version=0.0.4/);
  expect(seen[0]?.headers.authorization).toBeUndefined();
});

it("are asked for with the node's credentials where that is set, on the node's own host only, and never told", async () => {
  const { url, seen } = await exporter((request, response) => {
    response.end(`jobs ${request.headers.authorization ?? "none"}\n`);
  });
  const credentials = [{ in: "header", name: "Authorization", value: { value: "secret-1" } }];
  const settings = { credentials: true, queueBacklog: "jobs" };
  const { reading } = await ask(url, settings, { node: { credentials } });
  expect(seen[0]?.headers.authorization).toBe("secret-1");
  expect(reading.backlog).toMatchObject({ state: "missing", reason: "malformed" });
  expect(JSON.stringify(reading)).not.toContain("secret-1");
  await ask(url, settings, { node: { credentials }, nodeUrl: "http://node.example.org:80" });
  expect(seen[1]?.headers.authorization).toBeUndefined();
});

it("are asked for where the node says, if it says so", async () => {
  const { url, seen } = await exporter((_, response) => response.end("jobs 3\n"));
  const { reading } = await ask(
    "http://127.0.0.1:9",
    { queueBacklog: "jobs" },
    { node: { resourcesUrl: `${url}/own` } },
  );
  expect(seen[0]?.url).toBe("/own");
  expect(reading.backlog).toEqual({ state: "known", waiting: 3 });
});

it.each<[string, RequestListener, object]>([
  ["http-timeout", () => {}, { timeoutMs: 400 }],
  ["body-timeout", (_, response) => void response.write("jobs 1\n"), { timeoutMs: 1_000 }],
  ["status-404", (_, response) => void response.writeHead(404).end("jobs 1\n"), {}],
  ["redirect", (_, response) => void response.writeHead(302, { location: "/jobs" }).end(), {}],
  ["body-too-large", (_, response) => void response.end(`#${"x".repeat(2_000)}\njobs 1\n`), { maxBodyBytes: 1_024 }],
  ["answer-truncated", (_, response) => void response.writeHead(200, { "content-length": 99 }).end("jobs 1\n"), {}],
  ["body-encoded", (_, response) => void response.writeHead(200, { "content-encoding": "gzip" }).end("x"), {}],
  ["malformed", (_, response) => void response.end("<html><body>jobs</body></html>\n"), {}],
  [
    "malformed",
    (_, response) => void response.setHeader("content-type", "application/openmetrics-text").end("other 1\n"),
    {},
  ],
  ["not-found", (_, response) => void response.end("# nothing here\n"), {}],
])("are missing with the reason %s", async (reason, answer, settings) => {
  const { url, seen } = await exporter(answer);
  const { reading } = await ask(url, { queueBacklog: "jobs", ...settings });
  expect(reasons(reading)).toEqual([reason, reason, reason]);
  expect(seen.length).toBe(1);
});

it("are missing when nobody listens", async () => {
  const { result, reading } = await ask("http://127.0.0.1:9");
  expect([result, ...reasons(reading)]).toEqual(Array(4).fill("connect-refused"));
});

const settings = (url: string) => ({
  healthCheck: { enabled: false },
  resources: { source: "scrape", url: `${url}/metrics`, intervalMs: 1_000, timeoutMs: 500, queueBacklog: "jobs" },
});
const counting = () => {
  let seconds = 0;
  return exporter((_, response) => {
    seconds += 10;
    response.end(`process_cpu_seconds_total ${seconds}\nprocess_resident_memory_bytes 500\njobs 3\n`);
  });
};
const metricsOf = async (port: number) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();

it("are asked for, stored with their history, and exposed; the loop outlives a database that was away", async () => {
  const { url } = await counting();
  const relay = await cuttable(after, test.url);
  const dir = await temporaryDataDir(after);
  const db = await connected(after, test.url);
  await publish(db, 1, documentOf(quickPool([{ id: NODES[0], url: "http://127.0.0.1:9" }], settings(url))));
  const { adminPort, workerId } = await control(after, { databaseUrl: relay.url, dir });
  const stored = async () => (await db.query("SELECT * FROM node_resource WHERE node_id = $1", [NODES[0]])).rows[0];
  await eventually(async () => {
    expect(await stored()).toMatchObject({ source: "scrape", told_by: workerId });
    expect((await stored()).reading.cpu.state).toBe("known");
  }, 20_000);
  const reading = (await stored()).reading as ResourceReading;
  expect(reading.backlog).toEqual({ state: "known", waiting: 3 });
  expect(reading.memory).toEqual({ state: "known", usedBytes: 500, limitBytes: null, ratio: null, of: "process" });
  const history = async () =>
    (
      await db.query(
        "SELECT resolution, sum(backlog_count)::int AS n, sum(backlog_sum)::float8 AS sum, max(backlog_max) AS max, sum(memory_ratio_count)::int AS ratios FROM resource_rollup GROUP BY 1 ORDER BY 1",
      )
    ).rows;
  const rows = await history();
  expect(rows.map(({ resolution }) => resolution)).toEqual(["10s", "1h", "1m"]);
  for (const row of rows) expect(row).toMatchObject({ sum: row.n * 3, max: 3, ratios: 0 });
  const text = await metricsOf(adminPort);
  expect(text).toMatch(/^gb_node_cpu_ratio\{pool="payments",node="node-1"\} \d/m);
  expect(text).toContain('gb_node_memory_used_bytes{pool="payments",node="node-1"} 500\n');
  expect(text).toContain('gb_node_queue_backlog{pool="payments",node="node-1"} 3\n');
  expect(text).not.toContain("gb_node_memory_limit_bytes{");
  expect(text).toMatch(/^gb_node_resource_scrapes_total\{result="ok"\} [1-9]/m);

  relay.cut();
  const scrapes = async () => Number(/scrapes_total\{result="ok"\} (\d+)/.exec(await metricsOf(adminPort))?.[1]);
  const atCut = await scrapes();
  await eventually(async () => expect(await scrapes()).toBeGreaterThan(atCut + 1), 20_000);
  // Open pages are told of them meanwhile, each answer once.
  const outage = new Outage();
  process.env.GB_ADMIN_PORT = String(adminPort);
  const seen: NodeResources[] = [];
  outage.begin((name, payload) => {
    if (name === "resources") seen.push(...(payload as LiveResources).nodes);
  });
  after.add(() => outage.end());
  await eventually(async () => expect(seen.length).toBeGreaterThan(1), 20_000);
  outage.end();
  expect(seen.at(-1)).toMatchObject({ nodeId: NODES[0], poolId: POOL, backlog: { state: "known", waiting: 3 } });
  expect(new Set(seen.map(({ atMs }) => atMs)).size).toBe(seen.length);
  const told = (await history())[0].n;
  relay.mend();
  // What was told meanwhile is in the history, too.
  await eventually(async () => expect((await history())[0].n).toBeGreaterThan(told + 1), 30_000);
}, 90_000);

it("that are pushed, or that another worker asked for, are exposed as well, until they are too old", async () => {
  const dir = await temporaryDataDir(after);
  const db = await connected(after, test.url);
  const pool = quickPool([{ id: NODES[1], url: "http://127.0.0.1:9" }], {
    healthCheck: { enabled: false },
    resources: { source: "push", intervalMs: 2_000 },
  });
  await publish(db, 2, documentOf(pool));
  const reading = { cpu: { state: "known", ratio: 0.5, of: "agent" }, memory: null, backlog: null };
  const missing = { state: "missing", reason: "not-pushed", detail: "" };
  await db.query("INSERT INTO node_resource VALUES ($1, now() + interval '4 seconds', 'push', 'agent', $2)", [
    NODES[1],
    JSON.stringify({ ...reading, memory: missing, backlog: missing }),
  ]);
  const { adminPort } = await control(after, { databaseUrl: test.url, dir });
  const line = 'gb_node_cpu_ratio{pool="payments",node="node-1"} 0.5\n';
  await eventually(async () => expect(await metricsOf(adminPort)).toContain(line), 20_000);
  await eventually(async () => expect(await metricsOf(adminPort)).not.toContain(line), 30_000);
}, 60_000);

it("are asked of each node by one worker, and of few nodes by another one when a worker goes", () => {
  const workers = ["w1", "w2", "w3"];
  const nodes = Array.from({ length: 3_000 }, (_, n) => `node-${n}`);
  const ownerOf = (node: string, among: string[]) => among.filter((worker) => isMine(node, worker, among));
  const owners = nodes.map((node) => ownerOf(node, workers));
  expect(owners.every((each) => each.length === 1)).toBe(true);
  for (const worker of workers) {
    const share = owners.filter(([owner]) => owner === worker).length / nodes.length;
    expect(share).toBeGreaterThan(0.28);
    expect(share).toBeLessThan(0.39);
  }
  const without = nodes.map((node) => ownerOf(node, ["w1", "w3"])[0]);
  expect(without.every((owner, at) => owners[at]?.[0] === "w2" || owner === owners[at]?.[0])).toBe(true);
  expect(isMine("node-1", "alone", [])).toBe(true);
});

it("are asked for evenly over the interval, each node at its own place in it", () => {
  const places = Array.from({ length: 1_000 }, (_, n) => nextTurnMs(`node-${n}`, 5_000, 0));
  const perSecond = Map.groupBy(places, (ms) => Math.floor((ms % 5_000) / 1_000));
  for (const second of [0, 1, 2, 3, 4]) expect(perSecond.get(second)?.length).toBeGreaterThan(140);
  const first = nextTurnMs("node-1", 5_000, 0);
  expect(nextTurnMs("node-1", 5_000, first - 1)).toBe(first);
  expect(nextTurnMs("node-1", 5_000, first)).toBe(first + 5_000);
  expect(nextTurnMs("node-1", 5_000, first + 12_345)).toBe(first + 15_000);
});

it("are kept in partitions, which go when they are too old", async () => {
  const db = await connected(after, test.url);
  const at = (ms: number) => new Date(ms).toISOString();
  const NOON = Date.UTC(2025, 5, 15, 12);
  const HOUR = 3_600_000;
  const put = (resolution: string) =>
    db.query(`INSERT INTO resource_rollup VALUES ($1, $2, $3, 1, 0.5, 0.5, 0, 0, NULL, 0, 0, 0, 0, NULL)`, [
      resolution,
      at(NOON),
      NODES[0],
    ]);
  for (const resolution of ["10s", "1m", "1h"]) await put(resolution);
  await db.query("SELECT resource_prepare_at($1)", [at(NOON)]);
  const places = async () =>
    (
      await db.query("SELECT tableoid::regclass::text AS place FROM resource_rollup WHERE at = $1 ORDER BY 1", [
        at(NOON),
      ])
    ).rows.map(({ place }) => place);
  expect(await places()).toEqual([
    "resource_rollup_10s_202506151200",
    "resource_rollup_1h_202506010000",
    "resource_rollup_1m_202506150000",
  ]);
  const expire = (ms: number) => db.query("SELECT resource_expire_at($1)", [at(ms)]);
  await expire(NOON + HOUR + 6 * HOUR - 1);
  expect((await places()).length).toBe(3);
  await expire(NOON + HOUR + 6 * HOUR);
  expect((await places()).length).toBe(2);
  await expire(NOON + 12 * HOUR + 7 * 24 * HOUR);
  expect(await places()).toEqual(["resource_rollup_1h_202506010000"]);
});
