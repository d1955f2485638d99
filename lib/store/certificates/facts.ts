// What an X.509 certificate says, in the form that people and the API see.
import type { X509Certificate } from "node:crypto";
import type { CertificateFacts } from "#lib/contracts/certificates.ts";

export function certificateFacts(certificate: X509Certificate): CertificateFacts {
  return {
    subject: nameLine(certificate.subject),
    issuer: nameLine(certificate.issuer),
    names: namesOf(certificate.subjectAltName),
    notBefore: certificate.validFromDate.toISOString(),
    notAfter: certificate.validToDate.toISOString(),
    fingerprint: certificate.fingerprint256,
    keyType: keyType(certificate),
    isSelfSigned: certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey),
  };
}

/**
 * A distinguished name in one line of ASCII, as RFC 4514 writes it: last part first, bytes beyond ASCII as `\C3`. OpenSSL
 * has escaped what is special in it already.
 */
export function nameLine(name: string): string {
  const line = name.split("\n").reverse().join(",");
  return line.replace(/[^\x20-\x7e]/gu, (char) =>
    [...Buffer.from(char)].map((byte) => `\\${byte.toString(16).padStart(2, "0").toUpperCase()}`).join(""),
  );
}

const NAME = /(?:^|, )(?:DNS|IP Address):("(?:[^"\\]|\\.)*"|[^,]*)/g;

/** Host names and addresses of `subjectAltName` as node:crypto writes it; what holds special characters is quoted there. */
function namesOf(subjectAltName: string | undefined): string[] {
  const found = [...(subjectAltName ?? "").matchAll(NAME)].map(([, name = ""]) =>
    name.startsWith('"') ? String(JSON.parse(name)) : name,
  );
  return [...new Set(found.map((name) => name.toLowerCase()))];
}

const CURVES: Readonly<Record<string, string>> = { prime256v1: "P-256", secp384r1: "P-384", secp521r1: "P-521" };

function keyType({ publicKey }: X509Certificate): string {
  const { asymmetricKeyType: type = "unknown", asymmetricKeyDetails: details } = publicKey;
  if (type === "rsa" || type === "rsa-pss") return `RSA ${details?.modulusLength}`;
  if (type === "ec") return `EC ${CURVES[details?.namedCurve ?? ""] ?? details?.namedCurve}`;
  return type === "ed25519" ? "Ed25519" : type;
}
