import { X509Certificate } from "node:crypto";
import type { Actor } from "#lib/contracts/access.ts";
import type { CertificateView } from "#lib/contracts/certificates.ts";
import { Id } from "#lib/contracts/common.ts";
import { daysLeft } from "#lib/core/certificates/expiry.ts";
import { authorise } from "#lib/services/access.ts";
import { notFound } from "#lib/services/head.ts";
import { certificateFacts } from "#lib/store/certificates/facts.ts";
import { db } from "#lib/store/db.ts";
import type { Certificate } from "#lib/store/generated/client.ts";

/** Every certificate, without its key: the one that expires first comes first. */
export async function listCertificates(actor: Actor): Promise<CertificateView[]> {
  authorise(actor, "viewer");
  const nowMs = Date.now();
  const rows = await db().certificate.findMany({ orderBy: { id: "asc" } });
  const views = rows.map((row) => certificateView(row, nowMs));
  return views.toSorted((a, b) => Date.parse(a.notAfter) - Date.parse(b.notAfter));
}

/** @throws {ServiceError} `not-found` */
export async function getCertificate(actor: Actor, id: string): Promise<CertificateView> {
  authorise(actor, "viewer");
  const row = Id.safeParse(id).success ? await db().certificate.findUnique({ where: { id } }) : null;
  if (!row) throw notFound("certificate", id);
  return certificateView(row, Date.now());
}

export function certificateView(row: Certificate, nowMs: number): CertificateView {
  const facts = certificateFacts(new X509Certificate(row.chain));
  return {
    id: row.id,
    name: row.name,
    isDefault: row.isDefault,
    ...facts,
    daysLeft: daysLeft(Date.parse(facts.notAfter), nowMs),
    updatedAt: row.updatedAt.toISOString(),
  };
}
