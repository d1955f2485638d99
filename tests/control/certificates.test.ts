import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { afterEach, expect, test } from "vitest";
import { CertificateSnapshot } from "#lib/contracts/certificates.ts";
import { SecretKey } from "#lib/store/sealing.ts";
import { makeCertificate } from "#tests/support/certificates.ts";
import { startTestDatabase } from "#tests/support/postgres.ts";
import { cleanups, connected, control, cuttable, eventually, proxy, temporaryDataDir } from "./support.ts";

const after = cleanups();
afterEach(after.run);

const key = new SecretKey(Buffer.alloc(32, 7));
const certificate = makeCertificate({ names: ["api.test"], validForDays: 10 });

test("certificates go to every proxy at once, to disk sealed, and from there to proxies while the database is down", async () => {
  const database = await startTestDatabase();
  after.add(database.stop);
  const relay = await cuttable(after, database.url);
  const dir = await temporaryDataDir(after);
  const first = await control(after, { databaseUrl: relay.url, dir });
  const db = await connected(after, database.url);
  const told = await proxy(after, dir);
  const snapshotOf = (received: typeof told.received) =>
    received.findLast((message) => message.type === "certificates")?.snapshot;
  await eventually(() => expect(snapshotOf(told.received)).toEqual({ check: null, certificates: [] }));

  const id = randomUUID();
  const sealedKey = key.seal(certificate.key, `certificate:${id}`);
  await db.query("INSERT INTO secret_check (id, sealed) VALUES (1, 'sealed check')");
  await db.query(
    `INSERT INTO certificate (id, name, name_key, chain, sealed_key, updated_at) VALUES ($1, 'api', 'api', $2, $3, now())`,
    [id, certificate.cert, sealedKey],
  );
  await db.query("SELECT pg_notify('gb_certificates', $1)", [id]);
  const expected = {
    check: "sealed check",
    certificates: [{ id, name: "api", isDefault: false, chain: certificate.cert, sealedKey }],
  };
  // Well before the poll that would find it without the notification.
  await eventually(() => expect(snapshotOf(told.received)).toEqual(expected), 2_500);
  const kept = async () => CertificateSnapshot.parse(JSON.parse(await readFile(dir.certificates, "utf8")));
  await eventually(async () => expect(await kept()).toEqual(expected));
  expect(await readFile(dir.certificates, "utf8")).not.toContain("PRIVATE KEY");
  const exposition = await (await fetch(`http://127.0.0.1:${first.adminPort}/metrics`)).text();
  const notAfter = Number(/gb_certificate_not_after_seconds\{certificate="api"\} (\d+)/.exec(exposition)?.[1]);
  expect(Math.round((notAfter * 1_000 - Date.now()) / 86_400_000)).toBe(9);

  await first.stop();
  relay.cut();
  await control(after, { databaseUrl: relay.url, dir });
  const later = await proxy(after, dir, 1);
  await eventually(() => expect(snapshotOf(later.received)).toEqual(expected));
});
