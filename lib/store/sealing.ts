// Secrets that must be read again (private keys of certificates, credentials of nodes) are kept as ciphertext only: in the
// database, in files on disk, on the bus. AES-256-GCM with a random nonce; the sealed form names its key, and is bound to
// what it belongs to, so that a ciphertext moved to another row does not open there.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";

const VERSION = "v1";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
export const SECRET_KEY_BYTES = 32;

/** Why a sealed text does not open. The message holds no secret: it is fit for people and logs. */
export class SealError extends Error {
  override name = "SealError";
  /** `wrong-key`: sealed with another key; `damaged`: not a sealed text, changed, or of another owner. */
  readonly code: "wrong-key" | "damaged";
  constructor(code: "wrong-key" | "damaged", message: string) {
    super(message);
    this.code = code;
  }
}

export class SecretKey {
  /** First half of a hash of the key, for people to tell keys apart: eight hexadecimal digits. */
  readonly id: string;
  readonly #bytes: Buffer;

  /** @throws {RangeError} unless it has 32 bytes */
  constructor(bytes: Buffer) {
    if (bytes.length !== SECRET_KEY_BYTES) throw new RangeError(`a secret key has 32 bytes, not ${bytes.length}`);
    this.#bytes = Buffer.from(bytes);
    this.id = createHmac("sha256", bytes).update("gemini-balance key id").digest("hex").slice(0, 8);
  }

  /** @param owner what the text belongs to, such as `certificate:<id>`: it opens for the same owner only */
  seal(text: string, owner: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#bytes, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(`${VERSION} ${owner}`));
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return [VERSION, this.id, nonce.toString("base64url"), sealed.toString("base64url")].join(".");
  }

  /** @throws {SealError} */
  open(sealed: string, owner: string): string {
    const [version, keyId, nonceText = "", text = "", ...more] = sealed.split(".");
    if (version !== VERSION || keyId === undefined || more.length > 0)
      throw new SealError("damaged", `${owner}: not a sealed text`);
    if (keyId !== this.id)
      throw new SealError("wrong-key", `${owner}: sealed with the key ${keyId}, this one is ${this.id}`);
    const nonce = Buffer.from(nonceText, "base64url");
    const bytes = Buffer.from(text, "base64url");
    if (nonce.length !== NONCE_BYTES || bytes.length < TAG_BYTES)
      throw new SealError("damaged", `${owner}: the sealed text is cut short`);
    const decipher = createDecipheriv("aes-256-gcm", this.#bytes, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(`${VERSION} ${owner}`));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString("utf8");
    } catch {
      throw new SealError("damaged", `${owner}: the sealed text was changed, or belongs to something else`);
    }
  }

  /** Bytes that whoever has the key derives alike, for one `purpose`; they tell nothing about the key. */
  derive(purpose: string, length: number): Buffer {
    return Buffer.from(hkdfSync("sha256", this.#bytes, "gemini-balance", purpose, length));
  }
}

/** Which key a sealed text names; for messages. */
export const keyIdOf = (sealed: string): string => sealed.split(".")[1] ?? "?";
