import { randomUUID } from "node:crypto";
import type { Actor } from "#lib/contracts/access.ts";
import { CertificateInput, type CertificateView } from "#lib/contracts/certificates.ts";
import { nameKey } from "#lib/core/config/same.ts";
import { authorise } from "#lib/services/access.ts";
import {
  changeCertificates,
  refuseTakenName,
  sealPair,
  yieldDefault,
} from "#lib/services/certificates/certificate-change.ts";
import { certificateView } from "#lib/services/certificates/read-certificates.ts";
import { parse } from "#lib/services/parse.ts";
import type { Certificate } from "#lib/store/generated/client.ts";

/**
 * Takes a certificate with its key into use, at once, on every worker.
 * @throws {ServiceError} `invalid-input` with every fault of the pair, or `duplicate-name`
 */
export async function createCertificate(actor: Actor, input: unknown): Promise<CertificateView> {
  authorise(actor, "publisher");
  const { name, isDefault, ...pair } = parse(CertificateInput, input);
  const id = randomUUID();
  const { chain, sealedKey } = sealPair(id, pair);
  const { after } = await changeCertificates(actor, async (tx) => {
    await refuseTakenName(tx, name, id);
    if (isDefault) await yieldDefault(tx);
    const data = { id, name, nameKey: nameKey(name), isDefault, chain, sealedKey };
    return { id, before: null, after: await tx.certificate.create({ data }) };
  });
  return certificateView(after as Certificate, Date.now());
}
