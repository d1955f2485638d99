// Where the key that seals secrets comes from: GB_SECRET_KEY, else a file that is made at the first start.
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import { SECRET_KEY } from "#lib/contracts/env.ts";
import { SECRET_KEY_BYTES, SecretKey } from "#lib/store/sealing.ts";

/** @throws {Error} when the text is not a key; the message does not show it */
export function secretKeyOf(text: string): SecretKey {
  if (!SECRET_KEY.test(text)) throw new Error("must be 32 bytes, as 64 hexadecimal digits or in base64");
  return new SecretKey(Buffer.from(text, text.length === 64 ? "hex" : "base64"));
}

/**
 * Text of the key in `file`: made when there is none, mode 0600, the same ever after.
 * @throws {Error} when the file cannot be used; the message names it
 */
export function keptSecretKey(file: string): string {
  try {
    fs.writeFileSync(file, `${randomBytes(SECRET_KEY_BYTES).toString("hex")}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const mode = fs.statSync(file).mode & 0o777;
  if ((mode & 0o077) !== 0)
    throw new Error(`${file} may be read by others (mode ${mode.toString(8).padStart(4, "0")}): run chmod 600 on it`);
  const text = fs.readFileSync(file, "utf8").trim();
  if (!SECRET_KEY.test(text)) throw new Error(`${file} holds no key: put back the one that was there`);
  return text;
}

const kept = globalThis as { gbSecretKey?: { text: string; key: SecretKey } };

/**
 * The key of this process, which the supervisor hands to those that need it.
 * @throws {Error} when it has none, rather than seal with a key that nobody else has
 */
export function processSecretKey(): SecretKey {
  const text = process.env.GB_SECRET_KEY;
  if (!text) throw new Error("GB_SECRET_KEY is not set");
  if (kept.gbSecretKey?.text !== text) kept.gbSecretKey = { text, key: secretKeyOf(text) };
  return kept.gbSecretKey.key;
}
