import { randomBytes } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { SealError, SecretKey } from "#lib/store/sealing.ts";
import { requireSecretKey, WrongSecretKeyError } from "#lib/store/secret-check.ts";
import { keptSecretKey, secretKeyOf } from "#lib/store/secret-key.ts";
import { startTestDatabase } from "#tests/support/postgres.ts";

const key = new SecretKey(randomBytes(32));
const codeOf = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    if (error instanceof SealError) return error.code;
    throw error;
  }
};

test("a sealed text opens for its owner, and shows nothing of itself", () => {
  for (const text of ["", "secret", "密钥 🔑", "x".repeat(100_000)]) {
    const sealed = key.seal(text, "certificate:1");
    expect(key.open(sealed, "certificate:1")).toBe(text);
    if (text !== "") expect(sealed).not.toContain(text);
  }
  expect(key.seal("same", "a")).not.toBe(key.seal("same", "a"));
});

test("a sealed text opens for nobody else, with no other key, and not when a bit of it is changed", () => {
  const sealed = key.seal("secret", "certificate:1");
  expect(codeOf(() => key.open(sealed, "certificate:2"))).toBe("damaged");
  expect(codeOf(() => new SecretKey(randomBytes(32)).open(sealed, "certificate:1"))).toBe("wrong-key");
  const [version, id, nonce, body = ""] = sealed.split(".");
  const bytes = Buffer.from(body, "base64url");
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    const text = [version, id, nonce, changed.toString("base64url")].join(".");
    expect(codeOf(() => key.open(text, "certificate:1"))).toBe("damaged");
  }
  for (const text of ["", "secret", `v2.${key.id}.a.b`, `v1.${key.id}..`, `${sealed}.more`])
    expect(codeOf(() => key.open(text, "certificate:1"))).toBe("damaged");
});

test("derived bytes are the same for the same key and purpose only", () => {
  const same = secretKeyOf("ab".repeat(32));
  expect(same.derive("tickets 1", 48)).toEqual(secretKeyOf("AB".repeat(32)).derive("tickets 1", 48));
  expect(same.derive("tickets 1", 48)).not.toEqual(same.derive("tickets 2", 48));
  expect(same.derive("tickets 1", 48)).not.toEqual(key.derive("tickets 1", 48));
});

test("a key is 32 bytes, in hexadecimal or base64 of either alphabet", () => {
  const bytes = randomBytes(32);
  const forms = [bytes.toString("hex"), bytes.toString("base64"), bytes.toString("base64url")];
  expect(new Set(forms.map((form) => secretKeyOf(form).id)).size).toBe(1);
  for (const bad of ["", "short", "0".repeat(63), `${"0".repeat(64)} `, randomBytes(33).toString("base64")])
    expect(() => secretKeyOf(bad)).toThrow("must be 32 bytes");
});

test("a key that is made is kept, mode 0600, and a file that holds none is not overwritten", () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "gb-key-"));
  try {
    const file = path.join(dir, "secret-key");
    const text = keptSecretKey(file);
    expect(keptSecretKey(file)).toBe(text);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    fs.writeFileSync(file, "what is this");
    expect(() => keptSecretKey(file)).toThrow("holds no key");
    expect(fs.readFileSync(file, "utf8")).toBe("what is this");
  } finally {
    fs.rmSync(dir, { recursive: true });
  }
});

test("a database takes the first key, and refuses every other with both named", async () => {
  const database = await startTestDatabase();
  try {
    await requireSecretKey(database.url, key);
    await requireSecretKey(database.url, key);
    const other = new SecretKey(randomBytes(32));
    const refused = requireSecretKey(database.url, other);
    await expect(refused).rejects.toThrow(WrongSecretKeyError);
    await expect(refused).rejects.toThrow(new RegExp(`the key ${key.id}, this one is ${other.id}`));
  } finally {
    await database.stop();
  }
});
