// The database lost: nobody can write that down while it lasts, so the worker that lost it tells of it afterwards, with its true
// times. Meanwhile gb_database_up is 0, the log says so, and the proxies serve on.

import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { EffectiveRule } from "#lib/core/alerts/defaults.ts";
import { fingerprintOf } from "#lib/core/alerts/engine.ts";
import { mutingOf } from "#lib/core/alerts/silencing.ts";
import { fireAlerts, readMutings } from "#lib/store/control/alerts.ts";
import { type Database, inTransaction } from "#lib/store/control/database.ts";

/** A statement that was refused came from a database that is there. */
export const isLost = (cause: unknown): boolean => {
  const { code = "", message = "" } = cause as { code?: string; message?: string };
  return (
    /^(?:ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_|08|57P0)/.test(code) ||
    /timeout|terminated|closed/i.test(message)
  );
};

export class OutageBook {
  readonly #workerId: string;
  #lostMs: number | null = null;

  constructor(workerId: string) {
    this.#workerId = workerId;
  }

  failed(cause: unknown, nowMs: number): void {
    if (isLost(cause)) this.#lostMs ??= nowMs;
  }

  /**
   * Tells of an outage that is over, unless it was shorter than a rule asks for, or another worker told of it. Rejects while
   * it lasts.
   */
  async report(database: Database, rules: readonly EffectiveRule[]): Promise<void> {
    const lostMs = this.#lostMs;
    if (lostMs === null) return;
    await inTransaction(database, async (tx) => {
      const { rows } = await tx.query<{ now: Date }>("SELECT now() AS now");
      const nowMs = Date.now();
      const { silences, windows } = await readMutings(tx);
      for (const rule of rules) {
        const { condition } = rule;
        if (!rule.enabled || condition.kind !== "database-lost" || nowMs - lostMs < condition.afterMs) continue;
        await tx.query("SELECT pg_advisory_xact_lock(7302013)");
        const firedMs = (rows[0]?.now.getTime() ?? nowMs) - (nowMs - lostMs);
        const told = await tx.query(
          `SELECT 1 FROM alert WHERE rule_key = $1 AND resolved_at >= to_timestamp($2::float8 / 1000) LIMIT 1`,
          [rule.key, firedMs],
        );
        if (told.rowCount) continue;
        const matchable = {
          rule: condition.kind,
          ruleKey: rule.key,
          level: rule.level,
          poolName: "",
          nodeName: "",
          labels: null,
        };
        const subject = { kind: "system", id: this.#workerId } as const;
        await fireAlerts(tx, [
          {
            id: randomUUID(),
            kind: condition.kind,
            ruleKey: rule.key,
            ruleName: rule.name,
            level: rule.level,
            fingerprint: fingerprintOf(rule.key, subject),
            subjectKind: subject.kind,
            subjectId: subject.id,
            subjectName: hostname(),
            poolId: null,
            nodeId: null,
            poolName: "",
            nodeName: "",
            labels: null,
            reason: "no-answer",
            checkLevel: null,
            detail: "",
            consecutiveFailures: 0,
            figures: { value: nowMs - lostMs, limit: condition.afterMs },
            firedMs,
            resolvedMs: firedMs + (nowMs - lostMs),
            muting: mutingOf(matchable, silences, windows, nowMs),
          },
        ]);
      }
    });
    this.#lostMs = null;
  }
}
