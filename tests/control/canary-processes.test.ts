// A canary while the processes that serve it come and go: a real control process on a real database, real proxy processes with
// real clients, one of which is killed, and another replaced by its successor as a reload does.
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { TestDatabase } from "#tests/support/postgres.ts";
import { freePorts } from "#tests/support/product.ts";
import { measured, pass, startCanary } from "./canary-rig.ts";
import { ask, serve, startProxy } from "./real-proxies.ts";
import {
  cleanups,
  control,
  documentOf,
  eventually,
  freshDatabase,
  NODES,
  publish,
  quickPool,
  temporaryDataDir,
} from "./support.ts";

const after = cleanups();
let database: TestDatabase;
let db: pg.Client;

beforeEach(async () => {
  ({ database, db } = await freshDatabase(after));
});
afterEach(after.run);

const CLIENTS = Array.from({ length: 40 }, (_, n) => `client ${n}`);
/** Node of the arm that each client is in, by the process at `port`. */
async function armsAt(port: number): Promise<string[]> {
  const arms: string[] = [];
  for (const client of CLIENTS) arms.push(await ask(port, "/", { "x-client": client }));
  return arms;
}

/** Clients that ask without a pause, until they are stopped. @returns how many were answered, and how many were not */
function traffic(port: number) {
  const outcome = { answered: 0, failed: 0 };
  let isOver = false;
  const running = (async () => {
    for (let n = 0; !isOver; n++) {
      const answer = ask(port, "/", { "x-client": CLIENTS[n % CLIENTS.length] });
      await answer.then(
        () => outcome.answered++,
        () => outcome.failed++,
      );
    }
  })();
  return {
    stop: async () => {
      isOver = true;
      await running;
      return outcome;
    },
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal);
  await once(child, "exit");
}

/** On a busy machine either arm may be the slower one: this is not about what decides. */
const LENIENT = { maxSuccessDropPoints: 100, maxP99Ratio: 100, p99SlackMs: 60_000 };

/** A worker of two processes whose canary has another node than what is in force: an answer tells the client's arm. */
async function runningCanary(settings: object) {
  const [control1, canary1] = [
    await serve(after, (_, res) => res.end("control")),
    await serve(after, (_, res) => res.end("canary")),
  ];
  const off = { healthCheck: { enabled: false }, isDefault: true };
  const base = documentOf(quickPool([{ id: NODES[0], url: control1 }], off));
  const changed = documentOf(quickPool([{ id: NODES[1], url: canary1 }], off));
  await publish(db, 1, base);
  const dir = await temporaryDataDir(after);
  await control(after, { databaseUrl: database.url, dir, proxyProcesses: 2 });
  const ports = (await freePorts(3)) as [number, number, number];
  const start = (index: number, port: number) => startProxy(after, { index, count: 2, port, root: dir.root });
  const proxies = [await start(0, ports[0]), await start(1, ports[1])] as const;
  await startCanary(db, changed, {
    sharePercent: 50,
    key: { from: "header", name: "x-client" },
    ...LENIENT,
    ...settings,
  });
  await eventually(async () => {
    for (const port of ports.slice(0, 2)) expect(new Set(await armsAt(port))).toEqual(new Set(["control", "canary"]));
  });
  return { ports, proxies, start };
}

const row = async () => (await db.query("SELECT state, reason FROM canary")).rows[0];
const steps = async () => (await db.query("SELECT count(*)::int AS n FROM canary_evidence")).rows[0].n as number;

test("clients stay in their arm when a process is killed under traffic and when one is replaced, what was counted stays, and the verdict comes", async () => {
  const { ports, proxies, start } = await runningCanary({ minRequests: 60 });
  const [kept, killed, next] = ports;
  const arms = await armsAt(kept);
  expect(await armsAt(killed)).toEqual(arms);
  await eventually(async () => expect(await measured(db)).toBeGreaterThanOrEqual(2 * CLIENTS.length));

  const load = [traffic(kept), traffic(killed)] as const;
  await end(proxies[1], "SIGKILL");
  const dead = await load[1].stop();
  const alive = await load[0].stop();
  expect([alive.failed, dead.failed > 0]).toEqual([0, true]);
  const before = await measured(db);
  // In place of the one that was killed, on its port: it knows nothing of its predecessor.
  const successor = await start(1, killed);
  await eventually(async () => expect(await armsAt(killed)).toEqual(arms));

  // As a reload: for a while there are two of one number, and the old one leaves when the new one serves.
  await start(1, next);
  await eventually(async () => expect(await armsAt(next)).toEqual(arms));
  await end(successor, "SIGTERM");
  expect(await armsAt(kept)).toEqual(arms);
  expect(await armsAt(next)).toEqual(arms);
  await eventually(async () => expect(await measured(db)).toBeGreaterThan(before));
  expect(await steps()).toBeGreaterThan(0);
  expect(await row()).toMatchObject({ state: "running" });

  await pass(db, 600_000);
  await eventually(async () => expect(await row()).toEqual({ state: "promoted", reason: "as-good" }), 15_000);
  await eventually(async () => {
    for (const port of [kept, next]) expect(new Set(await armsAt(port))).toEqual(new Set(["canary"]));
  });
}, 60_000);

test("a process that dies makes no sample: below it the canary is rolled back, and its evidence is kept", async () => {
  const { ports, proxies } = await runningCanary({ minRequests: 1_000_000 });
  await end(proxies[1], "SIGKILL");
  await armsAt(ports[0]);
  await pass(db, 600_000);
  await eventually(
    async () => expect(await row()).toEqual({ state: "rolled-back", reason: "too-few-requests" }),
    15_000,
  );
  await eventually(async () => expect(new Set(await armsAt(ports[0]))).toEqual(new Set(["control"])));
  expect(await steps()).toBeGreaterThan(0);
}, 60_000);
