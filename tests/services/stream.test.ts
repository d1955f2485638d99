import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import type { z } from "zod";
import { STREAM_EVENTS, type StreamEvents } from "#lib/contracts/views.ts";
import { handleApi } from "#lib/server/dispatch.ts";
import { openClient } from "#lib/server/live/client.ts";
import { streamHub } from "#lib/server/live/hub.ts";
import { db } from "#lib/store/db.ts";
import { counts, frameOf, lastSecond, makeWorker, notify, storeFrame, tellFrame, writeFrame } from "./fleet.ts";
import { api, makeNode, makePool, ORIGIN, serveApi } from "./harness.ts";

serveApi();
const open: AbortController[] = [];
afterEach(() => {
  for (const controller of open.splice(0)) controller.abort();
});

type Event = { name: string; data: unknown; id: string | undefined };

/** Opens the stream as a browser does, and collects its events; each is checked against the contract. */
async function connect() {
  const controller = new AbortController();
  open.push(controller);
  const response = await handleApi(
    new Request(`${ORIGIN}/api/v1/stream`, {
      headers: { authorization: "Bearer test-token-of-viewer" },
      signal: controller.signal,
    }),
  );
  const events: Event[] = [];
  const ended = read(response.body as ReadableStream<Uint8Array>, events);
  const all = <K extends keyof StreamEvents>(name: K) =>
    events.filter((event) => event.name === name).map((event) => event.data as StreamEvents[K]);
  const first = async <K extends keyof StreamEvents>(
    name: K,
    test: (payload: StreamEvents[K]) => boolean = () => true,
  ) => {
    await expect.poll(() => all(name).some(test), { timeout: 10_000 }).toBe(true);
    return all(name).find(test) as StreamEvents[K];
  };
  return { response, events, all, first, ended, close: () => controller.abort() };
}

async function read(body: ReadableStream<Uint8Array>, events: Event[]): Promise<void> {
  let text = "";
  for await (const piece of body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)) {
    text += piece;
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const fields = new Map(block.split("\n").map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]));
      const name = fields.get("event") ?? "";
      if (name === "heartbeat") continue;
      const schema: z.ZodType = STREAM_EVENTS[name as keyof StreamEvents];
      events.push({ name, data: schema.parse(JSON.parse(fields.get("data") ?? "")), id: fields.get("id") });
    }
  }
}

describe("the live stream", () => {
  it("opens with the last five minutes and the revision, under headers that no intermediary may buffer", async () => {
    const pool = await makePool();
    await makeWorker("w1");
    const atMs = lastSecond();
    for (const ago of [400_000, 2_000, 1_000]) await writeFrame("w1", frameOf(atMs - ago, pool.id, 10, 5));
    const { response, first } = await connect();
    expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
    expect(response.headers.get("cache-control")).toContain("no-transform");
    expect(response.headers.get("x-accel-buffering")).toBe("no");
    const sync = await first("sync");
    expect(sync.revision).toBe(pool.revision);
    expect(sync.ticks.map((tick) => tick.atMs)).toEqual([atMs - 2_000, atMs - 1_000]);
    expect(sync.ticks[0]?.pools).toMatchObject([{ id: pool.id, requestsPerSecond: 10, successRatio: 1 }]);
  });

  it("tells everyone of revisions, nodes, alerts and workers at once", async () => {
    const [one, two] = [await connect(), await connect()];
    await Promise.all([one.first("sync"), two.first("sync")]);
    const pool = await makePool();
    const node = await makeNode(pool.id);
    await api("POST", `/nodes/${node.id}/drain`, { as: "operator", body: {} });
    const alert = await db().alert.create({
      data: {
        rule: "health-check-failed",
        level: 1,
        fingerprint: randomUUID(),
        state: "firing",
        poolName: "p",
        nodeName: "n",
        reason: "connect-refused",
        consecutiveFailures: 3,
        firedAt: new Date(),
      },
    });
    await notify("gb_alert", alert.id);
    await makeWorker("w2");
    for (const stream of [one, two]) {
      expect((await stream.first("revision", ({ number }) => number === node.revision)).number).toBe(node.revision);
      expect(await stream.first("node", ({ nodeId }) => nodeId === node.id)).toMatchObject({
        poolId: pool.id,
        status: "draining",
      });
      expect((await stream.first("alert")).id).toBe(alert.id);
      expect((await stream.first("worker", ({ id }) => id === "w2")).state).toBe("live");
      const ids = stream.events.map((event) => event.id ?? "").filter((id) => id !== "");
      const [run, first] = ids[0]?.split("-") ?? [];
      expect(ids).toEqual(ids.map((_, at) => `${run}-${Number(first) + at}`));
    }
  });

  it("merges what several workers measured in one second into one tick, percentiles included", async () => {
    const pool = await makePool();
    await makeWorker("w1");
    await makeWorker("w2");
    const stream = await connect();
    await stream.first("sync");
    const atMs = lastSecond() + 60_000;
    const frames = { w1: frameOf(atMs, pool.id, 90, 10), w2: frameOf(atMs, pool.id, 10, 500) };
    for (const [worker, frame] of Object.entries(frames)) await storeFrame(worker, frame);
    for (const [worker, frame] of Object.entries(frames)) await tellFrame(worker, frame);
    const tick = await stream.first("tick", (each) => each.atMs === atMs);
    expect(tick.total.requestsPerSecond).toBe(100);
    expect(tick.total.inFlight).toBe(2);
    expect(tick.pools[0]?.p50Ms).toBeCloseTo(10, 0);
    expect(Math.abs((tick.pools[0]?.p99Ms ?? 0) - 500)).toBeLessThan(25);
    expect(stream.all("tick").filter((each) => each.atMs === atMs)).toHaveLength(1);
  });

  it("does not wait for a worker that says nothing", async () => {
    const pool = await makePool();
    await makeWorker("w1");
    await makeWorker("w2");
    const stream = await connect();
    await stream.first("sync");
    const atMs = lastSecond() + 120_000;
    await writeFrame("w1", frameOf(atMs, pool.id, 7, 10));
    expect((await stream.first("tick", (each) => each.atMs === atMs)).total.requestsPerSecond).toBe(7);
  });

  it("says that a worker is lost although nobody reports it", async () => {
    await makeWorker("w-dying");
    const stream = await connect();
    await stream.first("sync");
    await db().worker.update({ where: { id: "w-dying" }, data: { heartbeatAt: new Date(0) } });
    expect(await stream.first("worker", ({ id, state }) => id === "w-dying" && state === "lost")).toBeDefined();
  });

  it("says that a drain has run empty although no fact has changed", async () => {
    const node = await makeNode((await makePool()).id);
    await makeWorker("w-drain");
    const stream = await connect();
    await stream.first("sync");
    await api("POST", `/nodes/${node.id}/drain`, { as: "operator", body: {} });
    const mine = ({ nodeId }: { nodeId: string }) => nodeId === node.id;
    expect((await stream.first("node", mine)).status).toBe("draining");
    const empty = { nodeId: node.id, poolId: node.poolId, ...counts(0, 0), inFlight: 0, share: 0 };
    await writeFrame("w-drain", { atMs: lastSecond() + 2_000, pools: [], nodes: [empty] });
    await stream.first("node", (each) => mine(each) && each.status === "drained");
  });

  it("forgets a browser that goes away", async () => {
    const before = streamHub().clientCount;
    const [one, two] = [await connect(), await connect()];
    expect(streamHub().clientCount).toBe(before + 2);
    one.close();
    await one.ended;
    expect(streamHub().clientCount).toBe(before + 1);
    two.close();
    await two.ended;
    expect(streamHub().clientCount).toBe(before);
  });

  it("stays open when its database connection is cut, and synchronises anew", async () => {
    const stream = await connect();
    await stream.first("sync");
    await db().$executeRaw`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND query ILIKE 'LISTEN%'`;
    await expect.poll(() => stream.all("sync").length, { timeout: 10_000 }).toBeGreaterThan(1);
    const pool = await makePool();
    await stream.first("revision", ({ number }) => number === pool.revision);
  });

  it("ends every stream when the server stops", async () => {
    const [one, two] = [await connect(), await connect()];
    streamHub().close();
    await Promise.all([one.ended, two.ended]);
    expect(streamHub().clientCount).toBe(0);
  });
});

describe("a client that does not read", () => {
  it("is dropped when too much waits for it, and told of once", async () => {
    let closed = 0;
    const client = openClient(new AbortController().signal, () => closed++);
    const megabyte = new Uint8Array(1_048_576);
    for (let at = 0; at < 16; at++) client.send(megabyte);
    expect(closed).toBe(0);
    client.send(megabyte);
    client.send(megabyte);
    client.close();
    expect(closed).toBe(1);
  });
});
