// Secrets of the configuration: they go in, and come out nowhere. A marker that nothing else holds is put into every place that
// takes one, and looked for in everything that the product answers, stores and writes.
import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { databaseUrl, db } from "#lib/store/db.ts";
import { inDatabase } from "#lib/store/in-database.ts";
import { rotateSecretKey } from "#lib/store/rotate-secret-key.ts";
import { secretOwner } from "#lib/store/secret-book.ts";
import { requireSecretKey } from "#lib/store/secret-check.ts";
import { processSecretKey, secretKeyOf } from "#lib/store/secret-key.ts";
import { type Answered, api, faultPaths, makeNode, makePool, revisionCount, serveApi } from "./harness.ts";

serveApi();

const header = (value: unknown) => ({ in: "header", name: "authorization", value });
const opened = async (id: string): Promise<string> => {
  const { sealed, ownerId } = await db().secret.findUniqueOrThrow({ where: { id } });
  return processSecretKey().open(sealed, secretOwner(id, ownerId));
};
const credentialsOf = async (nodeId: string) => (await api("GET", `/nodes/${nodeId}`)).body.credentials;
const refOf = async (nodeId: string): Promise<string> => (await credentialsOf(nodeId))[0].value.secret;

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

describe("a secret", () => {
  it("goes in as text or {value}, and comes out as a reference that keeps it when it is sent back", async () => {
    const pool = await makePool();
    const made = await makeNode(pool.id, {
      credentials: [header("first"), { in: "query", name: "key", value: { value: "second" } }],
      requestHeaders: { set: { "x-open": "open", "x-secret": { value: "third" } } },
    });
    const [one, two] = made.credentials;
    expect(made.credentials).toEqual([
      { in: "header", name: "authorization", value: { secret: expect.any(String) } },
      { in: "query", name: "key", value: { secret: expect.any(String) } },
    ]);
    expect(made.requestHeaders.set).toEqual({ "x-open": "open", "x-secret": { secret: expect.any(String) } });
    expect(await opened(one.value.secret)).toBe("first");
    expect(await opened(two.value.secret)).toBe("second");
    expect(await opened(made.requestHeaders.set["x-secret"].secret)).toBe("third");

    const before = await revisionCount();
    await api("PATCH", `/nodes/${made.id}`, { body: { credentials: made.credentials } });
    await api("PATCH", `/nodes/${made.id}`, { body: { credentials: [header("first"), two] } });
    expect(await revisionCount()).toBe(before);

    const changed = (await api("PATCH", `/nodes/${made.id}`, { body: { credentials: [header("another"), two] } })).body;
    expect(changed.credentials[1]).toEqual(two);
    expect(changed.credentials[0].value.secret).not.toBe(one.value.secret);
    expect(await opened(one.value.secret)).toBe("first");
    const head = await revisionCount();
    await api("POST", `/revisions/${head - 1}/rollback`, { body: {} });
    expect(await credentialsOf(made.id)).toEqual(made.credentials);
  });

  it("of another entity cannot be used, nor one that there is not; both are told alike, at their path", async () => {
    const pool = await makePool();
    const victim = await makeNode(pool.id, { credentials: [header("a key")] });
    const thief = await makeNode(pool.id);
    const stolen = { secret: await refOf(victim.id) };
    const before = await revisionCount();
    const patch = (path: string, body: object) => api("PATCH", path, { body });
    const answers = [
      await patch(`/nodes/${thief.id}`, { credentials: [header(stolen)] }),
      await patch(`/nodes/${thief.id}`, { credentials: [header({ secret: randomUUID() })] }),
      await patch(`/nodes/${thief.id}`, { requestHeaders: { set: { "x-a": stolen }, remove: [] } }),
      await patch(`/pools/${pool.id}`, { healthCheck: { http: { headers: { "x-a": stolen } } } }),
      await api("POST", `/pools/${pool.id}/nodes`, {
        body: { name: "n", url: "http://evil", credentials: [header(stolen)] },
      }),
      await api("POST", "/routes", {
        body: { match: { pathPrefix: "/x" }, poolId: pool.id, requestHeaders: { set: { "x-a": stolen } } },
      }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400, 400]);
    expect(answers.flatMap(faultPaths)).toEqual([
      "credentials.0.value.secret",
      "credentials.0.value.secret",
      "requestHeaders.set.x-a.secret",
      "healthCheck.http.headers.x-a.secret",
      "credentials.0.value.secret",
      "requestHeaders.set.x-a.secret",
    ]);
    const messages = answers.map(({ body }) => body.faults[0].message);
    expect(new Set(messages).size).toBe(1);
    expect(await revisionCount()).toBe(before);
  });

  it("that cannot be sent is refused at its path, and nothing of it is kept", async () => {
    const pool = await makePool();
    const node = await makeNode(pool.id);
    const rows = await db().secret.count();
    const answer = await api("PATCH", `/nodes/${node.id}`, {
      body: { credentials: [header("evil\r\nx: y"), header({ value: "" })], weight: -1 },
    });
    expect([answer.status, faultPaths(answer)]).toEqual([
      400,
      ["credentials.0.value.value", "credentials.1.value.value"],
    ]);
    // A publish that fails for another reason keeps none either.
    await api("PATCH", `/nodes/${node.id}`, { body: { credentials: [header("good")], weight: -1 } });
    expect(await db().secret.count()).toBe(rows);
  });

  it("is kept by a file that refers to it, refused by one that refers to another's, and given anew by a text", async () => {
    const pool = await makePool();
    const node = await makeNode(pool.id, { credentials: [header("in a file")] });
    const other = await makeNode(pool.id, { credentials: [header("not of this one")] });
    const exported = (await api("GET", "/config?format=json")).body;
    const before = await revisionCount();
    const put = (file: unknown, query = "?confirmWarnings=true") =>
      api("PUT", `/config${query}`, { as: "admin", body: file });
    expect((await put(exported)).status).toBe(200);
    expect(await revisionCount()).toBe(before);

    const own = exported.pools.find(({ id }: { id: string }) => id === pool.id);
    const at = own.nodes.findIndex(({ id }: { id: string }) => id === node.id);
    const poolAt = exported.pools.indexOf(own);
    const path = `pools.${poolAt}.nodes.${at}.credentials.0.value.secret`;
    own.nodes[at].credentials[0].value = { secret: await refOf(other.id) };
    for (const query of ["?confirmWarnings=true", "?dryRun=true"]) {
      const refused = await put(exported, query);
      expect([refused.status, faultPaths(refused)]).toEqual([400, [path]]);
    }
    own.nodes[at].credentials[0].value = "marker-in-a-file";
    const preview = await put(exported, "?dryRun=true");
    expect(JSON.stringify(preview.body)).not.toContain("marker-in-a-file");
    const rows = await db().secret.count();
    const done = await put(exported);
    expect(JSON.stringify(done.body)).not.toContain("marker-in-a-file");
    expect(await db().secret.count()).toBe(rows + 1);
    expect(await opened(await refOf(node.id))).toBe("marker-in-a-file");
    const count = await revisionCount();
    await put(exported);
    expect(await revisionCount()).toBe(count);
  });
});

it("a change set keeps references only, from the moment something is put into it, and publishes them", async () => {
  const pool = await makePool();
  const node = await makeNode(pool.id);
  const operation = (value: unknown) => ({ op: "node.update", id: node.id, patch: { credentials: [header(value)] } });
  const make = (operations: object[]) => api("POST", "/change-sets", { body: { name: "with a key", operations } });
  const refused = await make([operation({ secret: randomUUID() })]);
  expect([refused.status, faultPaths(refused)]).toEqual([400, ["operations.0.credentials.0.value.secret"]]);
  const made = await make([operation("marker-in-a-set")]);
  expect(made.status).toBe(201);
  const path = `/change-sets/${made.body.id}`;
  await api("POST", `${path}/operations`, { body: { operations: [operation("marker-in-a-set-2")] } });
  const read = await api("GET", path);
  expect(JSON.stringify([made.body, read.body])).not.toContain("marker-in-a-set");
  expect(await dumpOfTables()).not.toContain("marker-in-a-set");
  const asked = await api("POST", `${path}/publish`, { body: {} });
  const confirm = (asked.body.warnings ?? []).map(({ id }: { id: string }) => id);
  const published = asked.status === 200 ? asked : await api("POST", `${path}/publish`, { body: { confirm } });
  expect(published.body).toMatchObject({ state: "published" });
  expect(await opened(await refOf(node.id))).toBe("marker-in-a-set-2");
});

it("a marker put into every secret is found in clear in no answer, no problem, no log and no table", async () => {
  const marker = `marker${randomUUID().replaceAll("-", "")}`;
  const answers: Answered[] = [];
  const logged: string[] = [];
  const streams = [process.stdout, process.stderr].map((stream) => {
    const { write } = stream;
    stream.write = ((chunk: string, ...rest: never[]) => {
      logged.push(String(chunk));
      return write.call(stream, chunk, ...rest);
    }) as typeof write;
    return () => {
      stream.write = write;
    };
  });
  const call = async (method: string, path: string, options: Parameters<typeof api>[2] = {}) => {
    const answer = await api(method, path, options);
    answers.push(answer);
    return answer;
  };
  const headers = { "x-check": { value: `${marker}-check` } };
  const pool = (
    await call("POST", "/pools", {
      body: {
        name: `p-${marker.slice(-8)}`,
        algorithm: "least-connections",
        healthCheck: { http: { headers }, business: { headers } },
        nodes: [{ name: "a", url: "http://127.0.0.1:9", credentials: [header(`${marker}-pool`)] }],
      },
    })
  ).body;
  const credentials = [header(`${marker}-h`), { in: "query", name: "key", value: `${marker}-q` }];
  const node = (
    await call("POST", `/pools/${pool.id}/nodes`, { body: { name: "b", url: "http://127.0.0.1:9", credentials } })
  ).body;
  const requestHeaders = { set: { "x-edit": { value: `${marker}-edit` } }, remove: [] };
  const route = (
    await call("POST", "/routes", { body: { match: { pathPrefix: "/m" }, poolId: pool.id, requestHeaders } })
  ).body;
  await call("PATCH", `/nodes/${node.id}`, { body: { requestHeaders, credentials: [header(`${marker}-2`)] } });
  await call("PATCH", `/pools/${pool.id}`, {
    body: { healthCheck: { http: { headers: { "x-2": { value: marker } } } } },
  });
  await call("PATCH", `/routes/${route.id}`, {
    body: { requestHeaders: { set: { "x-3": { value: marker } }, remove: [] } },
  });
  // Refused ones say why without saying what.
  await call("PATCH", `/nodes/${node.id}`, { body: { credentials: [header(`${marker}\n`)] } });
  await call("PATCH", `/nodes/${node.id}`, { body: { credentials: [{ ...header(marker), in: "cookie" }] } });
  await call("PATCH", `/nodes/${node.id}`, { body: { credentials: [header({ value: marker, more: 1 })] } });
  await call("PATCH", `/nodes/${node.id}`, { body: { credentials: [header(marker)], name: "a" } });
  await call("PATCH", `/nodes/${node.id}`, { headers: { "if-match": '"1"' }, body: { credentials: [header(marker)] } });
  await call("PATCH", `/nodes/${node.id}`, { as: "viewer", body: { credentials: [header(marker)] } });
  const newest = await revisionCount();
  for (const path of [
    "/pools",
    `/pools/${pool.id}`,
    `/nodes/${node.id}`,
    "/routes",
    "/config",
    "/config?format=yaml",
    "/audit?limit=500",
    "/revisions",
    `/revisions/${newest}`,
    `/revisions/${newest}/comparison?from=0`,
    "/health",
  ])
    await call("GET", path, { as: "admin" });
  for (const restore of streams) restore();
  for (const { status, body } of answers) expect(`${status} ${JSON.stringify(body)}`).not.toContain(marker);
  expect(logged.join("")).not.toContain(marker);
  const dump = await dumpOfTables();
  expect(dump).not.toContain(marker);
  expect(dump).toContain(node.id);
  expect(await db().secret.count()).toBeGreaterThan(5);
});

it("a rotated key opens every secret, all or nothing; whoever still has the old one can give none", async () => {
  const pool = await makePool();
  const node = await makeNode(pool.id, { credentials: [header("kept over a rotation")] });
  const id = await refOf(node.id);
  const from = processSecretKey();
  const to = secretKeyOf("d1".repeat(32));
  await requireSecretKey(databaseUrl(), from);
  const odd = await db().secret.create({
    data: { id: randomUUID(), ownerId: node.id, sealed: to.seal("x", "y"), createdBy: "test" },
  });
  await expect(rotateSecretKey(databaseUrl(), from, to)).rejects.toThrow();
  expect(await opened(id)).toBe("kept over a rotation");
  await db().secret.delete({ where: { id: odd.id } });

  expect(await rotateSecretKey(databaseUrl(), from, to)).toBe(await db().secret.count());
  const { sealed } = await db().secret.findUniqueOrThrow({ where: { id } });
  expect(to.open(sealed, secretOwner(id, node.id))).toBe("kept over a rotation");
  const rows = await db().secret.count();
  const late = await api("PATCH", `/nodes/${node.id}`, { body: { credentials: [header("of the old key")] } });
  expect([late.status, JSON.stringify(late.body)]).toEqual([500, expect.not.stringContaining("of the old key")]);
  expect(await db().secret.count()).toBe(rows);
  expect((await api("PATCH", `/nodes/${node.id}`, { body: { weight: 7 } })).status).toBe(200);
  await rotateSecretKey(databaseUrl(), to, from);
});
