// The database lost: whoever evaluated last tells of it while it lasts (outage-teller.ts), and writes it down when it is back, as
// told. Where nobody could (it was ended, too), another worker tells of it afterwards, with its true times. Meanwhile
// gb_database_up is 0, the log says so, and the proxies serve on.

import type { EffectiveRule } from "#lib/core/alerts/defaults.ts";
import { mutingOf } from "#lib/core/alerts/silencing.ts";
import { readMutings } from "#lib/store/control/alerts.ts";
import { type Database, inTransaction, type Queryable } from "#lib/store/control/database.ts";
import { isOutageTold, lockOutages, writeOutage } from "#lib/store/control/outages.ts";
import { lostAlert, matchableOf, type OutageTeller } from "./outage-teller.ts";

/** A statement that was refused came from a database that is there. */
export const isLost = (cause: unknown): boolean => {
  const { code = "", message = "" } = cause as { code?: string; message?: string };
  return (
    /^(?:ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_|08|57P0)/.test(code) ||
    /timeout|terminated|closed/i.test(message)
  );
};

/** For so long who did not tell leaves it to who did: longer than its messages may be on their way. */
const LEAVE_TO_TELLER_MS = 40_000;

export class OutageBook {
  readonly #workerId: string;
  readonly #teller: OutageTeller;
  #lostMs: number | null = null;
  #backMs: number | null = null;

  constructor(workerId: string, teller: OutageTeller) {
    this.#workerId = workerId;
    this.#teller = teller;
  }

  failed(cause: unknown, nowMs: number): void {
    if (!isLost(cause)) return;
    this.#lostMs ??= nowMs;
    this.#backMs = null;
    this.#teller.lostMs = this.#lostMs;
  }

  /**
   * Writes down an outage that is over, unless it was shorter than a rule asks for, or another worker told of it. Rejects while
   * it lasts.
   */
  async report(database: Database, rules: readonly EffectiveRule[], nowMs: number): Promise<void> {
    if (this.#lostMs === null && this.#teller.told.size === 0) return;
    await database.query("SELECT 1");
    this.#backMs ??= nowMs;
    this.#teller.lostMs = null;
    const [first] = this.#teller.told.values();
    const lostMs = this.#lostMs ?? first?.alert.firedMs ?? nowMs;
    if (!this.#teller.isMine && nowMs - this.#backMs < LEAVE_TO_TELLER_MS) return;
    // What is on its way is waited for: it must be known whether it got there.
    await this.#teller.settled();
    const outage = { rules, lostMs, backMs: this.#backMs };
    await inTransaction(database, (tx) => this.#write(tx, outage));
    this.#teller.forget();
    this.#lostMs = null;
    this.#backMs = null;
  }

  async #write(
    tx: Queryable,
    { rules, lostMs, backMs }: { rules: readonly EffectiveRule[]; lostMs: number; backMs: number },
  ): Promise<void> {
    await lockOutages(tx);
    const { rows } = await tx.query<{ now: Date }>("SELECT clock_timestamp() AS now");
    // By the database's clock, as all other alerts are.
    const aheadMs = (rows[0]?.now.getTime() ?? Date.now()) - Date.now();
    const { silences, windows } = await readMutings(tx);
    const told = this.#teller.told;
    const untold = rules.filter(({ key }) => !told.has(key));
    for (const rule of untold) {
      const alert = lostAlert(rule, this.#workerId, lostMs, backMs);
      if (alert === null || (await isOutageTold(tx, rule.key, lostMs + aheadMs))) continue;
      const muting = mutingOf(matchableOf(alert), silences, windows, Date.now());
      await writeOutage(tx, { ...alert, ...timesOf(lostMs, backMs, aheadMs), muting }, null);
    }
    for (const { alert, deliveries } of told.values()) {
      const { firedMs } = alert;
      const figures = { ...alert.figures, value: Math.max(0, backMs - firedMs) };
      await writeOutage(tx, { ...alert, figures, ...timesOf(firedMs, backMs, aheadMs) }, deliveries);
    }
  }
}

const timesOf = (lostMs: number, backMs: number, aheadMs: number) => ({
  firedMs: lostMs + aheadMs,
  resolvedMs: Math.max(lostMs, backMs) + aheadMs,
});
