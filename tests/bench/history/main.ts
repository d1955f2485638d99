// npm run bench:history: how long the questions take that charts ask of the history of a thousand nodes, in a PostgreSQL of
// the benchmark's own: cold, with nothing in the server's memory (the operating system's may hold it), and warm.
// Ends with 1 when a month takes longer than the limit.   --nodes 1000
import os from "node:os";
import { parseArgs } from "node:util";
import pg from "pg";
import { startDatabase } from "../support/history-database.ts";
import { machine, median, table, writeToDocument } from "../support/report.ts";
import { Workshop } from "../support/workshop.ts";
import { type Fleet, fill, makeFleet } from "./fill.ts";
import { fillAlerts, LABEL_QUESTIONS } from "./labels.ts";

const { values: options } = parseArgs({ options: { nodes: { type: "string", default: "1000" } } });
const NODES = Number(options.nodes);
const LIMIT_MS = 500;
const ROUNDS = 7;
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const RANGES = [
  ["1 h", HOUR],
  ["6 h", 6 * HOUR],
  ["24 h", DAY],
  ["7 d", 7 * DAY],
  ["30 d", 30 * DAY],
  ["13 months", 396 * DAY],
] as const;
const questionsOf = ({ pools, nodes }: Fleet) =>
  [
    ["one node", { scope: "node", id: nodes[0]?.id }],
    ["one pool", { scope: "pool", id: pools[0] }],
    ["all pools together", { scope: "all" }],
  ] as const;

async function main(): Promise<void> {
  const shop = new Workshop("history");
  const database = await startDatabase(shop);
  const fleet = makeFleet(NODES);
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const nowMs = Math.floor(Date.now() / MINUTE) * MINUTE;
  const started = performance.now();
  const rows = await fill(client, fleet, nowMs);
  // As retention leaves it: without the empty partitions that were made on the way.
  await client.query("SELECT metric_expire_at($1)", [new Date(nowMs).toISOString()]);
  await client.query("VACUUM (ANALYZE) metric_rollup");
  const { rows: sizes } = await client.query(
    "SELECT sum(pg_total_relation_size(relid)) AS bytes FROM pg_partition_tree('metric_rollup') WHERE isleaf",
  );
  const alerts = await fillAlerts(client, nowMs);
  await client.end();
  const gb = Number(sizes[0].bytes) / 1e9;
  console.log(`${rows} rows, ${gb.toFixed(2)} GB, made in ${((performance.now() - started) / 1_000).toFixed(0)} s`);
  process.env.DATABASE_URL = database.url;
  const { readMetrics } = await import("#lib/services/read-metrics.ts");
  const { closeDb, db } = await import("#lib/store/db.ts");
  const actor = { kind: "token", id: "bench", name: "bench", role: "viewer" } as never;

  // The database's own time is asked for, not what the first question of a process costs it.
  const other = fleet.nodes.at(-1)?.id;
  for (const [, rangeMs] of RANGES)
    await readMetrics(actor, { scope: "node", id: other, rangeMs, toMs: nowMs, detail: "true" });

  const faults: string[] = [];
  const lines: string[][] = [];
  for (const [range, rangeMs] of RANGES)
    for (const [question, query] of questionsOf(fleet)) {
      const ask = async () => {
        const before = performance.now();
        const series = await readMetrics(actor, { ...query, rangeMs, toMs: nowMs, detail: "true" });
        const tookMs = performance.now() - before;
        if (series.total.requestsPerSecond === null) throw new Error(`${question} over ${range} found nothing`);
        return tookMs;
      };
      await closeDb();
      await database.restart();
      await db().$queryRaw`SELECT 1`;
      const coldMs = await ask();
      const warm: number[] = [];
      for (let round = 0; round < ROUNDS; round++) warm.push(await ask());
      lines.push([`${question}, ${range}`, coldMs.toFixed(0), median(warm).toFixed(0), Math.max(...warm).toFixed(0)]);
      console.log(lines.at(-1)?.join("  "));
      if (rangeMs <= 30 * DAY && Math.max(coldMs, median(warm)) > LIMIT_MS)
        faults.push(`${question} over ${range}: ${coldMs.toFixed(0)} ms cold, ${median(warm).toFixed(0)} ms warm`);
    }
  const others = [await timeTruth(fleet, nowMs, database.restart)];
  for (const [question, label] of LABEL_QUESTIONS) others.push(await timeLabels(question, label, database.restart));
  for (const { line, worstMs } of others) {
    lines.push(line);
    console.log(line.join("  "));
    if (worstMs > LIMIT_MS) faults.push(`${line[0]}: ${worstMs.toFixed(0)} ms`);
  }
  await closeDb();
  const text = table(["question, with every detail", "cold ms", "warm ms", "slowest warm ms"], lines);
  console.log(text);
  const load = os.loadavg().map((each) => each.toFixed(1));
  console.log(`load of the machine over 1, 5 and 15 minutes: ${load.join(", ")} (each question needs one core)`);
  const day = new Date().toISOString().slice(0, 10);
  const about = `${NODES} nodes in ${fleet.pools.length} pools, ${rows} stored spans, ${gb.toFixed(1)} GB; ${alerts} alerts.`;
  writeToDocument("bench:history", `Measured ${day} on ${machine()}, at a load of ${load[1]}. ${about}\n\n${text}`);
  for (const fault of faults) console.error(`!! ${fault}`);
  process.exit(faults.length > 0 ? 1 : 0);
}

/** How well probes agree with traffic in one pool of all the nodes, over the last day. */
async function timeTruth({ pools, nodes }: Fleet, nowMs: number, restart: () => Promise<void>) {
  const { readNodeDays } = await import("#lib/store/probe-truth.ts");
  const { nodeProbeTruth } = await import("#lib/core/probe-truth/truth.ts");
  const { ConfigPool } = await import("#lib/contracts/config.ts");
  const { db } = await import("#lib/store/db.ts");
  const pool = ConfigPool.parse({ id: pools[0], name: "bench", algorithm: "least-connections", nodes: [] });
  const window = { fromMs: nowMs - DAY, toMs: nowMs };
  const ids = nodes.map(({ id }) => id);
  const ask = async () => {
    const before = performance.now();
    const days = await readNodeDays(db(), pool.id, ids, window);
    const found = days.map((each) => nodeProbeTruth(each, pool, window));
    if (found.every(({ requests }) => requests === 0)) throw new Error("the truth of probes found nothing");
    return performance.now() - before;
  };
  return timed(`truth of probes, ${ids.length} nodes of one pool`, ask, restart);
}

/** The newest alerts whose labels fit, of the whole history. */
async function timeLabels(question: string, label: string, restart: () => Promise<void>) {
  const { listAlerts } = await import("#lib/services/alerts.ts");
  const actor = { kind: "token", id: "bench", name: "bench", role: "viewer" } as never;
  const ask = async () => {
    const before = performance.now();
    await listAlerts(actor, { label });
    return performance.now() - before;
  };
  return timed(question, ask, restart);
}

/** @param ask takes so many milliseconds; its first time in this process does not count */
async function timed(question: string, ask: () => Promise<number>, restart: () => Promise<void>) {
  const { closeDb, db } = await import("#lib/store/db.ts");
  await ask();
  await closeDb();
  await restart();
  await db().$queryRaw`SELECT 1`;
  const coldMs = await ask();
  const warm: number[] = [];
  for (let round = 0; round < ROUNDS; round++) warm.push(await ask());
  const line = [question, ...[coldMs, median(warm), Math.max(...warm)].map((ms) => ms.toFixed(0))];
  return { line, worstMs: Math.max(coldMs, median(warm)) };
}

await main();
