// Keeps the quotas in step with the database, and on disk for when that is down at the next start.
import type { Database } from "#lib/store/control/database.ts";
import { addQuotaUse, forgetQuotas, type QuotaBatch } from "#lib/store/control/quotas.ts";
import { type KeptFile, keepFile } from "./kept-file.ts";
import type { Log } from "./log.ts";
import type { QuotaBook } from "./quota-book.ts";
import { repeat } from "./repeat.ts";

/** How often it is written, and how often what others used is read. */
const SYNC_MS = 1_000;
const FILE_DEBOUNCE_MS = 200;
const FORGET_EVERY_MS = 3_600_000;

export type QuotaKeeper = { stop: () => Promise<void> };

export function startQuotaKeeper(options: {
  database: Database;
  workerId: string;
  log: Log;
  quotas: QuotaBook;
  file: string;
}): QuotaKeeper {
  const { database, workerId, log, quotas } = options;
  const file: KeptFile = keepFile(options.file, log, FILE_DEBOUNCE_MS, () => quotas.keep());
  let forgottenMs = 0;
  /** Sent, and not known to be stored. */
  let batch: QuotaBatch | null = null;
  let number = 0;
  const syncing = repeat("counting quotas", SYNC_MS, log, async () => {
    const nowMs = Date.now();
    if (batch === null) {
      const uses = quotas.changes(nowMs);
      if (uses.length === 0) return;
      // Of this process's time, so that numbers rise over restarts, too.
      number = Math.max(number + 1, nowMs);
      batch = { workerId, number, uses };
    }
    const totals = await addQuotaUse(database, batch);
    quotas.written(batch.uses, totals);
    batch = null;
    file.touch();
    if (nowMs - forgottenMs < FORGET_EVERY_MS) return;
    forgottenMs = nowMs;
    await forgetQuotas(database);
  });
  quotas.onUse = (isNew) => {
    file.touch();
    // What others used of it is not known yet.
    if (isNew) void syncing.kick();
  };
  return {
    stop: async () => {
      quotas.onUse = () => {};
      await syncing.kick();
      await syncing.stop();
      await file.stop();
    },
  };
}
