// At a reload the two ends of the bus are of different versions for some seconds.
import type pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ToControl, ToProxy } from "#lib/contracts/bus.ts";
import { startTestDatabase } from "#tests/support/postgres.ts";
import { readMessage, typesOf } from "#workers/bus/messages.ts";
import {
  cleanups,
  connected,
  control,
  documentOf,
  eventually,
  frame,
  NODES,
  proxy,
  publish,
  quickPool,
  temporaryDataDir,
} from "./support.ts";

describe("a message", () => {
  const read = (message: unknown) => readMessage(ToControl, typesOf(ToControl), JSON.stringify(message));
  const hello = { type: "hello", process: 0, pid: 1, protocol: 1 };

  test("of this version is taken as it is", () => {
    expect(read(hello)).toEqual({ kind: "message", message: hello, unknownFields: [] });
  });

  test("of another version is taken without the fields that are not known here, wherever they are, which are told once each", () => {
    const one = frame(1_000, 5);
    const [pool] = one.pools;
    const more = {
      ...one,
      weather: "fine",
      pools: [
        { ...pool, mood: 1 },
        { ...pool, mood: 2 },
      ],
    };
    expect(read({ type: "frame", frame: more, sent: 1 })).toEqual({
      kind: "message",
      message: { type: "frame", frame: { ...one, pools: [pool, pool] } },
      unknownFields: expect.arrayContaining(["sent", "frame.weather", "frame.pools.mood"]),
    });
  });

  test("of a kind that is not known here is passed over", () => {
    expect(read({ type: "forecast", rain: true })).toEqual({ kind: "unknown", type: "forecast" });
  });

  test("that lacks what must be in it, or has it wrong, is malformed, whatever it has besides", () => {
    for (const bad of [
      { type: "applied", more: 1 },
      { type: "applied", revision: "1", more: 1 },
      {},
      [],
      null,
      7,
      "hello",
    ])
      expect(read(bad)).toMatchObject({ kind: "malformed" });
    expect(readMessage(ToControl, typesOf(ToControl), '{"type"')).toEqual({ kind: "malformed", reason: "not JSON" });
  });

  test("of every kind that there is is known", () => {
    expect(typesOf(ToProxy)).toContain("session-answers");
    expect(typesOf(ToControl).size).toBe(ToControl.options.length);
  });
});

describe("control", () => {
  const after = cleanups();
  let db: pg.Client;
  let url: string;
  beforeEach(async () => {
    const database = await startTestDatabase();
    after.add(() => database.stop());
    url = database.url;
    db = await connected(after, url);
  });
  afterEach(after.run);

  test("tells the whole to a proxy of an older version, which does not know changes", async () => {
    const weighing = (weight: number) =>
      documentOf(quickPool([{ id: NODES[0], url: "http://127.0.0.1:9", weight } as { id: string; url: string }]));
    const dir = await temporaryDataDir(after);
    await control(after, { databaseUrl: url, dir });
    const older = await proxy(after, dir, 0, {});
    const newer = await proxy(after, dir, 1);
    for (const revision of [1, 2]) {
      await publish(db, revision, weighing(revision));
      for (const one of [older, newer])
        await eventually(() => expect(one.config()).toEqual({ revision, document: weighing(revision) }));
    }
    const changes = (one: typeof older) => one.received.filter(({ type }) => type === "config-change").length;
    expect([changes(older), changes(newer)]).toEqual([0, 1]);
  });

  test("counts the frames of a proxy of a newer version, and keeps it connected", async () => {
    const dir = await temporaryDataDir(after);
    await control(after, { databaseUrl: url, dir });
    const newer = await proxy(after, dir);
    const atMs = Math.ceil(Date.now() / 1_000) * 1_000;
    newer.send({ type: "forecast", rain: true });
    newer.send({ type: "frame", frame: { ...frame(atMs, 5), weather: "fine" } });
    await eventually(async () => {
      const { rows } = await db.query("SELECT frame FROM metric_frame");
      expect(rows.map((row) => row.frame.pools[0]?.requests)).toContain(5);
      expect(rows.every((row) => row.frame.weather === undefined)).toBe(true);
    });
    expect(newer.socket.destroyed).toBe(false);
  });
});
