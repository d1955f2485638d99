import { readFile } from "node:fs/promises";
import type pg from "pg";
import pino from "pino";
import { afterEach, describe, expect, test } from "vitest";
import type { HealthState } from "#lib/contracts/runtime.ts";
import { listen } from "#lib/store/listen.ts";
import { startTestDatabase } from "#tests/support/postgres.ts";
import { LineSplitter } from "#workers/bus/ndjson.ts";
import { Fleet, type FleetNode, runtimeOf } from "#workers/control/fleet.ts";
import { FrameMerger } from "#workers/control/frame-merger.ts";
import { keepFile } from "#workers/control/kept-file.ts";
import { PassiveBook } from "#workers/control/passive.ts";
import { cleanups, connected, documentOf, eventually, frame, NODES, quickPool, temporaryDataDir } from "./support.ts";

const after = cleanups();
afterEach(after.run);

describe("lines", () => {
  test("come out whole however they are cut", () => {
    const bytes = Buffer.from("één\n\ntwo\nrest");
    for (let size = 1; size <= bytes.length; size++) {
      const lines = new LineSplitter(100);
      const out: string[] = [];
      for (let at = 0; at < bytes.length; at += size) out.push(...lines.push(bytes.subarray(at, at + size)));
      expect(out).toEqual(["één", "", "two"]);
    }
  });

  test("may be as long as the limit and not a byte longer", () => {
    expect(new LineSplitter(5).push(Buffer.from("12345\n"))).toEqual(["12345"]);
    expect(() => new LineSplitter(5).push(Buffer.from("123456"))).toThrow(RangeError);
  });
});

describe("seconds", () => {
  const requestsOf = (merged: ReturnType<FrameMerger["close"]>) =>
    merged.map((one) => [one.atMs, one.pools[0]?.requests]);

  test("wait for a process that is connected and silent, for 250 ms and not longer", () => {
    const merger = new FrameMerger();
    expect(merger.add("a", frame(10_000, 5), ["a", "b"], 10_001)).toEqual([]);
    expect(merger.close(10_249)).toEqual([]);
    expect(requestsOf(merger.close(10_250))).toEqual([[10_000, 5]]);
  });

  test("count what comes late into the next one, also when nothing else comes", () => {
    const merger = new FrameMerger();
    merger.add("a", frame(10_000, 5), ["a", "b"], 10_001);
    merger.close(10_250);
    expect(merger.add("b", frame(10_000, 7), ["a", "b"], 10_300)).toEqual([]);
    expect(requestsOf(merger.close(11_250))).toEqual([[11_000, 7]]);
  });

  test("go on after the clock was set back by an hour", () => {
    const merger = new FrameMerger();
    merger.add("a", frame(3_610_000, 1), ["a"], 3_610_001);
    expect(requestsOf(merger.add("a", frame(11_000, 2), ["a"], 11_001))).toEqual([[11_000, 2]]);
  });

  test("take a frame from a clock that leads by an hour as one of now", () => {
    const merger = new FrameMerger();
    expect(requestsOf(merger.add("a", frame(3_610_000, 3), ["a"], 10_500))).toEqual([[11_000, 3]]);
  });
});

describe("passive facts", () => {
  const fact = (untilMs: number | null) => ({
    nodeId: NODES[0],
    breaker: { state: "closed" as const },
    cooling: { state: "not-cooling" as const },
    trialsPassed: 0,
    ejection:
      untilMs === null
        ? { state: "in" as const, timesEjected: 1 }
        : { state: "ejected" as const, sinceMs: 0, untilMs, cause: "connect-refused", timesEjected: 1 },
  });

  test("of a process that is gone count until a minute after their own end", () => {
    const book = new PassiveBook();
    book.record(0, [fact(10_000)]);
    const sweep = (nowMs: number) =>
      book.sweep(
        () => false,
        () => true,
        nowMs,
      );
    expect(sweep(69_999)).toEqual([]);
    expect(sweep(70_000)).toMatchObject([{ now: { ejection: { state: "in" } } }]);
  });

  test("left by an earlier control process hold until a proxy says otherwise", () => {
    const book = new PassiveBook();
    book.restore([fact(10_000)]);
    expect(book.get(NODES[0]).ejection.state).toBe("ejected");
    expect(book.record(0, [fact(null)])).toMatchObject([{ now: { ejection: { state: "in" } } }]);
  });
});

describe("what a restarted control process takes over", () => {
  const START_MS = 10_000_000;
  const pool = quickPool([{ id: NODES[0], url: "http://127.0.0.1:9" }]);
  const restored = (health: Partial<HealthState>) => {
    const fleet = new Fleet();
    fleet.load({ revision: 1, document: documentOf(pool) }, START_MS);
    const entry = fleet.nodes.get(NODES[0]) as FleetNode;
    const past = { ...runtimeOf(entry), health: { ...entry.health, ...health } };
    fleet.restore({ nodes: [past], passive: [], servingSinceMs: {} }, {}, START_MS);
    return entry.health;
  };

  test("is health whose last check is less than two minutes old, to the millisecond", () => {
    const down = { state: "unhealthy", reason: "connect-refused" } as const;
    expect(restored({ ...down, lastCheckMs: START_MS - 119_999 }).state).toBe("unhealthy");
    expect(restored({ ...down, lastCheckMs: START_MS - 120_000 }).state).toBe("unknown");
  });

  test("is that a node waits for its first check: it must not serve unchecked because of a restart", () => {
    expect(restored({ state: "pending", lastCheckMs: null }).state).toBe("pending");
  });

  test("is on disk anew every so often, so that a quiet fleet does not look old", async () => {
    const dir = await temporaryDataDir(after);
    let atMs = 0;
    const file = keepFile(dir.runtime, pino({ level: "silent" }), 1, () => ({ atMs }), 5);
    after.add(file.stop);
    for (atMs = 1; atMs < 4; atMs++)
      await eventually(async () => expect(JSON.parse(await readFile(dir.runtime, "utf8"))).toEqual({ atMs }));
  });
});

test("listening survives the loss of its connection and says when to read again", async () => {
  const database = await startTestDatabase();
  after.add(() => database.stop());
  const db: pg.Client = await connected(after, database.url);
  const heard: string[] = [];
  let connects = 0;
  const losses: Error[] = [];
  const listener = listen({
    url: database.url,
    channels: ["gb_revision", "gb_runtime"],
    onNotification: (channel, payload) => heard.push(`${channel} ${payload}`),
    onConnected: () => connects++,
    onDisconnected: (cause) => losses.push(cause),
    minBackoffMs: 10,
  });
  after.add(listener.close);
  await eventually(() => expect(connects).toBe(1));
  await db.query("SELECT pg_notify('gb_revision', '1')");
  await eventually(() => expect(heard).toEqual(["gb_revision 1"]));
  await db.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
  );
  await eventually(() => expect(connects).toBe(2));
  expect(losses).toHaveLength(1);
  await db.query("SELECT pg_notify('gb_runtime', '2')");
  await eventually(() => expect(heard).toEqual(["gb_revision 1", "gb_runtime 2"]));
  await listener.close();
  expect(listener.connected).toBe(false);
});
