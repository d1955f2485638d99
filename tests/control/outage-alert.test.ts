// The database lost is told while it is lost, by whoever evaluated last, and once: over a real PostgreSQL that is stopped.

import pino from "pino";
import { afterEach, expect, test } from "vitest";
import { AlertRule } from "#lib/contracts/config/alert-rule.ts";
import type { EffectiveRule } from "#lib/core/alerts/defaults.ts";
import { dataDir } from "#lib/store/data-dir.ts";
import { migrate } from "#lib/store/migrate.ts";
import { temporaryDir } from "#tests/supervisor/support.ts";
import { OutageTeller } from "#workers/control/alerts/outage-teller.ts";
import { OutageBook } from "#workers/control/alerts/outages.ts";
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

test("PostgreSQL is stopped: the last to evaluate tells of it while it is lost, also when it is started anew, and writes it down as told", async () => {
  const rig = await notificationRig(after);
  const root = temporaryDir();
  const start = async () => {
    const { process, urls } = await embeddedPostgres(dataDir(root), () => {});
    after.add(() => process.stop());
    await process.start();
    return { url: urls.owner(), stop: () => process.stop() };
  };
  const postgres = await start();
  await migrate(postgres.url);
  const db = await connected(after, postgres.url);
  const { received, url } = await receiver(after);
  await rig.channel({ kind: "webhook", url, signingSecret: SECRET }, {}, db);
  await publish(db, 1, document);
  const dirs = [await temporaryDataDir(after), await temporaryDataDir(after)] as const;
  const start1 = async (dir: (typeof dirs)[number]) =>
    control(after, { databaseUrl: postgres.url, dir, notifications: rig.options() });
  const workers = [await start1(dirs[0]), await start1(dirs[1])];
  const holder = async () => (await db.query("SELECT holder FROM alert_lease")).rows[0]?.holder as string;
  await eventually(async () => expect(await holder()).not.toBe(""), 20_000);
  const holds = (await holder()) === workers[0]?.workerId ? 0 : 1;

  await postgres.stop();
  await eventually(() => expect(told(received)).toMatchObject([{ event: "fired" }]), 30_000);
  await workers[holds]?.stop();
  await start1(dirs[holds] as (typeof dirs)[number]);
  await start();
  await eventually(() => expect(told(received)).toMatchObject([{ event: "fired" }, { event: "resolved" }]), 40_000);

  const [fired, resolved] = told(received);
  expect(resolved?.id).toBe(fired?.id);
  const again = await connected(after, postgres.url);
  await eventually(async () =>
    expect((await again.query(WRITTEN)).rows).toEqual([
      {
        ...{ id: fired?.id, state: "resolved", firing_told: true, end_told: true, lasted: true },
        deliveries: ["fired delivered", "resolved delivered"],
      },
    ]),
  );
}, 180_000);

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

test("who did not tell leaves an outage to who did, and tells of it afterwards when nobody has", async () => {
  const rig = await notificationRig(after);
  const pool = rig.pool();
  const bookOf = (workerId: string) => {
    const teller = new OutageTeller({ workerId, log, rules: () => rules, telling: null, onTold: () => {} });
    after.add(() => teller.stop());
    return new OutageBook(workerId, teller);
  };
  const written = async () => (await rig.db.query(WRITTEN)).rows;
  const lostMs = Date.now() - 100_000;
  const backMs = lostMs + 20_000;
  const books = [bookOf("a"), bookOf("b")];
  for (const book of books) book.failed(Object.assign(new Error("gone"), { code: "ECONNREFUSED" }), lostMs);
  for (const book of books) await book.report(pool, rules, backMs);
  for (const book of books) await book.report(pool, rules, backMs + 39_999);
  expect(await written()).toEqual([]);
  for (const book of books) await book.report(pool, rules, backMs + 40_000);
  expect(await written()).toMatchObject([{ state: "resolved", firing_told: false, lasted: true }]);
});
