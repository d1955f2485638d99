import type { Actor } from "#lib/contracts/access.ts";
import { Id } from "#lib/contracts/common.ts";
import { authorise } from "#lib/services/access.ts";
import { changeCertificates } from "#lib/services/certificates/certificate-change.ts";
import { notFound } from "#lib/services/head.ts";

/** Forgets a certificate and its key for good. Connections that are open go on. @throws {ServiceError} `not-found` */
export async function deleteCertificate(actor: Actor, id: string): Promise<void> {
  authorise(actor, "publisher");
  if (!Id.safeParse(id).success) throw notFound("certificate", id);
  await changeCertificates(actor, async (tx) => {
    const before = await tx.certificate.findUnique({ where: { id } });
    if (!before) throw notFound("certificate", id);
    await tx.certificate.delete({ where: { id } });
    return { id, before, after: null };
  });
}
