// What a restart costs of the figures: real PostgreSQL, a real control and a real proxy process, each killed while requests go on.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { afterEach, expect, test, vi } from "vitest";
import type { DataDir } from "#lib/store/data-dir.ts";
import { startTestDatabase } from "#tests/support/postgres.ts";
import { freePorts } from "#tests/support/product.ts";
import { ask, serve, startProxy } from "./real-proxies.ts";
import { cleanups, connected, documentOf, eventually, NODES, publish, quickPool, temporaryDataDir } from "./support.ts";

vi.setConfig({ testTimeout: 180_000 });
const after = cleanups();
afterEach(after.run);

const SLOW_MS = 60_000;

async function startControl(dir: DataDir, databaseUrl: string, adminPort: number): Promise<ChildProcess> {
  const child = fork("workers/control/main.ts", [], {
    execPath: process.execPath,
    env: {
      NODE_ENV: "test",
      PATH: process.env.PATH,
      GB_LOG_LEVEL: "error",
      GB_DATA_DIR: dir.root,
      GB_ADMIN_PORT: String(adminPort),
      GB_SECRET_KEY: "5e".repeat(32),
      DATABASE_URL: databaseUrl,
    },
    silent: true,
  });
  after.add(() => void child.kill("SIGKILL"));
  await once(child, "message");
  return child;
}

/** A fleet under steady load that notes when each request was answered. */
async function rig() {
  const database = await startTestDatabase();
  after.add(() => database.stop());
  const db = await connected(after, database.url);
  const dir = await temporaryDataDir(after);
  const [adminPort = 0, nextAdminPort = 0, port = 0] = await freePorts(3);
  const url = await serve(after, (_, response) => response.end("hello"));
  await publish(db, 1, documentOf(quickPool([{ id: NODES[0], url }], { isDefault: true })));
  const control = await startControl(dir, database.url, adminPort);
  const proxy = await startProxy(after, { index: 0, count: 1, port, root: dir.root });
  await eventually(async () => expect(await ask(port, "/")).toBe("hello"), SLOW_MS);
  const answeredMs: number[] = [];
  let isOver = false;
  const load = (async () => {
    while (!isOver) {
      const text = await ask(port, "/").catch(() => "");
      if (text === "hello") answeredMs.push(Date.now());
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  after.add(() => {
    isOver = true;
  });
  const counted = async () =>
    Number(
      (await db.query("SELECT coalesce(sum((frame->'pools'->0->>'requests')::int), 0) AS n FROM metric_frame")).rows[0]
        ?.n,
    );
  return {
    ...{ control, proxy, answeredMs, counted },
    restartControl: () => startControl(dir, database.url, nextAdminPort),
    restartProxy: () => startProxy(after, { index: 0, count: 1, port, root: dir.root }),
    /** Ends the load, and waits for a second measured after it. @returns how many answers no figure tells of */
    lost: async () => {
      isOver = true;
      await load;
      const lastMs = answeredMs.at(-1) ?? 0;
      await eventually(async () => {
        const { rows } = await db.query("SELECT max(at) AS at FROM metric_frame");
        expect(rows[0]?.at.getTime()).toBeGreaterThan(lastMs + 1_000);
      }, SLOW_MS);
      return answeredMs.length - (await counted());
    },
  };
}

/** The most answers within any two seconds. */
function busiestTwoSeconds(answeredMs: readonly number[]): number {
  let [most, from] = [0, 0];
  for (const [at, ms] of answeredMs.entries()) {
    while ((answeredMs[from] as number) < ms - 2_000) from++;
    most = Math.max(most, at - from + 1);
  }
  return most;
}

test("killing control loses at most two seconds of what the proxies counted", async () => {
  const { control, answeredMs, counted, restartControl, lost } = await rig();
  await eventually(async () => expect(await counted()).toBeGreaterThan(50), SLOW_MS);
  control.kill("SIGKILL");
  await once(control, "exit");
  const before = await counted();
  await restartControl();
  await eventually(async () => expect(await counted()).toBeGreaterThan(before + 50), SLOW_MS);
  expect(await lost()).toBeLessThanOrEqual(busiestTwoSeconds(answeredMs));
});

test("killing a proxy process loses at most two seconds of what it counted", async () => {
  const { proxy, answeredMs, counted, restartProxy, lost } = await rig();
  await eventually(async () => expect(await counted()).toBeGreaterThan(50), SLOW_MS);
  proxy.kill("SIGKILL");
  await once(proxy, "exit");
  const before = await counted();
  await restartProxy();
  await eventually(async () => expect(await counted()).toBeGreaterThan(before + 50), SLOW_MS);
  expect(await lost()).toBeLessThanOrEqual(busiestTwoSeconds(answeredMs));
});
