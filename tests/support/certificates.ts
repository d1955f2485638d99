// Certificates made as they are needed, so that none in the repository can expire: X.509 by a small DER writer, signed by
// node:crypto.
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import net from "node:net";

const DAY_MS = 86_400_000;

const tlv = (tag: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  if (body.length < 128) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const length = Buffer.from(body.length.toString(16).padStart(body.length > 255 ? 4 : 2, "0"), "hex");
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, body]);
};
const sequence = (...parts: Buffer[]) => tlv(0x30, ...parts);
const oid = (hex: string) => tlv(0x06, Buffer.from(hex, "hex"));
const utf8 = (text: string) => tlv(0x0c, Buffer.from(text));
/** GeneralizedTime; X.509 wants UTCTime before 2050, which OpenSSL does not insist on. */
const time = (ms: number) => {
  const text = new Date(ms).toISOString().replace(/[-:T]/g, "").slice(0, 14);
  return tlv(0x17, Buffer.from(`${text.slice(2)}Z`));
};
const name = (commonName: string, organisation?: string) =>
  sequence(
    ...(organisation === undefined ? [] : [tlv(0x31, sequence(oid("55040a"), utf8(organisation)))]),
    tlv(0x31, sequence(oid("550403"), utf8(commonName))),
  );
const ECDSA_SHA256 = sequence(oid("2a8648ce3d040302"));
const RSA_SHA256 = sequence(oid("2a864886f70d01010b"), tlv(0x05));

export interface MadeCertificate {
  /** PEM of the certificate alone. */
  cert: string;
  /** PEM, PKCS #8. */
  key: string;
  keyObject: KeyObject;
  subject: Buffer;
}

export interface CertificateDraft {
  commonName?: string;
  organisation?: string;
  /** Host names and IPv4 addresses. */
  names?: readonly string[];
  isAuthority?: boolean;
  issuer?: MadeCertificate;
  validFromMs?: number;
  validForDays?: number;
  /** RSA of this many bits; else EC P-256. */
  rsaBits?: number;
}

const newKey = (rsaBits: number | undefined) =>
  rsaBits === undefined
    ? generateKeyPairSync("ec", { namedCurve: "P-256" })
    : generateKeyPairSync("rsa", { modulusLength: rsaBits });

export function makeCertificate(draft: CertificateDraft = {}): MadeCertificate {
  const { names = [], commonName = names[0] ?? "test", isAuthority = false, issuer, rsaBits } = draft;
  const { publicKey, privateKey } = newKey(rsaBits);
  const from = draft.validFromMs ?? Date.now() - DAY_MS;
  const subject = name(commonName, draft.organisation);
  const signer = issuer?.keyObject ?? privateKey;
  const algorithm = signer.asymmetricKeyType === "rsa" ? RSA_SHA256 : ECDSA_SHA256;
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    issuer?.subject ?? subject,
    sequence(time(from), time(from + (draft.validForDays ?? 90) * DAY_MS)),
    subject,
    publicKey.export({ type: "spki", format: "der" }),
    extensions(names, isAuthority),
  );
  const certificate = sequence(body, algorithm, tlv(0x03, Buffer.from([0]), sign("sha256", body, signer)));
  const lines = certificate.toString("base64").match(/.{1,64}/g) ?? [];
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`,
    key: String(privateKey.export({ type: "pkcs8", format: "pem" })),
    keyObject: privateKey,
    subject,
  };
}

function extensions(names: readonly string[], isAuthority: boolean): Buffer {
  const found: Buffer[] = [];
  const yes = Buffer.from([1, 1, 0xff]);
  if (isAuthority) found.push(sequence(oid("551d13"), yes, tlv(0x04, sequence(yes))));
  if (names.length > 0) found.push(sequence(oid("551d11"), tlv(0x04, sequence(...names.map(generalName)))));
  return found.length === 0 ? Buffer.alloc(0) : tlv(0xa3, sequence(...found));
}

const generalName = (text: string) =>
  net.isIPv4(text) ? tlv(0x87, Buffer.from(text.split(".").map(Number))) : tlv(0x82, Buffer.from(text));
