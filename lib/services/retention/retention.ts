import type { Actor } from "#lib/contracts/access.ts";
import { CHANNELS } from "#lib/contracts/bus.ts";
import { RETENTION_DEFAULTS, RetentionPatch, RetentionSettings, type RetentionView } from "#lib/contracts/retention.ts";
import { authorise } from "#lib/services/access.ts";
import { parse } from "#lib/services/parse.ts";
import { writeAudit } from "#lib/store/audit.ts";
import { db, type Tx } from "#lib/store/db.ts";
import { notify } from "#lib/store/notify.ts";

/** Two administrators take turns, or one would write over what the other just decided. */
const LOCK = 7_302_013;

/** How long history is kept. */
export async function getRetention(actor: Actor): Promise<RetentionView> {
  authorise(actor, "viewer");
  return readView(db());
}

/** Changes what `input` names; the workers clean up by it at once. @throws {ServiceError} `invalid-input` */
export async function updateRetention(actor: Actor, input: unknown): Promise<RetentionView> {
  authorise(actor, "admin");
  const patch = parse(RetentionPatch, input);
  return db().$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${LOCK})`;
    const before = settingsOf(await tx.retention.findFirst());
    const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
    const settings: RetentionSettings = { ...before, ...given };
    const changed = Object.keys(settings).filter((key) => pick(before, key) !== pick(settings, key));
    if (changed.length === 0) return readView(tx);
    const fields = { settings, updatedAt: new Date(), updatedBy: actor.name };
    await tx.retention.upsert({ where: { id: 1 }, create: { id: 1, ...fields }, update: fields });
    await writeAudit(tx, actor, [
      {
        action: "retention.update",
        targetKind: "retention",
        targetId: null,
        targetName: "",
        before: Object.fromEntries(changed.map((key) => [key, pick(before, key)])),
        after: Object.fromEntries(changed.map((key) => [key, pick(settings, key)])),
      },
    ]);
    await notify(tx, CHANNELS.retention, "");
    return readView(tx);
  });
}

/** What is kept how long, for services that read by it. */
export const retentionSettings = async (): Promise<RetentionSettings> => settingsOf(await db().retention.findFirst());

const pick = (settings: RetentionSettings, key: string) => settings[key as keyof RetentionSettings];

const settingsOf = (row: { settings: unknown } | null): RetentionSettings =>
  row ? RetentionSettings.parse(row.settings) : RETENTION_DEFAULTS;

async function readView(client: Pick<Tx, "retention">): Promise<RetentionView> {
  const row = await client.retention.findFirst();
  return { ...settingsOf(row), updatedAt: row?.updatedAt.toISOString() ?? null, updatedBy: row?.updatedBy ?? null };
}
