// Secrets that are made here, shown once and kept only as a hash.
import { createHash, randomBytes, randomInt } from "node:crypto";

/** Hex SHA-256. A token has 256 random bits, so that a slow hash would add nothing. */
export const hashToken = (token: string): string => createHash("sha256").update(token).digest("hex");

/** An API token; the prefix lets people and secret scanners recognise it. */
export const newToken = (): string => `gb_${randomBytes(32).toString("base64url")}`;

/** Without what looks alike in a terminal: 0 o, 1 l i. */
const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";

/** A password of 99 bits that people can type: four groups of five. */
export function newPassword(): string {
  const group = () => Array.from({ length: 5 }, () => LETTERS[randomInt(LETTERS.length)]).join("");
  return [group(), group(), group(), group()].join("-");
}
