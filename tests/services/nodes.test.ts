import { beforeAll, describe, expect, it } from "vitest";
import { waitForWorkers } from "#lib/services/convergence.ts";
import { db } from "#lib/store/db.ts";
import { subscribe } from "#lib/store/notifications.ts";
import { api, faultPaths, makeNode, makePool, revisionCount, serveApi } from "./harness.ts";

serveApi();

const act = (id: string, action: string, body: object = {}) =>
  api("POST", `/nodes/${id}/${action}`, { as: "operator", body });
const aNode = async (pool: object = {}) => makeNode((await makePool(pool)).id);

describe("runtime operations", () => {
  it("drain a node at once, in no revision, with its deadline and who did it", async () => {
    const node = await aNode({ drainTimeoutMs: 60_000 });
    const before = await revisionCount();
    const { status, body } = await act(node.id, "drain");
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: "draining",
      statusReason: "by-operator",
      facts: { admin: { state: "drain", by: "a operator" } },
    });
    expect(body.facts.admin.deadlineMs - body.facts.admin.sinceMs).toBe(60_000);
    const longer = await act(node.id, "drain", { timeoutMs: 90_000 });
    expect(longer.body.facts.admin.sinceMs).toBe(body.facts.admin.sinceMs);
    expect(longer.body.facts.admin.deadlineMs).toBeGreaterThan(body.facts.admin.deadlineMs);
    expect(await revisionCount()).toBe(before);
  });

  it("cancel a drain by ready, and keep every step in the node's history and the audit", async () => {
    const node = await aNode();
    await act(node.id, "drain");
    const ready = await act(node.id, "ready");
    expect(ready.body).toMatchObject({ status: "unchecked", facts: { admin: { state: "ready", deadlineMs: null } } });
    await act(node.id, "maintenance");
    const events = (await api("GET", `/nodes/${node.id}/events`, { as: "viewer" })).body.items;
    expect(events.map(({ fact, from, to }: Record<string, string>) => [fact, from, to])).toEqual([
      ["admin", "ready", "maintenance"],
      ["admin", "drain", "ready"],
      ["admin", "ready", "drain"],
    ]);
    const audit = (await api("GET", `/audit?targetId=${node.id}`, { as: "operator" })).body.items;
    expect(audit.map((entry: { action: string }) => entry.action)).toEqual([
      "node.maintenance",
      "node.ready",
      "node.drain",
      "node.create",
    ]);
  });

  it("trip a breaker for a while and reset it, in no revision, audited, and leave the order for the workers", async () => {
    const node = await aNode();
    const before = await revisionCount();
    const tripped = await act(node.id, "trip-breaker", { forMs: 60_000 });
    expect(tripped.status).toBe(200);
    const trip = await db().nodeBreakerOrder.findUniqueOrThrow({ where: { nodeId: node.id } });
    expect(trip).toMatchObject({ action: "trip", by: "a operator" });
    expect(Number(trip.until) - Number(trip.at)).toBe(60_000);
    await act(node.id, "reset-breaker");
    const reset = await db().nodeBreakerOrder.findUniqueOrThrow({ where: { nodeId: node.id } });
    expect(reset).toMatchObject({ action: "reset", until: null });
    expect(Number(reset.at)).toBeGreaterThanOrEqual(Number(trip.at));
    const audit = (await api("GET", `/audit?targetId=${node.id}`, { as: "operator" })).body.items;
    expect(audit.slice(0, 2).map((entry: { action: string }) => entry.action)).toEqual([
      "node.reset-breaker",
      "node.trip-breaker",
    ]);
    expect(await revisionCount()).toBe(before);
  });

  it("refuse to trip a breaker that is turned off, a bad time, and a viewer, leaving no order", async () => {
    const off = await aNode({ breaker: { enabled: false } });
    expect(await act(off.id, "trip-breaker")).toMatchObject({ status: 409, body: { code: "conflict" } });
    const node = await aNode();
    expect(faultPaths(await act(node.id, "trip-breaker", { forMs: 1 }))).toEqual(["forMs"]);
    expect((await api("POST", `/nodes/${node.id}/trip-breaker`, { as: "viewer", body: {} })).status).toBe(403);
    expect(await db().nodeBreakerOrder.count({ where: { nodeId: { in: [off.id, node.id] } } })).toBe(0);
  });

  it("warm a node up, begin again when asked again, and end when it takes no requests", async () => {
    const node = await aNode();
    const first = await act(node.id, "warm-up");
    expect(first.body).toMatchObject({ status: "warming-up", facts: { warmUp: { cause: "manual" } } });
    await expect
      .poll(async () => (await act(node.id, "warm-up")).body.facts.warmUp.startedMs, PATIENT)
      .toBeGreaterThan(first.body.facts.warmUp.startedMs);
    expect((await act(node.id, "drain")).body.facts.warmUp).toBeNull();
  });

  it.each(["drain", "maintenance"])("refuse to warm up a node in %s, in words", async (state) => {
    const node = await aNode();
    await act(node.id, state);
    const { status, body } = await act(node.id, "warm-up");
    expect([status, body.code]).toEqual([409, "conflict"]);
    expect(body.detail).toContain(state);
    expect(body.detail).toContain(node.name);
  });

  it("refuse bad input by its field and change nothing", async () => {
    const node = await aNode();
    const answer = await act(node.id, "drain", { timeoutMs: -1, force: true });
    expect([answer.status, faultPaths(answer)]).toEqual([400, ["force", "timeoutMs"]]);
    expect((await api("GET", `/nodes/${node.id}`)).body.facts.admin.state).toBe("ready");
    expect(await db().audit.count({ where: { targetId: node.id, action: "node.drain" } })).toBe(0);
  });

  it("tell the workers which node it is about", async () => {
    const node = await aNode();
    const told: string[] = [];
    const { promise: listening, resolve } = Promise.withResolvers<void>();
    const unsubscribe = subscribe({
      onConnected: resolve,
      onNotification: (channel, payload) => void told.push(`${channel} ${payload}`),
    });
    await listening;
    await act(node.id, "maintenance");
    await expect.poll(() => told, PATIENT).toContain(`gb_runtime ${node.id}`);
    unsubscribe();
  });

  it("survive a roll-back that does not remove the node", async () => {
    const node = await aNode();
    await act(node.id, "maintenance");
    const later = await makePool();
    await api("POST", `/revisions/${later.revision - 1}/rollback`, { body: {} });
    expect((await api("GET", `/nodes/${node.id}`)).body.facts.admin.state).toBe("maintenance");
  });
});

const [healthy, failing, lost] = ["worker-healthy", "worker-failing", "worker-lost"] as const;
/** Waits end as soon as what they wait for is so; on a busy machine that may take a while. */
const PATIENT = { timeout: 10_000 };
/** A heartbeat of the future stays fresh however slow the machine is. */
const HOUR = 3_600_000;

describe("facts", () => {
  const worker = (id: string, ageMs: number) => ({
    id,
    host: id,
    startedAt: new Date(),
    heartbeatAt: new Date(Date.now() - ageMs),
    // Ahead of everything, so that no publish waits for it.
    revision: 1_000_000,
  });
  const health = (nodeId: string, workerId: string, state: string, failures: number) => ({
    nodeId,
    workerId,
    state,
    since: new Date(),
    reason: state === "healthy" ? "ok" : "connect-refused",
    consecutivePasses: state === "healthy" ? 3 : 0,
    consecutiveFailures: failures,
  });
  beforeAll(async () => {
    await db().worker.createMany({ data: [worker(healthy, -HOUR), worker(failing, -HOUR), worker(lost, HOUR)] });
  });

  it("of several workers show the worst, and forget what a lost worker said", async () => {
    const node = await aNode();
    await db().nodeHealth.createMany({
      data: [health(node.id, healthy, "healthy", 0), health(node.id, lost, "unhealthy", 9)],
    });
    const read = async () => (await api("GET", `/nodes/${node.id}`)).body;
    expect(await read()).toMatchObject({ status: "up", facts: { health: { state: "healthy" } } });
    await db().nodeHealth.create({ data: health(node.id, failing, "unhealthy", 3) });
    expect(await read()).toMatchObject({ status: "down", statusReason: "connect-refused" });
    const states = (await api("GET", "/workers")).body.items.map(({ id, state }: Record<string, string>) => [
      id,
      state,
    ]);
    expect(states).toEqual([
      [failing, "live"],
      [healthy, "live"],
      [lost, "lost"],
    ]);
  });

  it("show that a name fails at any live worker, and which addresses it leaves in use", async () => {
    const node = await aNode();
    const read = async () => (await api("GET", `/nodes/${node.id}`)).body.facts.resolution;
    expect(await read()).toBeNull();
    const row = (workerId: string, state: string) => ({ nodeId: node.id, workerId, hostname: "a.example", state });
    const since = new Date();
    const lastGoodAt = new Date(since.getTime() - 60_000);
    const addresses = ["10.0.0.1", "10.0.0.2"];
    const failure = { addresses, since, lastGoodAt, cause: "name-lookup-timeout" };
    await db().nodeResolution.createMany({
      data: [
        { ...row(healthy, "pending"), addresses: [] },
        { ...row(lost, "failing"), ...failure },
      ],
    });
    expect(await read()).toEqual({ state: "pending", hostname: "a.example" });
    await db().nodeResolution.create({ data: { ...row(failing, "resolved"), addresses } });
    expect(await read()).toEqual({ state: "resolved", hostname: "a.example", addresses });
    await db().nodeResolution.update({
      where: { nodeId_workerId: { nodeId: node.id, workerId: failing } },
      data: { state: "failing", ...failure },
    });
    expect(await read()).toEqual({
      state: "failing",
      hostname: "a.example",
      addresses,
      lastGoodMs: lastGoodAt.getTime(),
      sinceMs: since.getTime(),
      cause: "name-lookup-timeout",
    });
    expect(await api("GET", `/nodes/${node.id}`)).toMatchObject({ body: { status: "unchecked" } });
  });

  it("show an ejection and an open breaker with their causes", async () => {
    const node = await aNode();
    const since = new Date();
    const until = new Date(Date.now() + 60_000);
    await db().nodeEjection.create({
      data: {
        nodeId: node.id,
        workerId: healthy,
        state: "ejected",
        since,
        until,
        cause: "consecutive-failures",
        timesEjected: 2,
      },
    });
    const read = async () => (await api("GET", `/nodes/${node.id}`)).body;
    expect(await read()).toMatchObject({ status: "ejected", facts: { ejection: { timesEjected: 2 } } });
    await db().nodeBreaker.create({
      data: { nodeId: node.id, workerId: failing, state: "open", since, until, cause: "error-ratio", timesOpened: 1 },
    });
    expect(await read()).toMatchObject({ status: "breaker-open", statusReason: "error-ratio" });
  });

  it("call a drained node drained only when workers report that nothing is in flight", async () => {
    const node = await aNode();
    expect((await act(node.id, "drain")).body.status).toBe("draining");
    const frame = (inFlight: number) => ({
      atMs: Date.now(),
      pools: [],
      nodes: [{ nodeId: node.id, poolId: node.poolId, inFlight }],
    });
    // A second that ended before the proxies knew of the drain proves nothing.
    const early = new Date();
    await db().metricFrame.create({ data: { at: early, workerId: healthy, frame: frame(0) } });
    expect((await api("GET", `/nodes/${node.id}`)).body.status).toBe("draining");
    const at = new Date(Date.now() + 1_000);
    const store = (inFlight: number) =>
      db().metricFrame.upsert({
        where: { at_workerId: { at, workerId: healthy } },
        create: { at, workerId: healthy, frame: frame(inFlight) },
        update: { frame: frame(inFlight) },
      });
    await store(2);
    expect((await api("GET", `/nodes/${node.id}`)).body.status).toBe("draining");
    await store(0);
    expect((await api("GET", `/nodes/${node.id}`)).body.status).toBe("drained");
  });
});

describe("convergence", () => {
  it("is told as soon as every live worker runs the revision", async () => {
    await db().worker.updateMany({ data: { revision: 6 } });
    const waiting = waitForWorkers(7, 15_000);
    const listeners = () => db().$queryRaw<unknown[]>`SELECT 1 FROM pg_stat_activity
      WHERE datname = current_database() AND query ILIKE 'LISTEN%'`;
    await expect.poll(async () => (await listeners()).length, PATIENT).toBe(1);
    await db().worker.updateMany({ data: { revision: 7 } });
    await db().$executeRaw`SELECT pg_notify('gb_worker', ${healthy})`;
    expect(await waiting).toBe(true);
  });

  it("is told with the answer", async () => {
    await db().worker.updateMany({ data: { revision: 1_000_000 } });
    const { headers } = await api("POST", "/pools", { body: { name: "converged", algorithm: "least-time" } });
    expect(headers.get("gb-converged")).toBe("true");
  });

  it("is not waited for longer than a second, and not at all after a refusal", async () => {
    const head = (await api("GET", "/health", { as: null })).body.revision;
    await db().worker.updateMany({ data: { revision: head } });
    const started = performance.now();
    const slow = await api("POST", "/pools", { body: { name: "slow", algorithm: "least-time" } });
    expect([slow.status, slow.headers.get("gb-converged")]).toEqual([201, "false"]);
    expect(performance.now() - started).toBeLessThan(10_000);
    await db().worker.updateMany({ data: { refusedRevision: head + 2 } });
    const refused = await api("POST", "/pools", { body: { name: "refused", algorithm: "least-time" } });
    expect(refused.headers.get("gb-converged")).toBe("false");
  });
});
