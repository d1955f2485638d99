// The certificates that a worker kept: it starts with them while the database is down.
import fs from "node:fs";
import { CertificateSnapshot } from "#lib/contracts/certificates.ts";
import type { SecretKey } from "#lib/store/sealing.ts";
import { requireCheck } from "#lib/store/secret-check.ts";

/**
 * Whether `key` opens what is kept in `file`; one that is not there, or not readable, is written again and asks nothing.
 * @throws {WrongSecretKeyError}
 */
export function requireSnapshotKey(file: string, key: SecretKey): void {
  const { check } = readSnapshot(file) ?? { check: null };
  if (check !== null) requireCheck(key, check, `${file} (which may be deleted if the database is another one now)`);
}

function readSnapshot(file: string): CertificateSnapshot | null {
  try {
    return CertificateSnapshot.parse(JSON.parse(fs.readFileSync(file, "utf8")));
  } catch {
    return null;
  }
}
