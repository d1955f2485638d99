// Where configurations come from: the newest revision in the database. One that cannot be used is refused and reported,
// and the last good one stays in force.
import { isDeepStrictEqual } from "node:util";
import { type ConfigDocument, EMPTY_CONFIG, type PublishedConfig } from "#lib/contracts/config.ts";
import { validateDocument } from "#lib/core/config/validate.ts";
import { compileRoutes } from "#lib/core/routing/compile.ts";
import type { Database } from "#lib/store/control/database.ts";
import { newestRevisionNumber, readRevision } from "#lib/store/control/revisions.ts";
import type { Log } from "./log.ts";
import { type Repeating, repeat } from "./repeat.ts";

/** A notification may be lost with its connection; this is how late a revision is then at most. */
const BACKUP_POLL_MS = 5_000;
const MAX_TOLD_FAULTS = 5;

export type Refusal = { revision: number; reason: string };
export type ConfigSourceOptions = {
  database: Database;
  log: Log;
  /** What is in force, possibly from the disk. */
  current: () => PublishedConfig | null;
  onConfig: (config: PublishedConfig) => void;
  /** What is in force is what the database holds. */
  onConfirmed: () => void;
  onRefused: (refusal: Refusal) => void;
};

/** Polls and, when kicked, reads at once. */
export function startConfigSource(options: ConfigSourceOptions): Repeating {
  const { database, log, current, onConfig, onConfirmed, onRefused } = options;
  let seen: number | undefined;
  return repeat("reading the configuration", BACKUP_POLL_MS, log, async () => {
    const number = (await newestRevisionNumber(database)) ?? 0;
    if (number === seen) return;
    const row = number === 0 ? { document: EMPTY_CONFIG } : await readRevision(database, number);
    if (!row) return;
    const first = seen === undefined;
    seen = number;
    const checked = checkDocument(row.document);
    if (typeof checked === "string") return onRefused({ revision: number, reason: checked });
    // The revision of that number on disk may be another database's: after a start its content decides.
    const known = current();
    const same = first && known?.revision === number && isDeepStrictEqual(known.document, checked);
    if (same) onConfirmed();
    else onConfig({ revision: number, document: checked });
  });
}

/** The document when this worker can use it, else why not: in words for people. */
export function checkDocument(stored: unknown): ConfigDocument | string {
  const validated = validateDocument(stored);
  if (!validated.ok) {
    const faults = validated.faults.map((fault) => `${fault.path.join(".") || "document"} ${fault.message}`);
    return faults.slice(0, MAX_TOLD_FAULTS).join("; ");
  }
  try {
    compileRoutes(validated.document);
    return validated.document;
  } catch (cause) {
    return (cause as Error).message;
  }
}
