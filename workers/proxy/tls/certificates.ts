// Certificates as they come from control, opened with the worker's key. One that does not open is left out and told: the
// others go on serving.
import { X509Certificate } from "node:crypto";
import type { CertificateSnapshot, SealedCertificate } from "#lib/contracts/certificates.ts";
import type { NamedCertificate } from "#lib/core/certificates/names.ts";
import { certificateFacts } from "#lib/store/certificates/facts.ts";
import { certificateOwner } from "#lib/store/certificates/owner.ts";
import type { SecretKey } from "#lib/store/sealing.ts";

export interface OpenCertificate extends NamedCertificate {
  readonly id: string;
  readonly chain: string;
  readonly privateKey: string;
}
export type CertificateFault = { certificate: string; cause: unknown };

/** @param before those in use: one whose key does not open, during a rotation say, goes on if its chain is the same */
export function openCertificates(
  { certificates }: CertificateSnapshot,
  key: SecretKey,
  before: readonly OpenCertificate[] = [],
): { opened: OpenCertificate[]; faults: CertificateFault[] } {
  const opened: OpenCertificate[] = [];
  const faults: CertificateFault[] = [];
  for (const certificate of certificates) {
    try {
      opened.push(open(certificate, key));
    } catch (cause) {
      faults.push({ certificate: certificate.name, cause });
      const { id, chain, isDefault } = certificate;
      const known = before.find((one) => one.id === id && one.chain === chain);
      if (known) opened.push({ ...known, isDefault });
    }
  }
  return { opened, faults };
}

function open({ id, chain, sealedKey, isDefault }: SealedCertificate, key: SecretKey): OpenCertificate {
  const { names, notBefore, notAfter } = certificateFacts(new X509Certificate(chain));
  const privateKey = key.open(sealedKey, certificateOwner(id));
  return {
    id,
    chain,
    privateKey,
    names,
    isDefault,
    notBeforeMs: Date.parse(notBefore),
    notAfterMs: Date.parse(notAfter),
  };
}
