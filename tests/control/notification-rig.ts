// A database with channels and alerts, and workers that tell the ones of the others.
import { randomBytes, randomUUID } from "node:crypto";

import { ChannelMatch, ChannelTarget } from "#lib/contracts/notifications.ts";
import { type Database, openDatabase } from "#lib/store/control/database.ts";
import { channelOwner } from "#lib/store/notification-owner.ts";
import { SecretKey } from "#lib/store/sealing.ts";
import { startTestDatabase } from "#tests/support/postgres.ts";
import { makeSender } from "#workers/notify/send.ts";
import { type Cleanups, connected, control, POOL, temporaryDataDir } from "./support.ts";

export type Rig = Awaited<ReturnType<typeof notificationRig>>;

export async function notificationRig(after: Cleanups) {
  const key = new SecretKey(randomBytes(32));
  const database = await startTestDatabase();
  after.add(() => database.stop());
  const db = await connected(after, database.url);

  /** A worker's part that tells the channels; loopback is allowed, as the receivers are there. */
  function options(allow: readonly string[] = ["127.0.0.0/8"], secretKey = key) {
    const sender = makeSender(allow);
    after.add(sender.close);
    return { sender, secretKey: () => secretKey, dashboardUrl: "https://balance.example.org" };
  }
  const worker = async (allow?: readonly string[], secretKey?: SecretKey) =>
    control(after, {
      databaseUrl: database.url,
      dir: await temporaryDataDir(after),
      notifications: options(allow, secretKey),
    });
  function pool(): Database {
    const opened = openDatabase(database.url);
    after.add(() => opened.end());
    return opened;
  }

  async function channel(
    target: object,
    settings: { name?: string; enabled?: boolean; language?: string; match?: object } = {},
    /** Another database than its own. */
    into = db,
  ): Promise<string> {
    const id = randomUUID();
    const { name = "ops", enabled = true, language = "en", match = {} } = settings;
    const parsed = ChannelTarget.parse(target);
    await into.query(
      `INSERT INTO notification_channel (id, name, name_key, enabled, kind, language, leads_to, match, sealed_target)
       VALUES ($1, $2, $3, $4, $5, $6, '', $7, $8)`,
      [
        ...[id, name, `${name}-${id}`, enabled, parsed.kind, language, ChannelMatch.parse(match)],
        key.seal(JSON.stringify(parsed), channelOwner(id)),
      ],
    );
    return id;
  }

  /** An alert about no node: the workers of the tests have none, and would end it. */
  async function fire(at: { level?: number; node?: string; rule?: string } = {}): Promise<string> {
    const id = randomUUID();
    await db.query(
      `INSERT INTO alert (id, rule, level, fingerprint, state, pool_id, node_id, pool_name, node_name, reason, check_level, detail,
         consecutive_failures, fired_at)
       VALUES ($1, $2, $3, $4, 'firing', $5, NULL, 'payments', $6, 'connect-refused', 'http', '', 3, '2026-11-28T03:20:11Z')`,
      [id, at.rule ?? "health-check-failed", at.level ?? 1, `test:${id}`, POOL, at.node ?? "sg-1"],
    );
    await db.query("SELECT pg_notify('gb_alert', $1)", [id]);
    return id;
  }
  async function resolve(id: string): Promise<void> {
    const end = "UPDATE alert SET state = 'resolved', resolved_at = fired_at + interval '75 seconds' WHERE id = $1";
    await db.query(end, [id]);
    await db.query("SELECT pg_notify('gb_alert', $1)", [id]);
  }
  const deliveries = async () =>
    (await db.query("SELECT event, state, attempts, last_error, alert_id FROM notification_delivery ORDER BY id")).rows;

  return { key, db, url: database.url, options, worker, pool, channel, fire, resolve, deliveries };
}
