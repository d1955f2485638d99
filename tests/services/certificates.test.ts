import { createPrivateKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { certificateOwner } from "#lib/store/certificates/owner.ts";
import { databaseUrl, db } from "#lib/store/db.ts";
import { inDatabase } from "#lib/store/in-database.ts";
import { rotateSecretKey } from "#lib/store/rotate-secret-key.ts";
import { requireSecretKey } from "#lib/store/secret-check.ts";
import { processSecretKey, secretKeyOf } from "#lib/store/secret-key.ts";
import { makeCertificate } from "#tests/support/certificates.ts";
import { api, faultPaths, revisionCount, serveApi } from "./harness.ts";

serveApi();

const DAY_MS = 86_400_000;
const root = makeCertificate({ commonName: "Test Root", isAuthority: true });
const middle = makeCertificate({ commonName: "Test Middle", isAuthority: true, issuer: root });
const leaf = makeCertificate({
  commonName: "api.example.org",
  organisation: "Prüfstelle, Test",
  names: ["api.example.org", "*.Example.org", "127.0.0.1"],
  issuer: middle,
});
const chainOf = (...all: { cert: string }[]) => all.map(({ cert }) => cert).join("");
const add = (name: string, changes: object = {}) =>
  api("POST", "/certificates", { body: { name, chain: chainOf(leaf, middle), privateKey: leaf.key, ...changes } });
const codesOf = (answer: Awaited<ReturnType<typeof add>>) =>
  answer.body.faults.map(({ path, code }: { path: string[]; code: string }) => `${path.join(".")} ${code}`);

describe("a certificate", () => {
  it("says what it is, and never gives its key back", async () => {
    const before = await revisionCount();
    const made = await add("api", { isDefault: true });
    expect(made.status).toBe(201);
    expect(made.headers.get("location")).toBe(`/api/v1/certificates/${made.body.id}`);
    expect(made.body).toMatchObject({
      name: "api",
      isDefault: true,
      subject: "CN=api.example.org,O=Pr\\C3\\BCfstelle\\, Test",
      issuer: "CN=Test Middle",
      names: ["api.example.org", "*.example.org", "127.0.0.1"],
      keyType: "EC P-256",
      isSelfSigned: false,
      daysLeft: 88,
    });
    expect(made.body.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(made.body).not.toHaveProperty("chain");
    const read = await api("GET", `/certificates/${made.body.id}`, { as: "viewer" });
    expect(read.body).toEqual(made.body);
    expect((await api("GET", "/certificates", { as: "viewer" })).body.items).toEqual([made.body]);
    expect(await revisionCount()).toBe(before);
  });

  it("is renamed, is the default instead of another, is replaced, and is forgotten, each in the audit", async () => {
    const made = (await add("second")).body;
    const path = `/certificates/${made.id}`;
    const patch = async (body: object) => (await api("PATCH", path, { body })).body;
    expect(await patch({ name: "third" })).toMatchObject({ name: "third", isDefault: false });
    expect(await patch({ isDefault: true })).toMatchObject({ name: "third", isDefault: true });
    const defaults = (await api("GET", "/certificates")).body.items.filter((c: { isDefault: boolean }) => c.isDefault);
    expect(defaults.map((c: { name: string }) => c.name)).toEqual(["third"]);
    const renewed = makeCertificate({ names: ["api.example.org"], rsaBits: 2_048, validForDays: 20 });
    const replaced = await patch({ chain: renewed.cert, privateKey: renewed.key });
    expect(replaced).toMatchObject({ keyType: "RSA 2048", daysLeft: 18, isSelfSigned: true, isDefault: true });
    expect((await api("DELETE", path)).status).toBe(204);
    expect((await api("GET", path)).status).toBe(404);
    const { items } = (await api("GET", `/audit?targetId=${made.id}`, { as: "operator" })).body;
    expect(items.map((entry: { action: string }) => entry.action)).toEqual([
      "certificate.delete",
      "certificate.update",
      "certificate.update",
      "certificate.update",
      "certificate.create",
    ]);
    expect(items[0].before).toMatchObject({ keyType: "RSA 2048" });
    expect(items[1]).toMatchObject({ before: { keyType: "EC P-256" }, after: { keyType: "RSA 2048" } });
  });

  it("has a name of its own, compared without case", async () => {
    await add("taken");
    const twice = await add("TAKEN");
    expect([twice.status, twice.body.code, faultPaths(twice)]).toEqual([409, "duplicate-name", ["name"]]);
  });

  it("is stored with its key as ciphertext only, which opens for it alone", async () => {
    const made = (await add("sealed")).body;
    const { sealedKey } = await db().certificate.findUniqueOrThrow({ where: { id: made.id } });
    const opened = processSecretKey().open(sealedKey, certificateOwner(made.id));
    expect(createPrivateKey(opened).equals(leaf.keyObject)).toBe(true);
    expect(() => processSecretKey().open(sealedKey, certificateOwner("another"))).toThrow("belongs to something else");
    const dump = await dumpOfTables();
    expect(dump).toContain(sealedKey);
    expect(dump).not.toContain("PRIVATE KEY");
    for (const line of leaf.key.split("\n").filter((text) => text.length > 40 && !text.startsWith("-")))
      expect(dump).not.toContain(line);
  });
});

it("a rotated key opens every certificate, and whoever still has the old one can change none", async () => {
  const made = (await add("rotated")).body;
  const from = processSecretKey();
  const to = secretKeyOf("d0".repeat(32));
  await requireSecretKey(databaseUrl(), from);
  const count = await rotateSecretKey(databaseUrl(), from, to);
  expect(count).toBe(await db().certificate.count());
  const { sealedKey } = await db().certificate.findUniqueOrThrow({ where: { id: made.id } });
  expect(createPrivateKey(to.open(sealedKey, certificateOwner(made.id))).equals(leaf.keyObject)).toBe(true);
  expect((await add("of the old key")).status).toBe(500);
  expect(await db().certificate.count()).toBe(count);
  await expect(rotateSecretKey(databaseUrl(), from, to)).rejects.toThrow("does not open the secrets");
  await rotateSecretKey(databaseUrl(), to, from);
  expect((await add("of the old key")).status).toBe(201);
});

/** Everything in every table, as text. */
function dumpOfTables(): Promise<string> {
  return inDatabase(databaseUrl(), async (client) => {
    const tables = await client.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'");
    const dumps = [];
    for (const { tablename } of tables.rows)
      dumps.push((await client.query(`SELECT string_agg(t::text, E'\\n') AS text FROM "${tablename}" t`)).rows[0].text);
    return dumps.join("\n");
  });
}

describe("every fault is named, and no key is quoted:", () => {
  const other = makeCertificate({ names: ["other.test"] });
  const old = makeCertificate({ names: ["old.test"], validFromMs: Date.now() - 100 * DAY_MS, validForDays: 99 });
  const future = makeCertificate({ names: ["soon.test"], validFromMs: Date.now() + DAY_MS });
  const weak = makeCertificate({ names: ["weak.test"], rsaBits: 1_024 });
  const encrypted = String(
    leaf.keyObject.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" }),
  );
  const sec1 = String(leaf.keyObject.export({ type: "sec1", format: "pem" }));

  it.each([
    ["nothing", { chain: " ", privateKey: "" }, ["chain too_small", "privateKey too_small"]],
    ["no PEM", { chain: "certificate", privateKey: "key" }, ["chain not-pem", "privateKey not-pem"]],
    ["a key of another", { privateKey: other.key }, ["privateKey key-does-not-fit"]],
    ["an encrypted key", { privateKey: encrypted }, ["privateKey encrypted-key"]],
    ["an expired one", { chain: old.cert, privateKey: old.key }, ["chain expired"]],
    ["one that is not valid yet", { chain: future.cert, privateKey: future.key }, ["chain not-yet-valid"]],
    ["a weak key", { chain: weak.cert, privateKey: weak.key }, ["chain weak-key"]],
    ["a chain out of order", { chain: chainOf(leaf, root, middle) }, ["chain chain-order", "chain chain-order"]],
    ["the issuer first", { chain: chainOf(middle, leaf) }, ["chain chain-order", "privateKey key-does-not-fit"]],
    ["a key in the chain", { chain: leaf.cert + leaf.key }, ["chain key-in-chain"]],
    ["two keys", { privateKey: leaf.key + other.key }, ["privateKey several-keys"]],
    ["a certificate as key", { privateKey: leaf.cert }, ["privateKey not-a-key"]],
    ["rubbish in a block", { chain: leaf.cert.replace(/\n.{20}/, "\nAAAA") }, ["chain unreadable-certificate"]],
    ["several at once", { chain: old.cert, privateKey: encrypted }, ["privateKey encrypted-key", "chain expired"]],
  ])("%s", async (_, pair, codes) => {
    const answer = await add("faulty", pair);
    expect([answer.status, codesOf(answer)]).toEqual([400, codes]);
    expect(JSON.stringify(answer.body)).not.toMatch(/[A-Za-z0-9+/]{60}/);
  });

  it("takes what tools write: remarks, SEC 1 keys behind their curve, carriage returns", async () => {
    const remarks = `Bag Attributes\r\n    friendlyName: api\r\n${leaf.cert.replaceAll("\n", "\r\n")}`;
    const curve = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    expect((await add("of tools", { chain: remarks, privateKey: curve + sec1 })).status).toBe(201);
  });

  it("half a pair is refused", async () => {
    const { id } = (await add("halved")).body;
    const answer = await api("PATCH", `/certificates/${id}`, { body: { chain: leaf.cert } });
    expect([answer.status, faultPaths(answer)]).toEqual([400, ["privateKey"]]);
  });
});
