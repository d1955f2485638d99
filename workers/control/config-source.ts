// Where configurations come from: the newest revision in the database, and the canary that runs beside it. One that cannot
// be used is refused and reported, and the last good one stays in force.
import { isDeepStrictEqual } from "node:util";
import { checkDetail, longDetail } from "#lib/contracts/check-detail.ts";
import { CanarySettings, EMPTY_CONFIG, type PublishedCanary, type PublishedConfig } from "#lib/contracts/config.ts";
import type { Database } from "#lib/store/control/database.ts";
import { type Published, RevisionParts, readPublished, readRevision } from "#lib/store/control/revisions.ts";
import { readSecretCheck, withSecrets } from "#lib/store/control/secrets.ts";
import { type SecretBook, UnopenedSecretError } from "#lib/store/secret-book.ts";
import { checkDocument } from "./check-document.ts";
import { DocumentReader } from "./document-reader.ts";
import type { Log } from "./log.ts";
import { type Repeating, repeat } from "./repeat.ts";

/** A notification may be lost with its connection; this is how late a revision is then at most. */
const BACKUP_POLL_MS = 5_000;

export type Refusal = { revision: number; reason: string };
/** With when it was refused first, Unix ms. */
export type StandingRefusal = Refusal & { sinceMs: number };
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
  onCanaryRefused: (canaryId: string, reason: string) => void;
};

/** Polls and, when kicked, reads at once. */
export function startConfigSource(options: ConfigSourceOptions): Repeating {
  const { database, log, secrets, current, onConfig, onConfirmed, onRefused } = options;
  const [parts, reader] = [new RevisionParts(), new DocumentReader()];
  let seen: string | undefined;
  let sealedWith: string | null = null;
  return repeat("reading the configuration", BACKUP_POLL_MS, log, async () => {
    const published = await readPublished(database);
    const { number } = published;
    const news = `${number} ${published.canary?.id ?? ""}`;
    const check = await readSecretCheck(database);
    const isSealedAnew = seen !== undefined && check !== sealedWith;
    sealedWith = check;
    if (news === seen && !isSealedAnew) return;
    const row = number === 0 ? { document: EMPTY_CONFIG } : await parts.read(database, number);
    if (!row) return;
    const first = seen === undefined;
    const canary = await readCanary(options, published);
    seen = news;
    const checked = reader.read(row.document);
    if (typeof checked === "string") return onRefused({ revision: number, reason: checked });
    const alone = await withSecrets(database, { revision: number, document: checked });
    const reason = unopened(secrets, alone);
    if (reason !== null) return onRefused({ revision: number, reason });
    const config = canary === null ? alone : await withCanary(options, alone, canary);
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
    return longDetail("secrets-closed", { what: cause.message });
  }
}

/** The canary that runs, when this worker can use it. */
async function readCanary(
  { database, onCanaryRefused }: ConfigSourceOptions,
  { canary }: Published,
): Promise<PublishedCanary | null> {
  if (canary === null) return null;
  const row = await readRevision(database, canary.revision);
  const document = row === null ? checkDetail("revision-absent") : checkDocument(row.document);
  if (typeof document === "string") {
    onCanaryRefused(canary.id, document);
    return null;
  }
  const { sharePercent, key } = CanarySettings.parse(canary.settings);
  return { id: canary.id, revision: canary.revision, document, sharePercent, key };
}

/** The configuration with its canary, unless the secrets of that cannot be used here: everybody else's can. */
async function withCanary(
  { database, secrets, onCanaryRefused }: ConfigSourceOptions,
  alone: PublishedConfig,
  canary: PublishedCanary,
): Promise<PublishedConfig> {
  const both = await withSecrets(database, { revision: alone.revision, document: alone.document, canary });
  const reason = unopened(secrets, both);
  if (reason === null) return both;
  onCanaryRefused(canary.id, reason);
  return alone;
}
