// Weights that follow how nodes do, from end to end: two real proxy processes, a real control process and real nodes, of
// which one becomes slow and one fails at once. Breaker, ejection, retries and hedges are off: only weights act.
import { randomUUID } from "node:crypto";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { ConfigDocument } from "#lib/contracts/config.ts";
import { startTestDatabase } from "#tests/support/postgres.ts";
import { freePorts } from "#tests/support/product.ts";
import { ask, serve, startProxy } from "./real-proxies.ts";
import { cleanups, connected, control, eventually, proxy, publish, temporaryDataDir } from "./support.ts";

const after = cleanups();
afterEach(after.run);

const ONLY_WEIGHTS = {
  healthCheck: { enabled: false },
  retry: { maxRetries: 0 },
  hedge: { enabled: false, suspectAfter: 0, raceConnects: false },
  warmUp: { enabled: false },
  breaker: { enabled: false },
  ejection: { enabled: false },
};
/** Requests whose answers are counted together: their shares are those of the weights at that time. */
const BATCH = 300;
const AT_ONCE = 10;

/** Answers with one status after the other, again and again. */
type Node = { name: string; answer: { statuses: number[]; delayMs: number } };
const nodeNamed = (name: string, delayMs: number, ...statuses: number[]): Node => ({
  name,
  answer: { statuses, delayMs },
});

async function startWorker(nodes: Node[], settings: object) {
  const database = await startTestDatabase();
  after.add(() => database.stop());
  const db = await connected(after, database.url);
  const dir = await temporaryDataDir(after);
  const startControl = () => control(after, { databaseUrl: database.url, dir });
  const running = await startControl();
  const ports = await freePorts(2);
  const root = path.dirname(dir.bus);
  await Promise.all(ports.map((port, index) => startProxy(after, { index, count: 2, port, root })));
  const urls = await Promise.all(
    nodes.map(({ name, answer }) => {
      let answered = 0;
      return serve(after, (_request, response) => {
        const { statuses, delayMs } = answer;
        const status = statuses[answered++ % statuses.length] as number;
        setTimeout(() => response.writeHead(status).end(name), delayMs);
      });
    }),
  );
  const ids = nodes.map(() => randomUUID());
  const pool = { id: randomUUID(), name: "pool", algorithm: "weighted-round-robin", isDefault: true, ...ONLY_WEIGHTS };
  const configured = nodes.map(({ name }, at) => ({ id: ids[at], name, url: urls[at], weight: 100 }));
  await publish(db, 1, ConfigDocument.parse({ pools: [{ ...pool, ...settings, nodes: configured }], routes: [] }));
  const names = nodes.map(({ name }) => name);
  for (const port of ports) await eventually(async () => expect(names).toContain(await ask(port, "/")));
  /** Share of each node in a batch of requests through both processes. */
  const shares = async (): Promise<Record<string, number>> => {
    const hits: Record<string, number> = Object.fromEntries(names.map((name) => [name, 0]));
    let left = BATCH;
    const client = async (at: number) => {
      while (left-- > 0) {
        const name = await ask(ports[at % ports.length] as number, "/");
        hits[name] = (hits[name] ?? 0) + 1;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, (_, at) => client(at)));
    return Object.fromEntries(names.map((name) => [name, (hits[name] as number) / BATCH]));
  };
  /** Sends requests until the shares are as wanted. Returns all that were seen. */
  const until = async (wanted: (now: Record<string, number>) => boolean): Promise<Record<string, number>[]> => {
    const seen = [await shares()];
    while (!wanted(seen.at(-1) as Record<string, number>)) seen.push(await shares());
    return seen;
  };
  return { db, dir, ids: ids as string[], running, startControl, until };
}

test("a node that becomes slow loses traffic and gets it back, and one that fails at once attracts none", {
  timeout: 180_000,
}, async () => {
  const [slow, steady, failing] = [
    nodeNamed("slow", 3, 200),
    nodeNamed("steady", 3, 200),
    nodeNamed("failing", 0, 500, 500, 500, 200),
  ];
  const { until, db, ids } = await startWorker([slow, steady, failing], {
    degrade: { enabled: false },
    dynamicWeights: { enabled: true, intervalMs: 1_000, windowMs: 2_000, minimumRequests: 10, maxStepRatio: 0.5 },
  });
  slow.answer.delayMs = 60;
  const losing = await until((now) => (now.slow as number) < 0.12);
  slow.answer.delayMs = 3;
  const recovering = await until((now) => (now.slow as number) > 0.25);
  // Its base share is a third. Two processes with three nodes each may be a turn ahead.
  for (const now of [...losing, ...recovering]) expect(now.failing).toBeLessThanOrEqual(1 / 3 + 10 / BATCH);
  await eventually(async () => {
    const { rows } = await db.query("SELECT adjustment FROM node_adjustment WHERE node_id = $1", [ids[2]]);
    expect(rows[0]?.adjustment.dynamic).toMatchObject({ reason: "failing" });
    expect(rows[0]?.adjustment.dynamic.factor).toBeLessThanOrEqual(1);
  });
});

test("a node that is slow and fails is degraded step by step, over a restart of control, and comes back the same way", {
  timeout: 180_000,
}, async () => {
  const [ill, steady] = [nodeNamed("ill", 2, 200), nodeNamed("steady", 2, 200)];
  const { until, db, dir, ids, running, startControl } = await startWorker([ill, steady], {
    degrade: { responseMs: 40, windowMs: 1_000, minimumRequests: 5, stepRatio: 0.4 },
  });
  const node = ids[0] as string;
  Object.assign(ill.answer, { statuses: [500], delayMs: 80 });
  // 20 of 120: the floor.
  await until((now) => (now.ill as number) < 0.2);
  const firing = () =>
    eventually(async () => {
      const { rows } = await db.query("SELECT state, rule, level, reason FROM alert WHERE node_id = $1", [node]);
      expect(rows).toMatchObject([{ state: "firing", rule: "node-degraded", level: 2 }]);
      expect(rows[0].reason).toMatch(/^mean-\d+-ms-errors-[\d.]+-percent$/);
    });
  await firing();

  await running.stop();
  await startControl();
  const observer = await proxy(after, dir, 9);
  await eventually(() =>
    expect(observer.nodeRuntime(node)?.adjustment.degrade).toMatchObject({ step: 2, factor: 0.2 }),
  );
  observer.socket.destroy();

  Object.assign(ill.answer, { statuses: [200], delayMs: 2 });
  await until((now) => (now.ill as number) > 0.45);
  await eventually(async () => {
    const { rows } = await db.query(`SELECT "from", "to" FROM health_event WHERE node_id = $1 ORDER BY id`, [node]);
    expect(rows).toEqual([
      { from: "at-100-percent", to: "at-60-percent" },
      { from: "at-60-percent", to: "at-20-percent" },
      { from: "at-20-percent", to: "at-60-percent" },
      { from: "at-60-percent", to: "at-100-percent" },
    ]);
    const { rows: alerts } = await db.query("SELECT state FROM alert WHERE node_id = $1", [node]);
    expect(alerts).toEqual([{ state: "resolved" }]);
  });
});
