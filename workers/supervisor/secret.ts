import { randomBytes } from "node:crypto";
import fs from "node:fs";

/** The key that signs sessions: made at the first start, mode 0600, the same ever after. */
export function sessionSecret(file: string): string {
  try {
    fs.writeFileSync(file, randomBytes(32).toString("hex"), { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return fs.readFileSync(file, "utf8").trim();
}
