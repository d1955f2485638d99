// PEM (RFC 7468): blocks of base64 between two lines that say what they hold. Text around the blocks is a remark.

export interface PemBlock {
  /** Such as `CERTIFICATE` or `PRIVATE KEY`. */
  label: string;
  /** The whole block, from its first line to its last. */
  text: string;
  /** Encrypted with a passphrase, in either of the two ways that PEM has. */
  isEncrypted: boolean;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,40})-----\r?\n([\s\S]*?)-----END \1-----/g;

export function pemBlocks(text: string): PemBlock[] {
  return [...text.matchAll(BLOCK)].map(([block, label = "", body = ""]) => ({
    label,
    text: `${block.replaceAll("\r\n", "\n")}\n`,
    isEncrypted: label === "ENCRYPTED PRIVATE KEY" || /^Proc-Type:.*ENCRYPTED/m.test(body),
  }));
}
