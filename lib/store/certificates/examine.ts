// Reads a certificate and its key as people paste them, strictly: what would only fail at a client's handshake is found
// here, and every fault is named, not only the first.
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import type { CertificatePair } from "#lib/contracts/certificates.ts";
import type { Fault } from "#lib/contracts/problem.ts";
import { type PemBlock, pemBlocks } from "./pem.ts";

const MAX_CERTIFICATES = 10;
const MIN_RSA_BITS = 2_048;
const CURVES = ["prime256v1", "secp384r1", "secp521r1"];

export type Examined =
  /** `chain` and `privateKey` as PEM without remarks, the key as PKCS #8. */
  { ok: true; chain: string; privateKey: string; certificate: X509Certificate } | { ok: false; faults: Fault[] };

const inChain = (code: string, message: string): Fault => ({ path: ["chain"], code, message });
const inKey = (code: string, message: string): Fault => ({ path: ["privateKey"], code, message });

/** Examines a pair at `nowMs`. No fault quotes what it was given: it could be a key in the wrong place. */
export function examinePair({ chain, privateKey }: CertificatePair, nowMs: number): Examined {
  const certificates = readChain(chain);
  const key = readKey(privateKey);
  const faults = [...certificates.faults, ...key.faults];
  const [first] = certificates.list;
  if (first) faults.push(...datesFaults(certificates.list, nowMs), ...orderFaults(certificates.list));
  if (first) faults.push(...weakness(first.publicKey));
  if (first && key.key && !first.checkPrivateKey(key.key))
    faults.push(inKey("key-does-not-fit", "is not the key of the certificate"));
  if (!first || !key.key || faults.length > 0) return { ok: false, faults };
  const pair = {
    chain: certificates.list.map((certificate) => certificate.toString()).join(""),
    privateKey: String(key.key.export({ type: "pkcs8", format: "pem" })),
  };
  try {
    createSecureContext({ cert: pair.chain, key: pair.privateKey });
  } catch (error) {
    const reason = (error as { reason?: string }).reason ?? "OpenSSL refuses it";
    return { ok: false, faults: [inChain("unusable-certificate", `cannot be used for TLS: ${reason}`)] };
  }
  return { ok: true, ...pair, certificate: first };
}

/** Certificates that are trusted, as PEM; every fault is told. */
export function examineAuthorities(pem: string): { code: string; message: string }[] {
  return readChain(pem, 1_000).faults.map(({ code, message }) => ({ code, message }));
}

function readChain(text: string, most = MAX_CERTIFICATES): { list: X509Certificate[]; faults: Fault[] } {
  const blocks = pemBlocks(text);
  const others = blocks.filter(({ label }) => label !== "CERTIFICATE");
  const faults: Fault[] = [];
  if (others.some(({ label }) => label.includes("PRIVATE KEY")))
    faults.push(inChain("key-in-chain", "holds a private key, which must stay out of what everybody may read"));
  else if (others.length > 0) faults.push(inChain("not-certificates", `holds a block that is no certificate`));
  const certificates = blocks.filter(({ label }) => label === "CERTIFICATE");
  if (certificates.length === 0 && faults.length === 0)
    faults.push(inChain("not-pem", "is not PEM: -----BEGIN CERTIFICATE----- is missing"));
  if (certificates.length > most)
    return { list: [], faults: [inChain("too-many-certificates", `holds more than ${most} certificates`)] };
  const list = certificates.map((block, at) => readCertificate(block, at, faults));
  return { list: list.filter((certificate) => certificate !== null), faults };
}

function readCertificate(block: PemBlock, at: number, faults: Fault[]): X509Certificate | null {
  try {
    return new X509Certificate(block.text);
  } catch {
    faults.push(inChain("unreadable-certificate", `certificate ${at + 1} cannot be read`));
    return null;
  }
}

function readKey(text: string): { key: KeyObject | null; faults: Fault[] } {
  const refuse = (code: string, message: string) => ({ key: null, faults: [inKey(code, message)] });
  // `openssl ecparam -genkey` writes the curve before the key.
  const blocks = pemBlocks(text).filter(({ label }) => label !== "EC PARAMETERS");
  const keys = blocks.filter(({ label }) => label.endsWith("PRIVATE KEY"));
  const [block] = keys;
  if (!block)
    return blocks.length > 0
      ? refuse("not-a-key", `holds no private key`)
      : refuse("not-pem", "is not PEM: -----BEGIN PRIVATE KEY----- is missing");
  if (keys.length > 1) return refuse("several-keys", "holds more than one private key");
  if (block.isEncrypted)
    return refuse("encrypted-key", "is encrypted: take the passphrase off first (openssl pkey -in key.pem)");
  try {
    return { key: createPrivateKey(block.text), faults: [] };
  } catch {
    return refuse("unreadable-key", "cannot be read");
  }
}

function datesFaults(list: readonly X509Certificate[], nowMs: number): Fault[] {
  return list.flatMap((certificate, at) => {
    const of = list.length === 1 ? "" : `certificate ${at + 1} `;
    if (certificate.validToDate.getTime() <= nowMs)
      return [inChain("expired", `${of}expired on ${certificate.validToDate.toISOString()}`)];
    if (certificate.validFromDate.getTime() > nowMs)
      return [inChain("not-yet-valid", `${of}is not valid before ${certificate.validFromDate.toISOString()}`)];
    return [];
  });
}

/** Each must be signed by the next, as clients need it (RFC 8446 §4.4.2). */
function orderFaults(list: readonly X509Certificate[]): Fault[] {
  return list.flatMap((certificate, at) => {
    const issuer = list[at + 1];
    if (!issuer || (certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey))) return [];
    return [inChain("chain-order", `certificate ${at + 1} is not signed by certificate ${at + 2}: the order is wrong`)];
  });
}

function weakness({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): Fault[] {
  const bits = details?.modulusLength ?? 0;
  if (type === "rsa" || type === "rsa-pss")
    return bits < MIN_RSA_BITS ? [inChain("weak-key", `has an RSA key of ${bits} bits: 2048 are the least`)] : [];
  if (type === "ec" && CURVES.includes(details?.namedCurve ?? "")) return [];
  if (type === "ed25519") return [];
  return [inChain("weak-key", `has a key that clients do not accept (${details?.namedCurve ?? type})`)];
}
