// npm run bench:push: from a PATCH of one field to the moment at which every proxy process of every worker runs it, on real
// PostgreSQL. It tells on standard error how far it is, and publishes for --seconds at most: on a busy machine the figures are of
// fewer publishes.   --nodes 1000  --pools 10  --workers 2  --processes 2  --publishes 200  --seconds 60
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { handleApi } from "#lib/server/dispatch.ts";
import { closeDb, db } from "#lib/store/db.ts";
import { closeNotifications } from "#lib/store/notifications.ts";
import { hashToken } from "#lib/store/secrets.ts";
import { startDatabase } from "../probes/database.ts";
import { machine, quantile, table } from "../support/report.ts";
import { cpuSeconds } from "../support/usage.ts";
import { Workshop } from "../support/workshop.ts";
import { type Applied, type RunningWorker, startWorker } from "./worker.ts";

const { values: options } = parseArgs({
  options: {
    nodes: { type: "string", default: "1000" },
    pools: { type: "string", default: "10" },
    workers: { type: "string", default: "2" },
    processes: { type: "string", default: "2" },
    publishes: { type: "string", default: "200" },
    seconds: { type: "string", default: "60" },
  },
});
const [NODES, POOLS, WORKERS, PROCESSES, PUBLISHES] = [
  Number(options.nodes),
  Number(options.pools),
  Number(options.workers),
  Number(options.processes),
  Number(options.publishes),
];
const WARM_UP = 20;
const WITHIN_MS = 10_000;
/** How long everything before the first publish may take, and after the last one. */
const AROUND_MS = 180_000;
const PROGRESS_EVERY_MS = 5_000;
const MEASURED_MS = Number(options.seconds) * 1_000;
const TOKEN = randomUUID();

async function api(method: string, path: string, body?: object): Promise<{ headers: Headers; body: unknown }> {
  const response = await handleApi(
    new Request(`http://bench.test/api/v1${path}`, {
      method,
      headers: { host: "bench.test", authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
      body: body && JSON.stringify(body),
    }),
  );
  const answer = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return { headers: response.headers, body: answer };
}

/** The nodes of POOLS pools; probes are off: what is measured is the push alone. */
async function makeFleet(): Promise<string[]> {
  const size = NODES / POOLS;
  const ids: string[] = [];
  for (let pool = 0; pool < POOLS; pool++) {
    const nodes = Array.from({ length: size }, (_, at) => ({
      name: `node ${pool}-${at}`,
      url: `http://10.${pool}.${Math.floor(at / 250)}.${at % 250}:8080`,
      weight: 1,
    }));
    const { body } = await api("POST", "/pools", {
      name: `pool ${pool}`,
      algorithm: "least-connections",
      healthCheck: { enabled: false },
      isDefault: pool === 0,
      nodes,
    });
    const { body: made } = await api("GET", `/pools/${(body as { id: string }).id}/nodes`);
    ids.push(...(made as { items: { id: string }[] }).items.map(({ id }) => id));
  }
  return ids;
}

/** When each proxy process put a revision in force. */
class Log {
  readonly #applied = new Map<number, Applied[]>();
  #isWaited: (() => void) | undefined;

  add = (applied: Applied): void => {
    const others = this.#applied.get(applied.revision) ?? [];
    this.#applied.set(applied.revision, [...others, applied]);
    this.#isWaited?.();
  };

  async whole(revision: number): Promise<Applied[]> {
    for (const deadline = performance.now() + WITHIN_MS; ; ) {
      const applied = this.#applied.get(revision) ?? [];
      if (applied.length === WORKERS * PROCESSES) return applied;
      if (performance.now() > deadline)
        throw new Error(`revision ${revision} runs in ${applied.length} processes only`);
      await Promise.race([sleep(50), new Promise<void>((resolve) => (this.#isWaited = resolve))]);
    }
  }
}

type Sample = { answered: number; everywhere: number; first: number; took: number[]; converged: boolean };

async function publishOnce(log: Log, nodeId: string, weight: number): Promise<Sample> {
  const [startedMs, startedAtMs] = [performance.now(), Date.now()];
  const { headers } = await api("PATCH", `/nodes/${nodeId}`, { weight });
  const answered = performance.now() - startedMs;
  const applied = await log.whole(Number(headers.get("gb-revision")));
  const delays = applied.map(({ atMs }) => atMs - startedAtMs);
  return {
    answered,
    everywhere: Math.max(...delays),
    first: Math.min(...delays),
    took: applied.map(({ tookMs }) => tookMs),
    converged: headers.get("gb-converged") === "true",
  };
}

const ms = (value: number) => value.toFixed(value < 10 ? 1 : 0);
const rowOf = (name: string, values: readonly number[]) => [
  name,
  ...[0.5, 0.9, 0.99, 1].map((share) => ms(quantile(values, share))),
];

let stage = "";
function begin(next: string): void {
  stage = next;
  console.error(`${(performance.now() / 1_000).toFixed(1)} s: ${stage}`);
}

const shop = new Workshop("push");
setTimeout(() => {
  console.error(`Given up after ${Math.round(performance.now() / 1_000)} s, in: ${stage}`);
  process.exit(1);
}, AROUND_MS + MEASURED_MS).unref();
begin("starting PostgreSQL");
process.env.DATABASE_URL = await startDatabase(shop);
process.env.GB_SECRET_KEY = "7e".repeat(32);
process.env.BETTER_AUTH_SECRET = "a secret of benchmarks, long enough for anybody";
await db().apiToken.create({ data: { name: "bench", role: "publisher", hash: hashToken(TOKEN) } });
const log = new Log();
const workers: RunningWorker[] = [];
begin(`starting ${WORKERS} workers with ${PROCESSES} proxy processes each`);
for (let at = 0; at < WORKERS; at++)
  workers.push(
    await startWorker(
      shop,
      { name: `worker-${at}`, databaseUrl: process.env.DATABASE_URL, processes: PROCESSES },
      log.add,
    ),
  );
begin(`making ${NODES} nodes in ${POOLS} pools`);
const nodeIds = await makeFleet();
const samples: Sample[] = [];
const pids = {
  control: workers.map(({ control }) => control.pid),
  proxy: workers.flatMap(({ proxies }) => proxies.map(({ pid }) => pid)),
};
let used = { control: 0, proxy: 0 };
begin(`publishing ${WARM_UP} times to warm up`);
let untilMs = Number.POSITIVE_INFINITY;
let toldMs = 0;
for (let at = 0; at < WARM_UP + PUBLISHES && performance.now() < untilMs; at++) {
  if (at === WARM_UP) {
    untilMs = performance.now() + MEASURED_MS;
    used = { control: cpuSeconds(pids.control), proxy: cpuSeconds(pids.proxy) };
  }
  const sample = await publishOnce(log, nodeIds[(at * 37) % nodeIds.length] as string, 2 + (at % 90));
  if (at < WARM_UP) continue;
  samples.push(sample);
  if (performance.now() - toldMs < PROGRESS_EVERY_MS) continue;
  toldMs = performance.now();
  begin(`${samples.length} of ${PUBLISHES} publishes measured`);
}
const perPublish = (pidsOf: number[], before: number) =>
  ms(((cpuSeconds(pidsOf) - before) * 1_000) / samples.length / pidsOf.length);
const rows = [
  rowOf(
    "the call → runs in the first proxy process",
    samples.map(({ first }) => first),
  ),
  rowOf(
    "the call → runs in every proxy process",
    samples.map(({ everywhere }) => everywhere),
  ),
  rowOf(
    "the call → answered, all workers have told",
    samples.map(({ answered }) => answered),
  ),
  rowOf(
    "of it, in a proxy: making ready and putting in force",
    samples.flatMap(({ took }) => took),
  ),
];
const converged = samples.filter((sample) => sample.converged).length;
console.log(
  `Measured ${new Date().toISOString().slice(0, 10)} on ${machine()}: ${NODES} nodes in ${POOLS} pools, ${WORKERS} workers × ${PROCESSES} proxy processes, ` +
    `${samples.length} publishes of one field each, one after the other. ${converged} answers told that all workers run it. ` +
    `Processor time a publish: ${perPublish(pids.control, used.control)} ms in each control process, ${perPublish(pids.proxy, used.proxy)} ms in each proxy process.\n\n` +
    table(["ms", "P50", "P90", "P99", "max"], rows),
);
begin("stopping");
await closeNotifications();
await closeDb();
await shop.stopAll();
process.exit(0);
