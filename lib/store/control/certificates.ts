import type { CertificateSnapshot } from "#lib/contracts/certificates.ts";
import type { Queryable } from "./database.ts";

/** All certificates, their private keys sealed, oldest first, and what the key they are sealed with is known by. */
export async function readCertificates(db: Queryable): Promise<CertificateSnapshot> {
  const { rows } = await db.query<CertificateSnapshot["certificates"][number]>(
    `SELECT id, name, is_default AS "isDefault", chain, sealed_key AS "sealedKey"
     FROM certificate ORDER BY created_at, id`,
  );
  const checks = await db.query<{ sealed: string }>("SELECT sealed FROM secret_check");
  return { check: checks.rows[0]?.sealed ?? null, certificates: rows };
}
