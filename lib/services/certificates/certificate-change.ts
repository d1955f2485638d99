// What changes of certificates share. A private key is sealed before
// it is stored; what is audited and answered never had it.
import type { X509Certificate } from "node:crypto";
import type { Actor } from "#lib/contracts/access.ts";
import { CHANNELS } from "#lib/contracts/bus.ts";
import type { CertificatePair, CertificateView } from "#lib/contracts/certificates.ts";
import { nameKey } from "#lib/core/config/same.ts";
import { certificateView } from "#lib/services/certificates/read-certificates.ts";
import { type ChangeOf, changeInTurn, refuseTaken } from "#lib/services/change-in-turn.ts";
import { invalidInput } from "#lib/services/parse.ts";
import { examinePair } from "#lib/store/certificates/examine.ts";
import { certificateOwner } from "#lib/store/certificates/owner.ts";
import type { Tx } from "#lib/store/db.ts";
import type { Certificate } from "#lib/store/generated/client.ts";
import { processSecretKey } from "#lib/store/secret-key.ts";

export type Change = ChangeOf<Certificate>;

export const changeCertificates = (actor: Actor, change: (tx: Tx) => Promise<Change>): Promise<Change> =>
  changeInTurn({ name: "certificate", lock: 7_302_004, channel: CHANNELS.certificates, told }, actor, change);

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
  refuseTaken("certificate", await tx.certificate.findUnique({ where: { nameKey: nameKey(name) } }), ownId);
}

/** At most one is the default: whichever was, is not any more. */
export async function yieldDefault(tx: Tx): Promise<void> {
  await tx.certificate.updateMany({ where: { isDefault: true }, data: { isDefault: false } });
}
