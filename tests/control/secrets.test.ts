// Secrets on their way from the database to the processes that send them: sealed on the bus and on disk, opened for checks.
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { PublishedConfig } from "#lib/contracts/config.ts";
import { rotateSecretKey } from "#lib/store/rotate-secret-key.ts";
import { SecretKey } from "#lib/store/sealing.ts";
import { secretOwner } from "#lib/store/secret-book.ts";
import { requireSecretKey } from "#lib/store/secret-check.ts";
import { startTestDatabase } from "#tests/support/postgres.ts";
import {
  cleanups,
  connected,
  control,
  cuttable,
  documentOf,
  eventually,
  NODES,
  POOL,
  proxy,
  publish,
  quickPool,
  temporaryDataDir,
} from "./support.ts";

const after = cleanups();
afterEach(after.run);

const secretKey = new SecretKey(Buffer.alloc(32, 8));
const [NODE] = NODES;

/** A node that repeats what it was sent, as a careless one does. */
async function echo() {
  const seen: { url: string; authorization: string | undefined; check: string | undefined }[] = [];
  const server = http.createServer((request, response) => {
    const { url = "", headers } = request;
    seen.push({ url, authorization: headers.authorization, check: String(headers["x-check"]) });
    response.setHeader("x-seen", String(headers.authorization));
    response.end(JSON.stringify({ sent: headers.authorization, check: headers["x-check"] }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after.add(() => void server.close());
  after.add(() => server.closeAllConnections());
  return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function rig(settings: object = {}) {
  const database = await startTestDatabase();
  after.add(database.stop);
  await requireSecretKey(database.url, secretKey);
  const relay = await cuttable(after, database.url);
  const dir = await temporaryDataDir(after);
  const db = await connected(after, database.url);
  const node = await echo();
  const give = async (ownerId: string, value: string, by = secretKey) => {
    const id = randomUUID();
    await db.query("INSERT INTO secret (id, owner_id, sealed, created_by) VALUES ($1, $2, $3, 'test')", [
      id,
      ownerId,
      by.seal(value, secretOwner(id, ownerId)),
    ]);
    return { secret: id };
  };
  const documentWith = (value: object, check: object) =>
    documentOf(
      quickPool(
        [
          {
            id: NODE,
            url: node.url,
            credentials: [
              { in: "header", name: "authorization", value },
              { in: "query", name: "key", value },
            ],
          } as { id: string; url: string },
        ],
        {
          healthCheck: {
            http: { headers: { "x-check": check } },
            business: { enabled: true, expect: [{ kind: "json-equals", path: "$.sent", value: "never" }] },
            ...settings,
          },
        },
      ),
    );
  return { database, relay, dir, db, node, give, documentWith };
}

test("they reach checks and proxies at once, disk and bus sealed, and a start with the database down uses them", async () => {
  const { relay, dir, db, node, give, documentWith } = await rig();
  const first = await control(after, { databaseUrl: relay.url, dir, secretKey });
  const told = await proxy(after, dir);
  await publish(db, 1, documentWith(await give(NODE, "MARKER-one"), await give(POOL, "MARKER-check")));
  await eventually(() =>
    expect(node.seen.at(-1)).toMatchObject({ authorization: "MARKER-one", check: "MARKER-check" }),
  );
  expect(node.seen.at(-1)?.url).toBe("/?key=MARKER-one");
  await publish(db, 2, documentWith(await give(NODE, "MARKER-two"), await give(POOL, "MARKER-check")));
  await eventually(() => expect(node.seen.at(-1)?.authorization).toBe("MARKER-two"));

  // The check fails, and its words are kept; what the node repeated of the secret is not in them.
  const detailOf = async () =>
    (await db.query("SELECT detail FROM node_health WHERE node_id = $1", [NODE])).rows[0]?.detail ?? "";
  await eventually(async () => expect(await detailOf()).toContain("••••"));
  const exposition = await (await fetch(`http://127.0.0.1:${first.adminPort}/metrics`)).text();
  expect(told.config()?.secrets).toHaveLength(2);
  await eventually(async () =>
    expect(PublishedConfig.parse(JSON.parse(await readFile(dir.config, "utf8"))).revision).toBe(2),
  );
  const files = [dir.config, dir.runtime, dir.checks, dir.quotas].map((file) => readFile(file, "utf8").catch(() => ""));
  const everything = [exposition, JSON.stringify(told.received), ...(await Promise.all(files)), await detailOf()];
  for (const text of everything) expect(text).not.toContain("MARKER");

  await first.stop();
  relay.cut();
  const seen = node.seen.length;
  await control(after, { databaseUrl: relay.url, dir, secretKey });
  const later = await proxy(after, dir, 1);
  await eventually(() => expect(node.seen.length).toBeGreaterThan(seen));
  expect(node.seen.at(-1)?.authorization).toBe("MARKER-two");
  const handed = () => later.received.findLast((message) => message.type === "config")?.config;
  await eventually(() => expect(handed()).toEqual(told.config()));
});

test("a rotation is followed by a worker that runs, with the old key and without a new revision", async () => {
  const { database, relay, dir, db, node, give, documentWith } = await rig();
  await control(after, { databaseUrl: relay.url, dir, secretKey });
  const told = await proxy(after, dir);
  const value = await give(NODE, "kept");
  await publish(db, 1, documentWith(value, await give(POOL, "check")));
  await eventually(() => expect(node.seen.at(-1)?.authorization).toBe("kept"));
  const sealedNow = () => told.config()?.secrets?.find(({ id }) => id === value.secret)?.sealed;
  const before = sealedNow();
  const next = new SecretKey(Buffer.alloc(32, 9));
  await rotateSecretKey(database.url, secretKey, next);
  await eventually(() => expect(sealedNow()).not.toBe(before), 3_000);
  expect(next.open(sealedNow() ?? "", secretOwner(value.secret, NODE))).toBe("kept");
  expect(told.config()?.revision).toBe(1);
  const count = node.seen.length;
  await eventually(() => expect(node.seen.length).toBeGreaterThan(count + 1));
  expect(node.seen.at(-1)?.authorization).toBe("kept");
  await eventually(async () => expect(await readFile(dir.config, "utf8")).toContain(sealedNow()));
});

test("a revision with a secret that does not open is refused with its reason, and the one before stays", async () => {
  const { relay, dir, db, node, give, documentWith } = await rig();
  const { workerId } = await control(after, { databaseUrl: relay.url, dir, secretKey });
  const told = await proxy(after, dir);
  const check = await give(POOL, "check");
  await publish(db, 1, documentWith(await give(NODE, "good"), check));
  await eventually(() => expect(node.seen.at(-1)?.authorization).toBe("good"));
  await publish(db, 2, documentWith(await give(NODE, "evil", new SecretKey(Buffer.alloc(32, 1))), check));
  const refusal = async () =>
    (await db.query("SELECT refused_revision, refusal FROM worker WHERE id = $1", [workerId])).rows[0];
  await eventually(async () =>
    expect(await refusal()).toEqual({ refused_revision: 2, refusal: expect.stringContaining("sealed with the key") }),
  );
  await publish(db, 3, documentWith(await give(POOL, "of the pool"), check));
  await eventually(async () => expect((await refusal()).refused_revision).toBe(3));
  await publish(db, 4, documentWith({ value: "in clear" }, check));
  await eventually(async () =>
    expect(await refusal()).toEqual({ refused_revision: 4, refusal: expect.stringContaining("is not sealed") }),
  );
  expect(told.config()?.revision).toBe(1);
});

test("checks go without the node's credentials where the pool says so", async () => {
  const { relay, dir, db, node, give, documentWith } = await rig({ credentials: false });
  await control(after, { databaseUrl: relay.url, dir, secretKey });
  await publish(db, 1, documentWith(await give(NODE, "mine"), await give(POOL, "check")));
  await eventually(() => expect(node.seen.at(-1)).toEqual({ url: "/", authorization: undefined, check: "check" }));
});
