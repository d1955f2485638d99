// What was learned of the nodes outlives the processes that learned it: real proxy and control processes are killed
// (SIGKILL) and started again, one and both of them, and every fact is there with its deadline. After the first kill of
// control there is no database either: the files on disk are enough.
import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { ConfigDocument } from "#lib/contracts/config.ts";
import type { DataDir } from "#lib/store/data-dir.ts";
import { startTestDatabase } from "#tests/support/postgres.ts";
import { freePorts } from "#tests/support/product.ts";
import { cleanups, connected, eventually, proxy as listenAsProxy, publish, temporaryDataDir } from "./support.ts";

const after = cleanups();
const KEY = "5e".repeat(32);
afterEach(after.run);

const FOR_MS = 600_000;
const UNCHECKED = { healthCheck: { enabled: false } };
const NO_BREAKER = { breaker: { enabled: false } };
const NO_EJECTION = { ejection: { enabled: false } };
/** How each pool's first node comes to be left alone, by the name of the pool. */
const POOLS = {
  ejected: { ...UNCHECKED, ...NO_BREAKER, ejection: { consecutiveFailures: 2, baseEjectionMs: FOR_MS } },
  late: { ...UNCHECKED, ...NO_BREAKER, ejection: { consecutiveFailures: 2, baseEjectionMs: FOR_MS } },
  broken: { ...UNCHECKED, ...NO_EJECTION, breaker: { minimumRequests: 2, openMs: FOR_MS } },
  trying: { ...UNCHECKED, ...NO_EJECTION, breaker: { minimumRequests: 2, openMs: 100 } },
  cooling: UNCHECKED,
  unhealthy: { ...NO_BREAKER, ...NO_EJECTION, healthCheck: { intervalMs: FOR_MS, fall: 1 } },
  warming: UNCHECKED,
  draining: UNCHECKED,
} as const;
type PoolName = keyof typeof POOLS;
const NAMES = Object.keys(POOLS) as PoolName[];
/** Whose first node must not get one request, whatever was killed. */
const LEFT_ALONE = ["ejected", "broken", "cooling", "unhealthy", "draining"] as const;

/** Answers by its pool's name; requests that are no checks are counted. */
async function startNode(name: PoolName, isFirst: boolean) {
  const node = { id: randomUUID(), name: `${name} ${isFirst ? 1 : 2}`, url: "", hits: 0, isWell: false };
  const server = http.createServer((request, response) => {
    if (request.headers["user-agent"] !== "gemini-balance-check") node.hits++;
    const isWell = !isFirst || node.isWell || name === "warming" || name === "draining";
    if (name === "cooling" && isFirst) response.setHeader("Retry-After", FOR_MS / 1_000);
    response.writeHead(isWell ? 200 : name === "cooling" ? 429 : 500).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after.add(() => {
    server.closeAllConnections();
    server.close();
  });
  node.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return node;
}

async function start(what: "control" | "proxy", env: Record<string, string>): Promise<ChildProcess> {
  const child = fork(path.resolve(`workers/${what}/main.ts`), [], {
    execPath: process.execPath,
    env: {
      NODE_ENV: "test",
      PATH: process.env.PATH,
      GB_LOG_LEVEL: "error",
      GB_PROXY_PROCESSES: "1",
      GB_SECRET_KEY: KEY,
      ...env,
    },
  });
  after.add(() => void child.kill("SIGKILL"));
  await once(child, "message");
  return child;
}
async function kill(...children: ChildProcess[]): Promise<void> {
  const gone = children.map((child) => once(child, "exit"));
  for (const child of children) child.kill("SIGKILL");
  await Promise.all(gone);
}

const agent = new http.Agent({ keepAlive: false });
function ask(port: number, name: PoolName): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: "127.0.0.1", port, path: `/${name}`, agent }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode ?? 0));
    });
    request.on("error", reject);
  });
}

/** What control would have a proxy start from: what it knows of the first node of each pool. */
async function knownOf(dir: DataDir, firsts: Record<PoolName, { id: string }>) {
  const link = await listenAsProxy(after, dir, 9);
  const state = await eventually(() => {
    const told = link.received.findLast((message) => message.type === "runtime");
    expect(told).toBeDefined();
    return told?.state;
  });
  link.socket.destroy();
  return Object.fromEntries(
    NAMES.map((name) => {
      const { id } = firsts[name];
      const { admin, health, warmUp } = state?.nodes.find(({ nodeId }) => nodeId === id) ?? {};
      const { ejection, breaker, cooling } = state?.passive.find(({ nodeId }) => nodeId === id) ?? {};
      const { state: verdict, sinceMs, reason, level, detail } = health ?? {};
      const found = verdict === "unknown" ? null : { verdict, sinceMs, reason, level, detail };
      return [name, { admin, health: found, warmUp, ejection, breaker, cooling }];
    }),
  );
}

test("every fact about a node outlives the kill of a proxy, of control, and of both", {
  timeout: 300_000,
}, async () => {
  const database = await startTestDatabase();
  after.add(() => database.stop());
  const db = await connected(after, database.url);
  const dir = await temporaryDataDir(after);
  const [port, adminPort] = (await freePorts(2)) as [number, number];
  const shared = { GB_DATA_DIR: path.dirname(dir.bus) };
  const startProxy = () => start("proxy", { ...shared, GB_PROXY_PORT: String(port), GB_PROXY_INDEX: "0" });
  const startControl = (url = "postgresql://nobody@127.0.0.1:1/none") =>
    start("control", { ...shared, GB_ADMIN_PORT: String(adminPort), DATABASE_URL: url });

  const nodes = await Promise.all(
    NAMES.map(async (name) => [name, await startNode(name, true), await startNode(name, false)] as const),
  );
  const firsts = Object.fromEntries(nodes.map(([name, first]) => [name, first])) as Record<
    PoolName,
    Awaited<ReturnType<typeof startNode>>
  >;
  const pools = nodes.map(([name, ...both]) => ({
    id: randomUUID(),
    name,
    algorithm: "weighted-round-robin",
    ...POOLS[name],
    nodes: both.map(({ id, name: nodeName, url }) => ({ id, name: nodeName, url })),
  }));
  const routes = pools.map(({ id, name }) => ({
    id: randomUUID(),
    name: "",
    match: { pathPrefix: `/${name}` },
    poolId: id,
  }));

  let control = await startControl(database.url);
  let proxy = await startProxy();
  await publish(db, 1, ConfigDocument.parse({ pools, routes }));
  const byOperator = [
    ["INSERT INTO node_warm_up (node_id, started_at, cause) VALUES ($1, now(), 'manual')", firsts.warming.id],
    ["INSERT INTO node_admin_state (node_id, state, since, by) VALUES ($1, 'drain', now(), 'ada')", firsts.draining.id],
  ] as const;
  for (const [order, id] of byOperator) await db.query(order, [id]);
  await db.query("SELECT pg_notify('gb_runtime', '')");
  await eventually(async () => expect(await ask(port, "ejected")).toBe(200));
  for (const name of NAMES.filter((one) => one !== "late" && one !== "trying"))
    for (let i = 0; i < 12; i++) expect(await ask(port, name)).toBe(200);
  // Not one request more than opens it: a trial would open it again.
  while (firsts.trying.hits < POOLS.trying.breaker.minimumRequests) expect(await ask(port, "trying")).toBe(200);
  const before = await eventually(async () => {
    const known = await knownOf(dir, firsts);
    expect(known).toMatchObject({
      ejected: { ejection: { state: "ejected", cause: "status-500" } },
      broken: { breaker: { state: "open", cause: "status-500" } },
      trying: { breaker: { state: "half-open", timesOpened: 1 } },
      cooling: { cooling: { state: "cooling", cause: "status-429" } },
      unhealthy: { health: { verdict: "unhealthy", reason: "status-500", level: "http" } },
      warming: { warmUp: { cause: "manual" } },
      draining: { admin: { state: "drain", by: "ada" } },
    });
    return known;
  });
  const hits = () => LEFT_ALONE.map((name) => firsts[name].hits);
  const hitsBefore = hits();
  const expectLeftAlone = async () => {
    for (const name of LEFT_ALONE) for (let i = 0; i < 6; i++) expect(await ask(port, name)).toBe(200);
    expect(hits()).toEqual(hitsBefore);
  };

  await kill(proxy);
  proxy = await startProxy();
  await expectLeftAlone();
  expect(await knownOf(dir, firsts)).toEqual(before);

  await kill(control);
  for (let i = 0; i < 6; i++) expect(await ask(port, "late")).toBe(200);
  control = await startControl();
  await expectLeftAlone();
  const learnedAlone = { ejection: { state: "ejected", cause: "status-500", timesEjected: 1 } };
  const withLate = await eventually(async () => {
    const known = await knownOf(dir, firsts);
    // What a proxy learned while control was away, control hears when it is back.
    expect(known).toMatchObject({ ...before, late: learnedAlone });
    return known;
  });

  const lateHits = firsts.late.hits;
  await eventually(async () =>
    expect(await fileOf(dir)).toContain(`"${firsts.late.id}","ejection":{"state":"ejected"`),
  );
  await kill(control, proxy);
  proxy = await startProxy();
  await expectLeftAlone();
  for (let i = 0; i < 6; i++) expect(await ask(port, "late")).toBe(200);
  expect(firsts.late.hits).toBe(lateHits);
  // Every warm-up goes on where it was: a tenth of the weight is one in eleven.
  const warming = firsts.warming.hits;
  for (let i = 0; i < 22; i++) expect(await ask(port, "warming")).toBe(200);
  expect(firsts.warming.hits - warming).toBeLessThanOrEqual(3);
  // The breaker that was trying goes on trying: it closes by its own trials.
  firsts.trying.isWell = true;
  control = await startControl();
  await eventually(async () => expect(await knownOf(dir, firsts)).toEqual(withLate));
  for (let i = 0; i < 8; i++) expect(await ask(port, "trying")).toBe(200);
  await eventually(async () =>
    expect(await knownOf(dir, firsts)).toEqual({
      ...withLate,
      trying: { ...withLate.trying, breaker: { state: "closed" } },
    }),
  );
});

const fileOf = (dir: DataDir): Promise<string> => readFile(dir.runtime, "utf8");
