import { isDeepStrictEqual } from "node:util";
import type { CertificateSnapshot } from "#lib/contracts/certificates.ts";
import { readCertificates } from "#lib/store/control/certificates.ts";
import type { Database } from "#lib/store/control/database.ts";
import type { Log } from "./log.ts";
import { type Repeating, repeat } from "./repeat.ts";

const BACKUP_POLL_MS = 5_000;

/** Keeps the worker's certificates in step with the database: polls and, when kicked, reads at once. */
export function startCertificateSource(
  database: Database,
  log: Log,
  current: () => CertificateSnapshot | null,
  onChanged: (snapshot: CertificateSnapshot) => void,
): Repeating {
  return repeat("reading the certificates", BACKUP_POLL_MS, log, async () => {
    const snapshot = await readCertificates(database);
    if (!isDeepStrictEqual(snapshot, current())) onChanged(snapshot);
  });
}
