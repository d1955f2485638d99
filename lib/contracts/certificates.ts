// Certificates of the TLS listener. A private key goes in and never comes out: no answer, log, audit or export has it.
import * as z from "zod";
import { Id, Name, Timestamp } from "./common.ts";

const MAX_PEM = 200_000;
const Pem = z.string().trim().min(1, "must not be empty").max(MAX_PEM, `must have at most ${MAX_PEM} characters`);

/** What is wrong with a pair is told by lib/store/certificates. */
export const CertificateInput = z.strictObject({
  name: Name,
  /** PEM: the certificate, then those that signed it, each signed by the next; the root may be left out. */
  chain: Pem,
  /** PEM, not encrypted. */
  privateKey: Pem,
  /** Answers clients that ask for no name, or for one that no certificate has. It takes this over from another. */
  isDefault: z.boolean().default(false),
});
export type CertificateInput = z.infer<typeof CertificateInput>;
export type CertificatePair = Pick<CertificateInput, "chain" | "privateKey">;
/** Fields left out stay; a renewed certificate comes with its key, whether that is the same or not. */
export const CertificatePatch = z
  .strictObject({
    name: Name.optional(),
    isDefault: z.boolean().optional(),
    chain: Pem.optional(),
    privateKey: Pem.optional(),
  })
  .superRefine(({ chain, privateKey }, ctx) => {
    const missing = chain !== undefined && privateKey === undefined ? "privateKey" : "chain";
    if ((chain === undefined) !== (privateKey === undefined))
      ctx.addIssue({ code: "custom", path: [missing], message: "must be given with the other half of the pair" });
  });
export type CertificatePatch = z.infer<typeof CertificatePatch>;

/** What a certificate says. */
export const CertificateFacts = z.strictObject({
  /** Names in one line: `CN=example.org,O=Example`. */
  subject: z.string(),
  issuer: z.string(),
  /** Host names and addresses it is for; `*.example.org` for any name of one more label. */
  names: z.array(z.string()),
  notBefore: Timestamp,
  notAfter: Timestamp,
  /** SHA-256 of the certificate: hexadecimal, bytes parted by colons. */
  fingerprint: z.string(),
  /** `EC P-256`, `RSA 2048`, … */
  keyType: z.string(),
  /** Whether it was signed by its own key: no client trusts it by itself. */
  isSelfSigned: z.boolean(),
});
export type CertificateFacts = z.infer<typeof CertificateFacts>;

export const CertificateView = z.strictObject({
  id: Id,
  name: z.string(),
  isDefault: z.boolean(),
  ...CertificateFacts.shape,
  /** Whole days until it expires; negative: since it has. */
  daysLeft: z.int(),
  updatedAt: Timestamp,
});
export type CertificateView = z.infer<typeof CertificateView>;

/** A certificate as the workers get it, on the bus and in a file: its private key sealed (lib/store/sealing.ts). */
export const SealedCertificate = z.strictObject({
  id: Id,
  name: z.string(),
  isDefault: z.boolean(),
  chain: z.string(),
  sealedKey: z.string(),
});
export type SealedCertificate = z.infer<typeof SealedCertificate>;

export const CertificateSnapshot = z.strictObject({
  /** Sealed with the key that all of them are sealed with: a worker with another key does not start. */
  check: z.string().nullable(),
  certificates: z.array(SealedCertificate),
});
export type CertificateSnapshot = z.infer<typeof CertificateSnapshot>;
