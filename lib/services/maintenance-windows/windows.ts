// Maintenance windows: at once, audited, in no revision.
import type { Actor } from "#lib/contracts/access.ts";
import { CHANNELS } from "#lib/contracts/bus.ts";
import { Id } from "#lib/contracts/common.ts";
import { ServiceError } from "#lib/contracts/problem.ts";
import { WindowInput, WindowPatch, type WindowView } from "#lib/contracts/silences.ts";
import { nextSpan } from "#lib/core/alerts/silencing.ts";
import { storedWindow } from "#lib/core/alerts/stored-mutings.ts";
import { nameKey } from "#lib/core/config/same.ts";
import { authorise } from "#lib/services/access.ts";
import { notFound } from "#lib/services/head.ts";
import { parse } from "#lib/services/parse.ts";
import { writeAudit } from "#lib/store/audit.ts";
import { db, type Tx } from "#lib/store/db.ts";
import type { MaintenanceWindow } from "#lib/store/generated/client.ts";
import { notify } from "#lib/store/notify.ts";

/** By name. */
export async function listWindows(actor: Actor): Promise<WindowView[]> {
  authorise(actor, "viewer");
  return (await db().maintenanceWindow.findMany({ orderBy: { nameKey: "asc" } })).map(viewOf);
}

/** @throws {ServiceError} `not-found` */
export async function getWindow(actor: Actor, id: string): Promise<WindowView> {
  authorise(actor, "viewer");
  return viewOf(await existing(db(), id));
}

/** @throws {ServiceError} `duplicate-name`, `invalid-input` */
export async function createWindow(actor: Actor, input: unknown): Promise<WindowView> {
  authorise(actor, "operator");
  const { name, ...fields } = parse(WindowInput, input);
  return changed(actor, "create", async (tx) => {
    await refuseTaken(tx, name, null);
    return [null, await tx.maintenanceWindow.create({ data: { name, nameKey: nameKey(name), ...fields } })];
  });
}

/** Fields left out stay. @throws {ServiceError} `not-found`, `duplicate-name`, `invalid-input` */
export async function updateWindow(actor: Actor, id: string, input: unknown): Promise<WindowView> {
  authorise(actor, "operator");
  const { name, ...fields } = parse(WindowPatch, input);
  return changed(actor, "update", async (tx) => {
    const before = await existing(tx, id);
    if (name !== undefined) await refuseTaken(tx, name, id);
    const data = { ...fields, ...(name !== undefined && { name, nameKey: nameKey(name) }) };
    return [before, await tx.maintenanceWindow.update({ where: { id }, data })];
  });
}

/** @throws {ServiceError} `not-found` */
export async function deleteWindow(actor: Actor, id: string): Promise<void> {
  authorise(actor, "operator");
  await changed(actor, "delete", async (tx) => {
    const before = await existing(tx, id);
    await tx.maintenanceWindow.delete({ where: { id } });
    return [before, null];
  });
}

async function existing(tx: Pick<Tx, "maintenanceWindow">, id: string): Promise<MaintenanceWindow> {
  const row = Id.safeParse(id).success ? await tx.maintenanceWindow.findUnique({ where: { id } }) : null;
  if (!row) throw notFound("maintenance window", id);
  return row;
}

async function refuseTaken(tx: Tx, name: string, ownId: string | null): Promise<void> {
  const other = await tx.maintenanceWindow.findUnique({ where: { nameKey: nameKey(name) } });
  if (other === null || other.id === ownId) return;
  throw new ServiceError("duplicate-name", `There is a window named ${other.name} already.`, {
    faults: [{ path: ["name"], code: "duplicate-name", message: "is taken" }],
  });
}

type Change = [before: MaintenanceWindow | null, after: MaintenanceWindow | null];

async function changed(actor: Actor, act: string, change: (tx: Tx) => Promise<Change>): Promise<WindowView> {
  const row = await db().$transaction(async (tx) => {
    const [before, after] = await change(tx);
    const either = (after ?? before) as MaintenanceWindow;
    const target = { targetKind: "maintenance-window", targetId: either.id, targetName: either.name };
    const records = { before: before && told(before), after: after && told(after) };
    await writeAudit(tx, actor, [{ action: `maintenance-window.${act}`, ...target, ...records }]);
    await notify(tx, CHANNELS.silences, either.id);
    return either;
  });
  return viewOf(row);
}

const told = ({ name, enabled, mode, matchers, schedule }: MaintenanceWindow) => ({
  name,
  enabled,
  mode,
  matchers,
  schedule,
});

function viewOf(row: MaintenanceWindow): WindowView {
  const nowMs = Date.now();
  const stored = storedWindow(row);
  const parts = stored.is === "read" ? stored.value : null;
  const span = row.enabled && parts ? nextSpan(parts.schedule, nowMs) : null;
  return {
    id: row.id,
    name: row.name,
    enabled: row.enabled,
    mode: parts?.mode ?? null,
    matchers: parts?.matchers ?? null,
    schedule: parts?.schedule ?? null,
    isOpen: span !== null && span.startMs <= nowMs,
    nextStartsAt: span && new Date(span.startMs).toISOString(),
    nextEndsAt: span && new Date(span.endMs).toISOString(),
    unreadable: stored.is === "read" ? null : stored.at,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
