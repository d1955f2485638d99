// What changes of certificates share: in turn, audited, pushed to the workers, in no revision. A private key is sealed before
// it is stored; what is audited and answered never had it.
import type { X509Certificate } from "node:crypto";
import type { Actor } from "#lib/contracts/access.ts";
import { CHANNELS } from "#lib/contracts/bus.ts";
import type { CertificatePair, CertificateView } from "#lib/contracts/certificates.ts";
import { ServiceError } from "#lib/contracts/problem.ts";
import { nameKey } from "#lib/core/config/same.ts";
import { certificateView } from "#lib/services/certificates/read-certificates.ts";
import { requireOwnKey } from "#lib/services/own-key.ts";
import { invalidInput } from "#lib/services/parse.ts";
import { writeAudit } from "#lib/store/audit.ts";
import { examinePair } from "#lib/store/certificates/examine.ts";
import { certificateOwner } from "#lib/store/certificates/owner.ts";
import { db, type Tx } from "#lib/store/db.ts";
import type { Certificate } from "#lib/store/generated/client.ts";
import { notify } from "#lib/store/notify.ts";
import { processSecretKey } from "#lib/store/secret-key.ts";

/** One change at a time, in the whole cluster: names are unique without case, and the default is taken over. */
const LOCK = 7_302_004;

export type Change = { id: string; before: Certificate | null; after: Certificate | null };

/** Carries `change` out, with its audit, and tells the workers when it is committed. */
export async function changeCertificates(actor: Actor, change: (tx: Tx) => Promise<Change>): Promise<Change> {
  return db().$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${LOCK})`;
    await requireOwnKey(tx);
    const changed = await change(tx);
    const { id, before, after } = changed;
    await writeAudit(tx, actor, [
      {
        action: before === null ? "certificate.create" : after === null ? "certificate.delete" : "certificate.update",
        targetKind: "certificate",
        targetId: id,
        targetName: (after ?? before)?.name ?? "",
        before: before && told(before),
        after: after && told(after),
      },
    ]);
    await notify(tx, CHANNELS.certificates, id);
    return changed;
  });
}

/** What the audit says of a certificate: what everybody may see. */
function told(row: Certificate): Partial<CertificateView> {
  const { id: _, daysLeft: __, updatedAt: ___, ...facts } = certificateView(row, Date.now());
  return facts;
}

/** @throws {ServiceError} `invalid-input` with every fault of the pair */
export function sealPair(id: string, pair: CertificatePair): Sealed {
  const examined = examinePair(pair, Date.now());
  if (!examined.ok) throw invalidInput(examined.faults);
  const { chain, privateKey, certificate } = examined;
  return { chain, sealedKey: processSecretKey().seal(privateKey, certificateOwner(id)), certificate };
}
export type Sealed = { chain: string; sealedKey: string; certificate: X509Certificate };

/** @throws {ServiceError} `duplicate-name` when another certificate has the name */
export async function refuseTakenName(tx: Tx, name: string, ownId: string): Promise<void> {
  const other = await tx.certificate.findUnique({ where: { nameKey: nameKey(name) } });
  if (other === null || other.id === ownId) return;
  throw new ServiceError("duplicate-name", `There is a certificate named ${other.name} already.`, {
    faults: [{ path: ["name"], code: "duplicate-name", message: "is taken" }],
  });
}

/** At most one is the default: whichever was, is not any more. */
export async function yieldDefault(tx: Tx): Promise<void> {
  await tx.certificate.updateMany({ where: { isDefault: true }, data: { isDefault: false } });
}
