// The database lost is told while it is lost, by whoever evaluated last, and once: over a real PostgreSQL that is stopped, and one that
// hangs.
import { randomUUID } from "node:crypto";
import type pg from "pg";
import pino from "pino";
import { afterEach, expect, test } from "vitest";
import { AlertRule } from "#lib/contracts/config/alert-rule.ts";
import type { EffectiveRule } from "#lib/core/alerts/defaults.ts";
import { dataDir } from "#lib/store/data-dir.ts";
import { migrate } from "#lib/store/migrate.ts";
import { temporaryDir } from "#tests/supervisor/support.ts";
import { outageAlertId } from "#workers/control/alerts/outage-id.ts";
import { OutageTeller } from "#workers/control/alerts/outage-teller.ts";
import { LEAVE_TO_TELLER_MS, OutageBook } from "#workers/control/alerts/outages.ts";
import { embeddedPostgres } from "#workers/supervisor/postgres/managed.ts";
import { notificationRig } from "./notification-rig.ts";
import { type Received, receiver } from "./receivers.ts";
import {
  cleanups,
  connected,
  control,
  cuttable,
  documentOf,
  eventually,
  publish,
  temporaryDataDir,
} from "./support.ts";

const after = cleanups();
afterEach(after.run);

const SECRET = "a-signing-secret-of-24-or-more";
const log = pino({ level: "silent" });
const rule = AlertRule.parse({ level: 1, condition: { kind: "database-lost", afterMs: 1_000 } });
const rules: EffectiveRule[] = [{ ...rule, key: "database-lost", isBuiltIn: true, isChanged: true }];
const document = { ...documentOf(), proxy: { ...documentOf().proxy, alertRules: { "database-lost": rule } } };

/** What a receiver was told of the database: `fired`, `resolved`. */
const told = (received: readonly Received[]) =>
  received.flatMap(({ json }) =>
    (json.data as { events: { event: string; alert: { id: string; rule: string } }[] }).events
      .filter(({ alert }) => alert.rule === "database-lost")
      .map(({ event, alert }) => ({ event, id: alert.id })),
  );
const WRITTEN = `SELECT a.id, a.state, a.firing_told, a.end_told, a.resolved_at - a.fired_at > interval '1 second' AS lasted,
  array_agg(d.event || ' ' || d.state ORDER BY d.id) AS deliveries FROM alert a LEFT JOIN notification_delivery d ON d.alert_id = a.id
  WHERE a.rule = 'database-lost' GROUP BY a.id`;

test("PostgreSQL is stopped: the last to evaluate tells of it, writes it down as told when it is started anew, and is ended by another one when it never comes back", async () => {
  const rig = await notificationRig(after);
  const root = temporaryDir();
  const start = async () => {
    const { process, urls } = await embeddedPostgres(dataDir(root), () => {});
    after.add(() => process.stop());
    await process.start();
    return { url: urls.owner(), stop: () => process.stop() };
  };
  let postgres = await start();
  const { url: databaseUrl } = postgres;
  await migrate(databaseUrl);
  const db = await connected(after, databaseUrl);
  const { received, url } = await receiver(after);
  await rig.channel({ kind: "webhook", url, signingSecret: SECRET }, {}, db);
  await publish(db, 1, document);
  const dirs = [await temporaryDataDir(after), await temporaryDataDir(after)] as const;
  const work = (at: 0 | 1) => control(after, { databaseUrl, dir: dirs[at], notifications: rig.options() });
  const workers = [await work(0), await work(1)];
  const evaluates = async (on: pg.Client): Promise<0 | 1> => {
    const read = "SELECT holder FROM alert_lease WHERE until > now()";
    const id = await eventually(async () => {
      const { rows } = await on.query<{ holder: string }>(read);
      return rows[0]?.holder || expect.fail("nobody evaluates");
    }, 20_000);
    return workers[0]?.workerId === id ? 0 : 1;
  };
  const first = await evaluates(db);

  await postgres.stop();
  await eventually(() => expect(told(received)).toMatchObject([{ event: "fired" }]), 30_000);
  await workers[first]?.stop();
  workers[first] = await work(first);
  postgres = await start();
  await eventually(() => expect(told(received)).toMatchObject([{ event: "fired" }, { event: "resolved" }]), 40_000);

  const [fired, resolved] = told(received);
  expect(resolved?.id).toBe(fired?.id);
  const again = await connected(after, databaseUrl);
  const whole = { state: "resolved", firing_told: true, end_told: true, lasted: true };
  const both = ["fired delivered", "resolved delivered"];
  await eventually(async () =>
    expect((await again.query(WRITTEN)).rows).toEqual([{ ...whole, id: fired?.id, deliveries: both }]),
  );

  // Another loss, and who tells of it does not come back.
  const second = await evaluates(again);
  await postgres.stop();
  await eventually(() => expect(told(received)).toHaveLength(3), 30_000);
  await workers[second]?.stop();
  await start();
  await eventually(() => expect(told(received)).toHaveLength(4), 60_000);
  const events = told(received).slice(2);
  expect(events).toEqual([
    { event: "fired", id: events[0]?.id },
    { event: "resolved", id: events[0]?.id },
  ]);
  expect(events[0]?.id).not.toBe(fired?.id);
  const last = await connected(after, databaseUrl);
  const ofLast = async () => (await last.query(WRITTEN)).rows.find(({ id }) => id === events[0]?.id);
  await eventually(async () => expect(await ofLast()).toMatchObject({ ...whole, deliveries: ["resolved delivered"] }));

  // It comes back after all: what it told stands beside, and is not told again.
  await work(second);
  await eventually(async () => expect(await ofLast()).toMatchObject({ ...whole, deliveries: both.toReversed() }));
  expect((await last.query(WRITTEN)).rowCount).toBe(2);
  expect(told(received)).toHaveLength(4);
}, 240_000);

test("a database that hangs is told of since its last answer, before a query has waited for its time-out", async () => {
  const rig = await notificationRig(after);
  const relay = await cuttable(after, rig.url);
  const { received, url } = await receiver(after);
  await rig.channel({ kind: "webhook", url, signingSecret: SECRET });
  await publish(rig.db, 1, document);
  const dir = await temporaryDataDir(after);
  const { adminPort } = await control(after, { databaseUrl: relay.url, dir, notifications: rig.options() });
  const isUp = async () =>
    /^gb_database_up (\d)/m.exec(await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text())?.[1];
  await eventually(async () => {
    expect((await rig.db.query("SELECT FROM alert_lease WHERE holder <> ''")).rowCount).toBe(1);
    expect(await isUp()).toBe("1");
  });
  relay.hang();
  const hungMs = Date.now();
  await eventually(() => expect(told(received)).toMatchObject([{ event: "fired" }]), 14_000);
  const since = /"firedAt":"([^"]+)"/.exec(JSON.stringify(received[0]?.json))?.[1] ?? "";
  expect(Date.parse(since)).toBeLessThanOrEqual(hungMs);
  expect(await isUp()).toBe("0");
  relay.mend();
  await eventually(() => expect(told(received)).toMatchObject([{ event: "fired" }, { event: "resolved" }]), 40_000);
  expect(await isUp()).toBe("1");
}, 90_000);

test("a channel that could not be reached meanwhile is told when the database is back", async () => {
  const rig = await notificationRig(after);
  const relay = await cuttable(after, rig.url);
  const { received, answers, url } = await receiver(after);
  answers[0] = { status: 503 };
  await rig.channel({ kind: "webhook", url, signingSecret: SECRET });
  await publish(rig.db, 1, document);
  const dir = await temporaryDataDir(after);
  await control(after, { databaseUrl: relay.url, dir, notifications: rig.options() });
  await eventually(async () =>
    expect((await rig.db.query("SELECT FROM alert_lease WHERE holder <> ''")).rowCount).toBe(1),
  );
  relay.cut();
  await eventually(() => expect(told(received)).not.toEqual([]), 20_000);
  answers[0] = { status: 200 };
  relay.mend();
  await eventually(
    async () =>
      expect((await rig.db.query(WRITTEN)).rows).toMatchObject([
        { deliveries: ["fired delivered", "resolved delivered"] },
      ]),
    30_000,
  );
  expect(new Set(told(received).map(({ id }) => id)).size).toBe(1);
});

test("who did not tell leaves an outage to who did, ends it when nobody has, and tells its beginning only where ends are not told", async () => {
  const rig = await notificationRig(after);
  const pool = rig.pool();
  const target = { kind: "webhook", url: "https://hooks.example.org/", signingSecret: SECRET };
  await rig.channel(target, { name: "ends, too" });
  await rig.channel(target, { name: "beginnings", match: { resolved: false } });
  const bookOf = (workerId: string) => {
    const teller = new OutageTeller({ workerId, log, rules: () => rules, telling: null, onTold: () => {} });
    after.add(() => teller.stop());
    return new OutageBook(workerId, teller);
  };
  const written = async () => (await rig.db.query(WRITTEN)).rows;
  const seed = async () => (await rig.db.query("SELECT outage FROM alert_lease")).rows[0]?.outage as string;
  const lostMs = Date.now() - 100_000;
  const backMs = lostMs + 20_000;
  // The third began while the database was lost.
  const books = [bookOf("a"), bookOf("b"), bookOf("c")] as const;
  const named = await seed();
  for (const book of books.slice(0, 2)) book.remember(null, named, lostMs - 500);
  for (const book of books) book.lost(lostMs);
  for (const book of books) await book.report(pool, rules, backMs);
  for (const book of books) await book.report(pool, rules, backMs + LEAVE_TO_TELLER_MS - 1);
  expect(await written()).toEqual([]);
  for (const book of books) await book.report(pool, rules, backMs + LEAVE_TO_TELLER_MS);
  const id = outageAlertId(named, "database-lost");
  const alert = { state: "resolved", firing_told: true, end_told: false, lasted: true };
  expect(await written()).toMatchObject([{ ...alert, id, deliveries: ["fired pending"] }]);
  const to = "SELECT c.name FROM notification_delivery d JOIN notification_channel c ON c.id = d.channel_id";
  expect((await rig.db.query(to)).rows).toEqual([{ name: "beginnings" }]);
  expect(await seed()).not.toBe(named);
});

test("a loss right after one that was written down is another one, though its worker had not heard of that", async () => {
  const rig = await notificationRig(after);
  const pool = rig.pool();
  const old = randomUUID();
  const teller = new OutageTeller({ workerId: "a", log, rules: () => rules, telling: null, onTold: () => {} });
  after.add(() => teller.stop());
  const book = new OutageBook("a", teller);
  const lostMs = Date.now() - 100_000;
  const memory = { channels: [], silences: [], windows: [] };
  for (const atMs of [lostMs, lostMs + 40_000]) {
    await rig.db.query("UPDATE alert_lease SET outage = $1", [old]);
    book.remember(memory, old, atMs - 500);
    book.lost(atMs);
    await book.report(pool, rules, atMs + 20_000);
  }
  const { rows } = await rig.db.query("SELECT id FROM alert WHERE rule = 'database-lost' ORDER BY fired_at");
  expect(rows).toHaveLength(2);
  expect(rows[0]?.id).toBe(outageAlertId(old, "database-lost"));
});
