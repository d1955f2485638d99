// npm run bench:import: what a file of many nodes takes from the PUT to its answer, on real PostgreSQL, without a worker: what
// is measured is the publish alone.   --nodes 10000  --pools 10  --rounds 3
import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import { handleApi } from "#lib/server/dispatch.ts";
import { closeDb, db } from "#lib/store/db.ts";
import { closeNotifications } from "#lib/store/notifications.ts";
import { hashToken } from "#lib/store/secrets.ts";
import { startDatabase } from "../probes/database.ts";
import { machine, quantile, table } from "../support/report.ts";
import { Workshop } from "../support/workshop.ts";

const { values: options } = parseArgs({
  options: {
    nodes: { type: "string", default: "10000" },
    pools: { type: "string", default: "10" },
    rounds: { type: "string", default: "3" },
  },
});
const [NODES, POOLS, ROUNDS] = [Number(options.nodes), Number(options.pools), Number(options.rounds)];
const GIVEN_UP_AFTER_MS = 300_000;
const TOKEN = randomUUID();
const MIB = 2 ** 20;

/** A whole configuration whose pools have the names `prefix 0`, `prefix 1`, …, with the weight of each node by its number. */
const fileOf = (prefix: string, weightOf: (node: number) => number): string =>
  JSON.stringify({
    pools: Array.from({ length: POOLS }, (_, pool) => ({
      name: `${prefix} ${pool}`,
      algorithm: "least-connections",
      nodes: Array.from({ length: NODES / POOLS }, (_, at) => {
        const node = pool * (NODES / POOLS) + at;
        return { name: `node ${at}`, url: `http://10.${pool}.${at >> 8}.${at & 255}:8080`, weight: weightOf(node) };
      }),
    })),
  });

async function put(file: string): Promise<number> {
  const startedMs = performance.now();
  const response = await handleApi(
    new Request("http://bench.test/api/v1/config?prune=true&confirmWarnings=true", {
      method: "PUT",
      headers: { host: "bench.test", authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
      body: file,
    }),
  );
  const answer = await response.text();
  if (!response.ok) throw new Error(`PUT /config: ${response.status} ${answer.slice(0, 2_000)}`);
  return performance.now() - startedMs;
}

const shop = new Workshop("import");
setTimeout(() => {
  console.error(`Given up after ${GIVEN_UP_AFTER_MS / 1_000} s`);
  process.exit(1);
}, GIVEN_UP_AFTER_MS).unref();
process.env.DATABASE_URL = await startDatabase(shop);
process.env.GB_SECRET_KEY = "7e".repeat(32);
process.env.BETTER_AUTH_SECRET = "a secret of benchmarks, long enough for anybody";
await db().apiToken.create({ data: { name: "bench", role: "publisher", hash: hashToken(TOKEN) } });

const took = { new: [] as number[], all: [] as number[], one: [] as number[], none: [] as number[] };
let peak = 0;
for (let round = 0; round < ROUNDS; round++) {
  // Other names, so that all that was is removed and all that comes is new.
  const prefix = `round ${round}`;
  took.new.push(await put(fileOf(prefix, () => 1)));
  took.all.push(await put(fileOf(prefix, () => 2)));
  took.one.push(await put(fileOf(prefix, (node) => (node === 0 ? 3 : 2))));
  took.none.push(await put(fileOf(prefix, (node) => (node === 0 ? 3 : 2))));
  peak = Math.max(peak, process.memoryUsage().rss);
  console.error(
    `round ${round + 1} of ${ROUNDS}: ${Object.values(took)
      .map((times) => Math.round(times.at(-1) ?? 0))
      .join(", ")} ms`,
  );
}
const rowOf = (what: string, times: readonly number[]) => [
  what,
  ...[0.5, 1].map((share) => String(Math.round(quantile(times, share)))),
];
console.log(
  `Measured ${new Date().toISOString().slice(0, 10)} on ${machine()}: ${NODES} nodes in ${POOLS} pools, ${ROUNDS} rounds; ` +
    `this process at most ${Math.round(peak / MIB)} MiB.\n\n` +
    table(
      ["ms from PUT to answer", "median", "max"],
      [
        rowOf("every node is new, those of the round before are removed", took.new),
        rowOf("the weight of every node changes", took.all),
        rowOf("the weight of one node changes", took.one),
        rowOf("nothing changes", took.none),
      ],
    ),
);
await closeNotifications();
await closeDb();
await shop.stopAll();
process.exit(0);
