// The demo fleet over REST, with real control processes that run its real processes; where the proxy would be stands a server that
// counts its traffic.
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import net from "node:net";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { DEMO_POOLS, NPM_DEMO_MARK } from "#lib/core/demo/fleet.ts";
import { databaseUrl, db } from "#lib/store/db.ts";
import { cleanups, control, temporaryDataDir } from "#tests/control/support.ts";
import { demoApi } from "#workers/demo/api.ts";
import { requireNoOther } from "#workers/demo/set-up.ts";
import { serveCli } from "./cli-rig.ts";
import { api, makePool, revisionCount, serveApi } from "./harness.ts";

serveApi();
const rig = serveCli();
const after = cleanups();
/** Long enough for a process to start on a machine that is busy with others. */
const SLOW = { timeout: 40_000, interval: 50 };
const PATIENCE_MS = 90_000;
let hosts: string[] = [];
let proxyUrl = "";

beforeEach(async () => {
  hosts = [];
  const proxy = http.createServer((request, response) => {
    hosts.push(request.headers.host ?? "");
    response.end();
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  after.add(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
});
afterEach(async () => {
  await api("POST", "/demo/stop", { body: {} });
  await after.run();
  await db().worker.deleteMany();
  delete process.env.GB_DEMO;
});

const worker = async (dir = temporaryDataDir(after)) =>
  control(after, {
    databaseUrl: databaseUrl(),
    dir: await dir,
    demo: { proxyUrl },
    secretKey: Buffer.from("7e".repeat(32), "hex") as never,
  });
/** One that lives. */
async function liveWorker(dir?: ReturnType<typeof temporaryDataDir>) {
  const started = await worker(dir);
  await vi.waitFor(async () => expect(await db().worker.count({ where: { id: started.workerId } })).toBe(1), SLOW);
  return started;
}
const demo = async () => (await api("GET", "/demo")).body;
const start = () => api("POST", "/demo/start", { body: {} });
const stop = () => api("POST", "/demo/stop", { body: {} });
const ports = async (): Promise<number[]> => Object.values((await db().demoFleet.findFirstOrThrow()).ports as object);
const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
const actions = async () => (await db().audit.findMany({ orderBy: { id: "asc" } })).map(({ action }) => action);

it("starts with one call, in one revision, sends traffic, and is removed with everything it made and nothing else", {
  timeout: PATIENCE_MS,
}, async () => {
  const own = await makePool({ name: "own" });
  await liveWorker();
  const before = await revisionCount();
  const started = await start();
  expect(started.status, started.text).toBe(200);
  expect(started.body).toMatchObject({ state: "running", startedBy: "a publisher", refusal: null });
  expect(started.body.pools.map(({ name }: { name: string }) => name)).toEqual(["demo-orders", "demo-search"]);
  expect(await revisionCount()).toBe(before + 1);
  const listening = await ports();
  expect(await Promise.all(listening.map(isOpen))).toEqual(Array(6).fill(true));
  await vi.waitFor(() => expect(hosts.length).toBeGreaterThan(5), SLOW);
  expect(new Set(hosts)).toEqual(new Set(["demo.localhost"]));

  const stopped = await stop();
  expect(stopped.body).toMatchObject({ state: "off", pools: [], startedAt: null });
  expect((await api("GET", "/pools")).body.items.map(({ id }: { id: string }) => id)).toEqual([own.id]);
  expect((await api("GET", "/routes")).body.items).toEqual([]);
  await vi.waitFor(async () => expect(await Promise.all(listening.map(isOpen))).toEqual(Array(6).fill(false)), SLOW);
  expect((await actions()).filter((action) => action.startsWith("demo."))).toEqual(["demo.start", "demo.stop"]);
  const atRest = await revisionCount();
  expect((await stop()).status).toBe(200);
  expect([await revisionCount(), (await actions()).length]).toEqual([atRest, (await actions()).length]);
});

it("several starts at once make one demo; one of several workers runs it, and another when that is lost", {
  timeout: PATIENCE_MS,
}, async () => {
  const workers = [await liveWorker(), await liveWorker()];
  const before = await revisionCount();
  const answers = await Promise.all([start(), start(), start(), start()]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect(await revisionCount()).toBe(before + 1);
  const { workerId } = await db().demoFleet.findFirstOrThrow();
  const listening = await ports();
  await workers.find((each) => each.workerId === workerId)?.stop();
  await db().$executeRaw`UPDATE demo_fleet SET seen_at = now() - interval '15 seconds'`;
  await vi.waitFor(async () => expect(await Promise.all(listening.map(isOpen))).toEqual(Array(6).fill(true)), SLOW);
  expect((await db().demoFleet.findFirstOrThrow()).workerId).toBe(
    workers.find((each) => each.workerId !== workerId)?.workerId,
  );
});

it("goes on at the same ports after a restart of the worker, and says why it cannot while one of them is taken", {
  timeout: PATIENCE_MS,
}, async () => {
  const dir = temporaryDataDir(after);
  const first = await liveWorker(dir);
  expect((await start()).status).toBe(200);
  const before = await ports();
  await first.stop();
  const taker = net.createServer().listen(before[0], "127.0.0.1");
  await once(taker, "listening");
  after.add(() => taker.close());
  await worker(dir);
  await vi.waitFor(
    async () =>
      expect(await demo()).toMatchObject({ state: "away", fault: expect.stringContaining(String(before[0])) }),
    SLOW,
  );
  taker.close();
  await vi.waitFor(async () => expect((await demo()).state).toBe("running"), SLOW);
  expect(await ports()).toEqual(before);
  expect(await Promise.all(before.map(isOpen))).toEqual(Array(6).fill(true));
});

it("refuses with the reason where there can be none, and leaves nothing behind", { timeout: PATIENCE_MS }, async () => {
  const refused = async (words: string) => {
    const answer = await start();
    expect([answer.status, answer.body.code]).toEqual([409, "conflict"]);
    expect(answer.body.detail).toContain(words);
    expect(await db().demoFleet.count()).toBe(0);
  };
  await refused("No worker is alive");
  await liveWorker();
  await db()
    .$executeRaw`INSERT INTO worker (id, host, started_at, heartbeat_at) VALUES ('far', 'elsewhere', now(), now() + interval '1 hour')`;
  expect((await demo()).refusal).toBe("several-hosts");
  await refused("several hosts");
  await db().worker.delete({ where: { id: "far" } });
  process.env.GB_DEMO = "off";
  await refused("GB_DEMO=off");
  delete process.env.GB_DEMO;
  const { id } = await makePool({ name: "demo-orders" });
  const taken = await start();
  expect([taken.status, taken.body.code]).toEqual([409, "duplicate-name"]);
  expect(await db().demoFleet.count()).toBe(0);
  expect((await api("DELETE", `/pools/${id}`)).status).toBe(204);
  expect((await api("POST", "/demo/start", { as: "operator", body: {} })).status).toBe(403);
});

it("is not removed from under a route that somebody else made", { timeout: PATIENCE_MS }, async () => {
  await liveWorker();
  expect((await start()).status).toBe(200);
  const route = await api("POST", "/routes", { body: { match: { pathPrefix: "/mine" }, poolId: DEMO_POOLS[0]?.id } });
  const refused = await stop();
  expect([refused.status, refused.body.code]).toEqual([409, "pool-in-use"]);
  expect(refused.body.detail).toContain("/mine");
  expect((await demo()).state).toBe("running");
  await api("DELETE", `/routes/${route.body.id}`);
  expect((await stop()).body.state).toBe("off");
});

it("pools that a roll-back brings back are known for the demo's, and removed with one call", {
  timeout: PATIENCE_MS,
}, async () => {
  await liveWorker();
  await makePool();
  expect((await start()).status).toBe(200);
  const withDemo = await revisionCount();
  await stop();
  expect((await api("POST", `/revisions/${withDemo}/rollback`, { body: {} })).status).toBe(200);
  expect(await demo()).toMatchObject({ state: "left", pools: [{ name: "demo-orders" }, { name: "demo-search" }] });
  expect((await stop()).body.state).toBe("off");
});

it("is started, told of and removed from the command line, which wants --yes where nobody can be asked", {
  timeout: 180_000,
}, async () => {
  await liveWorker();
  const off = await rig.gb(["demo"]);
  expect(off, off.err).toMatchObject({ code: 0, out: "State:  off\n" });
  const started = await rig.gb(["demo", "start"]);
  expect(started, started.err).toMatchObject({ code: 0 });
  expect(started.out).toMatch(/^State: +running\nStarted: +\d+s ago by a publisher\n/);
  expect(started.out).toMatch(/^Pools: +demo-orders, demo-search$/m);
  const unmeant = await rig.gb(["demo", "stop"]);
  expect([unmeant.code, unmeant.out]).toEqual([1, ""]);
  expect(unmeant.err).toContain("say --yes");
  expect((await rig.gb(["demo", "pause"])).err).toContain('"pause" is none of status, start, stop');
  const stopped = await rig.gb(["demo", "stop", "--yes", "-o", "json"]);
  expect(JSON.parse(stopped.out)).toMatchObject({ state: "off", pools: [] });
});

it("is one of two: npm run demo does not begin beside it, and it does not begin beside npm run demo", {
  timeout: PATIENCE_MS,
}, async () => {
  await liveWorker();
  const terminal = demoApi(rig.url, "test-token-of-publisher");
  await requireNoOther(terminal);
  expect((await start()).status).toBe(200);
  await expect(requireNoOther(terminal)).rejects.toThrow("npx gb demo stop");
  await stop();
  const { id } = await makePool({ name: "demo-orders", description: NPM_DEMO_MARK });
  expect(await demo()).toMatchObject({ state: "off", refusal: "npm-demo" });
  const refused = await start();
  expect([refused.status, refused.body.code]).toEqual([409, "conflict"]);
  expect(refused.body.detail).toContain("npm run demo");
  expect((await api("DELETE", `/pools/${id}`)).status).toBe(204);
});
