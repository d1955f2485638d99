// A PostgreSQL that hangs, and one that is gone: everything answers at once and clearly, nobody is signed out, nothing piles up, and it
// all goes on by itself when it is back.
import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { DatabaseView, LiveTick } from "#lib/contracts/views.ts";
import { auth } from "#lib/server/auth.ts";
import { handleApi } from "#lib/server/dispatch.ts";
import { streamHub } from "#lib/server/live/hub.ts";
import { bootstrapAccess } from "#lib/store/bootstrap-access.ts";
import { databaseState, stopWatchingDatabase, watchDatabase } from "#lib/store/database-watch.ts";
import { closeDb, db } from "#lib/store/db.ts";
import { closeNotifications } from "#lib/store/notifications.ts";
import { hashToken } from "#lib/store/secrets.ts";
import { type OwnPostgres, startOwnPostgres } from "#tests/support/own-postgres.ts";
import { api, cookieOf, ORIGIN, signIn } from "./harness.ts";

/** Well below every time-out of the driver: an answer within it did not wait for the database. */
const AT_ONCE_MS = 3_000;
const [email, password] = ["root@example.org", "correct horse battery"];
let postgres: OwnPostgres;
let cookie: string;

beforeAll(async () => {
  postgres = await startOwnPostgres();
  process.env.DATABASE_URL = postgres.url;
  process.env.GB_SECRET_KEY = "7e".repeat(32);
  process.env.BETTER_AUTH_SECRET = "a secret of tests, long enough for anybody";
  await db().apiToken.create({
    data: { name: "publisher", role: "publisher", hash: hashToken("test-token-of-publisher") },
  });
  await bootstrapAccess(postgres.url, { adminEmail: email, adminPassword: password });
  watchDatabase(postgres.url);
  cookie = cookieOf(await signIn(email, password));
}, 120_000);

afterAll(async () => {
  stopWatchingDatabase();
  streamHub().close();
  postgres.resume();
  await closeNotifications();
  await closeDb();
  await postgres.stop();
});

const lost = () => vi.waitFor(() => expect(databaseState().state).toBe("lost"), { timeout: 20_000, interval: 20 });
const back = () => vi.waitFor(() => expect(databaseState().state).toBe("up"), { timeout: 30_000, interval: 20 });
const asPerson = () => api("GET", "/me", { headers: { cookie } });
const makePool = (name: string) => api("POST", "/pools", { body: { name, algorithm: "least-connections" } });

async function expectClearAnswers() {
  const startedMs = performance.now();
  const asked = Array.from({ length: 50 }, async (_, at) => {
    const { status, body, headers } = await (at % 2 === 0 ? api("GET", "/pools") : makePool(`p${at}`));
    expect([status, body.code, headers.get("retry-after")]).toEqual([503, "database-unavailable", "1"]);
    expect(Date.parse(body.since)).toBeLessThanOrEqual(Date.now());
    expect(JSON.stringify(body)).not.toContain("127.0.0.1");
  });
  await Promise.all(asked);
  const health = await api("GET", "/health", { as: null });
  expect([health.status, health.body.code]).toEqual([503, "database-unavailable"]);
  // Who somebody is cannot be read: that is no sign-out.
  const me = await handleApi(new Request(`${ORIGIN}/api/v1/me`, { headers: { cookie, host: "web.test" } }));
  expect([me.status, me.headers.getSetCookie()]).toEqual([503, []]);
  const session = await signIn(email, password);
  expect([session.status, (await session.json()).code]).toEqual([503, "database-unavailable"]);
  expect(performance.now() - startedMs).toBeLessThan(AT_ONCE_MS);
}

describe.each([
  { how: "hangs", stop: async () => postgres.pause(), start: async () => postgres.resume() },
  { how: "is killed", stop: () => postgres.kill(), start: () => postgres.start() },
])("with a PostgreSQL that $how", ({ how, stop, start }) => {
  it("answers what waits, refuses all else at once, signs nobody out, and goes on by itself", async () => {
    expect((await makePool(`before it ${how}`)).status).toBe(201);
    expect((await asPerson()).status).toBe(200);
    await stop();
    const waiting = Promise.all([api("GET", "/pools"), makePool("meanwhile"), asPerson()]);
    await lost();
    for (const { status, body } of await waiting) expect([status, body.code]).toEqual([503, "database-unavailable"]);
    await expectClearAnswers();

    await start();
    await back();
    await vi.waitFor(async () => expect((await asPerson()).status).toBe(200), { timeout: 20_000 });
    expect((await makePool(`after it ${how}`)).status).toBe(201);
    expect((await auth().api.getSession({ headers: new Headers({ cookie }) }))?.user.email).toBe(email);
  }, 120_000);
});

/** What a stream tells, event by event. */
async function* eventsOf(body: ReadableStream<Uint8Array>) {
  let text = "";
  for await (const chunk of body.pipeThrough(new TextDecoderStream() as never) as unknown as AsyncIterable<string>) {
    text += chunk;
    const events = text.split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) {
      const [, name = "", data = "{}"] = /event: (\w+)\ndata: (.*)/.exec(event) ?? [];
      yield { name, data: JSON.parse(data) as unknown };
    }
  }
}

describe("an open page", () => {
  it("is told that the database is lost, shows what the worker of the machine tells, and is synchronised when it is back", async () => {
    const tick: LiveTick = {
      atMs: 0,
      total: {
        requestsPerSecond: 7,
        successRatio: 1,
        p50Ms: 1,
        p99Ms: 2,
        inFlight: 0,
        queued: 0,
        failuresPerSecond: 0,
      },
      pools: [],
      nodes: [],
    };
    const worker = http.createServer((request, response) => {
      expect(request.url).toBe("/live");
      response.end(JSON.stringify({ ticks: [{ ...tick, atMs: Date.now() }], nodes: [] }));
    });
    await new Promise<void>((resolve) => worker.listen(0, "127.0.0.1", resolve));
    process.env.GB_ADMIN_PORT = String((worker.address() as AddressInfo).port);
    const abort = new AbortController();
    const open = async (token = "test-token-of-publisher") => {
      const response = await handleApi(
        new Request(`${ORIGIN}/api/v1/stream`, {
          headers: { authorization: `Bearer ${token}`, host: "web.test" },
          signal: abort.signal,
        }),
      );
      const events = eventsOf(response.body as ReadableStream<Uint8Array>);
      const next = async (name: string) => {
        for (;;) {
          const { value, done } = await events.next();
          if (done) throw new Error("the stream ended");
          if (value.name === name) return value.data;
        }
      };
      return { status: response.status, next };
    };
    await db().apiToken.create({ data: { name: "absent", role: "viewer", hash: hashToken("test-token-of-absent") } });
    const { next } = await open();
    await next("sync");
    postgres.pause();
    expect(((await next("database")) as DatabaseView).state).toBe("lost");
    expect(((await next("tick")) as LiveTick).total.requestsPerSecond).toBe(7);
    // Loaded anew, it is still known whose page it is; who had none open cannot be told from anybody else.
    const again = await open();
    expect(((await again.next("database")) as DatabaseView).state).toBe("lost");
    const { ticks } = (await again.next("sync")) as { ticks: LiveTick[] };
    expect(ticks.at(-1)?.total.requestsPerSecond).toBe(7);
    expect([(await open("test-token-of-absent")).status, (await open("made-up")).status]).toEqual([503, 503]);
    postgres.resume();
    expect(await next("database")).toEqual({ state: "up" });
    await next("sync");
    abort.abort();
    worker.closeAllConnections();
    worker.close();
  }, 120_000);
});
