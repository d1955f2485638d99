// Where configurations come from: the newest revision in the database. One that cannot be used is refused and reported,
// and the last good one stays in force.
import { isDeepStrictEqual } from "node:util";
import { EMPTY_CONFIG, type PublishedConfig } from "#lib/contracts/config.ts";
import type { Database } from "#lib/store/control/database.ts";
import { newestRevisionNumber, readRevision } from "#lib/store/control/revisions.ts";
import { readSecretCheck, withSecrets } from "#lib/store/control/secrets.ts";
import { type SecretBook, UnopenedSecretError } from "#lib/store/secret-book.ts";
import { DocumentReader } from "./document-reader.ts";
import type { Log } from "./log.ts";
import { type Repeating, repeat } from "./repeat.ts";

/** A notification may be lost with its connection; this is how late a revision is then at most. */
const BACKUP_POLL_MS = 5_000;

export type Refusal = { revision: number; reason: string };
export type ConfigSourceOptions = {
  database: Database;
  log: Log;
  secrets: SecretBook;
  /** What is in force, possibly from the disk. */
  current: () => PublishedConfig | null;
  onConfig: (config: PublishedConfig) => void;
  /** What is in force is what the database holds. */
  onConfirmed: () => void;
  onRefused: (refusal: Refusal) => void;
};

/** Polls and, when kicked, reads at once. */
export function startConfigSource(options: ConfigSourceOptions): Repeating {
  const { database, log, secrets, current, onConfig, onConfirmed, onRefused } = options;
  const reader = new DocumentReader();
  let seen: number | undefined;
  let sealedWith: string | null = null;
  return repeat("reading the configuration", BACKUP_POLL_MS, log, async () => {
    const number = (await newestRevisionNumber(database)) ?? 0;
    const check = await readSecretCheck(database);
    const isSealedAnew = seen !== undefined && check !== sealedWith;
    sealedWith = check;
    if (number === seen && !isSealedAnew) return;
    const row = number === 0 ? { document: EMPTY_CONFIG } : await readRevision(database, number);
    if (!row) return;
    const first = seen === undefined;
    seen = number;
    const checked = reader.read(row.document);
    if (typeof checked === "string") return onRefused({ revision: number, reason: checked });
    const config = await withSecrets(database, { revision: number, document: checked });
    const reason = unopened(secrets, config);
    if (reason !== null) return onRefused({ revision: number, reason });
    // The revision of that number on disk may be another database's: after a start its content decides.
    const known = current();
    const same = (first || isSealedAnew) && isDeepStrictEqual(known, config);
    if (same) onConfirmed();
    else onConfig(config);
  });
}

/** Why the secrets of a configuration cannot be used here; null when they can. */
export function unopened(secrets: SecretBook, config: PublishedConfig): string | null {
  try {
    secrets.open(config);
    return null;
  } catch (cause) {
    if (!(cause instanceof UnopenedSecretError)) throw cause;
    return cause.message;
  }
}
