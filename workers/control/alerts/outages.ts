// The database lost: whoever evaluated last tells of it while it lasts (outage-teller.ts), and writes it down when it is back, as
// told. Where that worker does not come back, another one writes it down under the same id (outage-id.ts) and tells its end, which says
// all: nobody can know what the lost one told, so nothing that it may have told is told again. If it comes back after all, it adds what
// it told. Meanwhile gb_database_up is 0, the log says so, and the proxies serve on.
import { randomUUID } from "node:crypto";
import type { EffectiveRule } from "#lib/core/alerts/defaults.ts";
import { type Muting, mutingOf } from "#lib/core/alerts/silencing.ts";
import { isTold } from "#lib/core/notifications/routing.ts";
import { ALERT_LEASE_MS, type NewAlert, readMutings } from "#lib/store/control/alerts.ts";
import { type Database, inTransaction, type Queryable } from "#lib/store/control/database.ts";
import {
  addDeliveries,
  isOutageTold,
  lockOutages,
  nameNextOutage,
  outageEndMs,
  readChannels,
  readOutageSeed,
  writeOutage,
} from "#lib/store/control/outages.ts";
import {
  lostAlert,
  matchableOf,
  type OutageMemory,
  type OutageTeller,
  routedOf,
  type ToldOutage,
} from "./outage-teller.ts";

/** A statement that was refused came from a database that is there. */
export const isLost = (cause: unknown): boolean => {
  const { code = "", message = "" } = cause as { code?: string; message?: string };
  return (
    /^(?:ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_|08|57P0)/.test(code) ||
    /timeout|terminated|closed/i.test(message)
  );
};

/** For so long who did not tell leaves it to who did: longer than a message may be on its way, so that its end comes after it. */
export const LEAVE_TO_TELLER_MS = 20_000;

/** `seed`: null in a process that has not read it, since it began while the database was lost. `backMs` null: it is lost still. */
type Outage = { lostMs: number; backMs: number | null; seed: string | null; isMine: boolean };

export class OutageBook {
  readonly #workerId: string;
  readonly #teller: OutageTeller;
  #outage: Outage | null = null;
  #seed: string | null = null;
  #evaluatedMs = 0;

  constructor(workerId: string, teller: OutageTeller) {
    this.#workerId = workerId;
    this.#teller = teller;
  }

  /**
   * As of an evaluation that began at `atMs`.
   * @param memory null: another worker evaluated, and tells of the next loss
   */
  remember(memory: OutageMemory | null, seed: string, atMs: number): void {
    this.#teller.remember(memory);
    this.#seed = seed;
    this.#evaluatedMs = atMs;
  }

  /** @param sinceMs when it answered last */
  lost(sinceMs: number): void {
    const [kept] = this.#teller.told.values();
    // Later than that another worker may have taken over, and tells.
    const tells = this.#teller.memory !== null && sinceMs < this.#evaluatedMs + ALERT_LEASE_MS;
    // One that comes back and goes before it was written down is still the same one.
    const before = this.#outage;
    const lostMs = before?.lostMs ?? kept?.alert.firedMs ?? sinceMs;
    const seed = before?.seed ?? this.#seed;
    this.#outage = { lostMs, backMs: null, seed, isMine: tells || kept !== undefined || (before?.isMine ?? false) };
    this.#teller.loss = { sinceMs: lostMs, seed: tells ? seed : null };
  }

  /**
   * Writes down an outage that is over, unless it was shorter than a rule asks for, or another worker told of it. Rejects while
   * it lasts.
   */
  async report(database: Database, rules: readonly EffectiveRule[], nowMs: number): Promise<void> {
    const [kept] = this.#teller.told.values();
    // Told by the process that was there before this one.
    if (kept) this.#outage ??= { lostMs: kept.alert.firedMs, backMs: null, seed: null, isMine: true };
    const outage = this.#outage;
    if (outage === null) return;
    const seed = await readOutageSeed(database);
    outage.backMs ??= nowMs;
    this.#teller.loss = null;
    if (!outage.isMine && outage.seed !== null && seed !== outage.seed) return this.#forget();
    if (!outage.isMine && nowMs - outage.backMs < LEAVE_TO_TELLER_MS) return;
    // What is on its way is waited for: it must be known whether it got there.
    await this.#teller.settled();
    const over = { ...outage, backMs: outage.backMs, seed: outage.seed ?? seed };
    const next = await inTransaction(database, (tx) => this.#write(tx, rules, over));
    this.#seed = next ?? this.#seed;
    this.#forget();
  }

  #forget(): void {
    this.#outage = null;
    this.#teller.forget();
  }

  /** @returns what the next one is named after; null: nothing was written, and the name is free still */
  async #write(tx: Queryable, rules: readonly EffectiveRule[], outage: Over): Promise<string | null> {
    await lockOutages(tx);
    const { rows } = await tx.query<{ now: Date }>("SELECT clock_timestamp() AS now");
    // By the database's clock, as all other alerts are.
    const aheadMs = (rows[0]?.now.getTime() ?? Date.now()) - Date.now();
    let written = 0;
    for (const told of this.#teller.told.values()) written += await writeTold(tx, told, outage.backMs, aheadMs);
    for (const rule of rules)
      if (!this.#teller.told.has(rule.key)) written += await this.#writeUntold(tx, rule, outage, aheadMs);
    return written > 0 ? nameNextOutage(tx) : null;
  }

  /** What this worker did not tell, and another one may have. @returns how many were written */
  async #writeUntold(tx: Queryable, rule: EffectiveRule, outage: Over, aheadMs: number): Promise<number> {
    const { lostMs, backMs, seed } = outage;
    const alert = lostAlert(rule, this.#workerId, { sinceMs: lostMs, seed }, backMs);
    if (alert === null || (await isOutageTold(tx, rule.key, lostMs + aheadMs))) return 0;
    const { silences, windows } = await readMutings(tx);
    // Whoever told did so in the first moment in which it was not muted.
    const [then, now] = [alert.firedMs, Date.now()].map((atMs) =>
      mutingOf(matchableOf(alert), silences, windows, atMs),
    );
    const muting = (isMuting(then) ? now : then) ?? null;
    const id = (await outageEndMs(tx, alert.id)) === null ? alert.id : randomUUID();
    await writeOutage(
      tx,
      { ...alert, id, ...timesOf(lostMs, backMs, aheadMs), muting },
      await this.#unheard(tx, alert),
    );
    return 1;
  }

  /** Channels that are never told of ends would not hear of it at all. */
  async #unheard(tx: Queryable, alert: NewAlert) {
    const channels = await readChannels(tx);
    return channels
      .filter(({ match }) => isTold(match, routedOf(alert), "fired") && !isTold(match, routedOf(alert), "resolved"))
      .map(({ id }) => ({ channelId: id, attempts: 0, createdMs: Date.now(), step: dueNow() }));
  }
}

const isMuting = (muting: Muting | null | undefined) => muting != null && muting.kind !== "expected";
type Over = { lostMs: number; backMs: number; seed: string };
const dueNow = () => ({ state: "pending" as const, error: "", atMs: Date.now() });

/** @returns 1; 0: another worker had written it down, and what this one told is added */
async function writeTold(tx: Queryable, told: ToldOutage, backMs: number, aheadMs: number): Promise<number> {
  const { alert, deliveries } = told;
  const endMs = await outageEndMs(tx, alert.id);
  if (endMs !== null && endMs >= alert.firedMs + aheadMs) {
    // Its end was told: what did not get through before is not told any more.
    await addDeliveries(
      tx,
      alert,
      deliveries.filter(({ step }) => step.state !== "pending"),
    );
    return 0;
  }
  // Else the name was one of before, of which this worker had not heard yet that it was used up.
  const id = endMs === null ? alert.id : randomUUID();
  const figures = { ...alert.figures, value: Math.max(0, backMs - alert.firedMs) };
  await writeOutage(tx, { ...alert, id, figures, ...timesOf(alert.firedMs, backMs, aheadMs) }, deliveries);
  return 1;
}

const timesOf = (lostMs: number, backMs: number, aheadMs: number) => ({
  firedMs: lostMs + aheadMs,
  resolvedMs: Math.max(lostMs, backMs) + aheadMs,
});
