// What nodes are told of a TLS connection. A client that sends fields of these names itself is not heard (http/fields.ts).
import type { TLSSocket } from "node:tls";
import { nameLine } from "#lib/store/certificates/facts.ts";

const SECURE_FIELDS = "X-Forwarded-Proto: https\r\n";

/** Once for each connection: its certificate, when it showed one that is trusted. */
export function peerFields(socket: TLSSocket): string {
  const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
  if (!certificate) return SECURE_FIELDS;
  const fields = {
    Subject: nameLine(certificate.subject),
    Issuer: nameLine(certificate.issuer),
    Serial: certificate.serialNumber,
    Fingerprint: certificate.fingerprint256.replaceAll(":", "").toLowerCase(),
    "Not-After": certificate.validToDate.toISOString(),
  };
  const told = Object.entries(fields).map(([name, value]) => `X-Client-Cert-${name}: ${value}\r\n`);
  return SECURE_FIELDS + told.join("");
}
