import type { Actor } from "#lib/contracts/access.ts";
import { CertificatePatch, type CertificateView } from "#lib/contracts/certificates.ts";
import { Id } from "#lib/contracts/common.ts";
import { nameKey } from "#lib/core/config/same.ts";
import { authorise } from "#lib/services/access.ts";
import {
  changeCertificates,
  refuseTakenName,
  sealPair,
  yieldDefault,
} from "#lib/services/certificates/certificate-change.ts";
import { certificateView } from "#lib/services/certificates/read-certificates.ts";
import { notFound } from "#lib/services/head.ts";
import { parse } from "#lib/services/parse.ts";
import type { Certificate } from "#lib/store/generated/client.ts";

/**
 * Renames a certificate, makes it the default or not, or replaces it by a renewed one. New connections get the new one;
 * those that are open go on with the old.
 * @throws {ServiceError} `not-found`, `duplicate-name`, or `invalid-input` with every fault of the pair
 */
export async function updateCertificate(actor: Actor, id: string, input: unknown): Promise<CertificateView> {
  authorise(actor, "publisher");
  if (!Id.safeParse(id).success) throw notFound("certificate", id);
  const { name, isDefault, chain, privateKey } = parse(CertificatePatch, input);
  const pair = chain !== undefined && privateKey !== undefined ? sealPair(id, { chain, privateKey }) : null;
  const { after } = await changeCertificates(actor, async (tx) => {
    const before = await tx.certificate.findUnique({ where: { id } });
    if (!before) throw notFound("certificate", id);
    if (name !== undefined) await refuseTakenName(tx, name, id);
    if (isDefault) await yieldDefault(tx);
    const data = {
      ...(name !== undefined && { name, nameKey: nameKey(name) }),
      ...(isDefault !== undefined && { isDefault }),
      ...(pair && { chain: pair.chain, sealedKey: pair.sealedKey }),
    };
    return { id, before, after: await tx.certificate.update({ where: { id }, data }) };
  });
  return certificateView(after as Certificate, Date.now());
}
