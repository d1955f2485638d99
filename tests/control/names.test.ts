import { afterEach, expect, test } from "vitest";
import { startDns } from "#tests/support/dns-server.ts";
import { startTestDatabase } from "#tests/support/postgres.ts";
import {
  cleanups,
  connected,
  control,
  documentOf,
  eventually,
  NODES,
  node,
  proxy,
  publish,
  quickPool,
  temporaryDataDir,
} from "./support.ts";

const after = cleanups();
afterEach(after.run);

test("checks go on at the last good address of a name that stopped resolving, and /metrics shows that it fails", async () => {
  const database = await startTestDatabase();
  after.add(() => database.stop());
  const db = await connected(after, database.url);
  const dir = await temporaryDataDir(after);
  const upstream = await node(after);
  const dns = await startDns({ "api.test": { addresses: ["127.0.0.1"] } }, after.add);
  const lookUp = { servers: [dns.address], hostsFile: "/nonexistent" };
  const { adminPort } = await control(after, { databaseUrl: database.url, dir, lookUp });
  const metrics = async () => (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text();
  const one = await proxy(after, dir);
  await publish(
    db,
    1,
    documentOf(
      quickPool([
        { id: NODES[0], url: upstream.url.replace("127.0.0.1", "api.test") },
        { id: NODES[1], url: upstream.url },
      ]),
    ),
  );
  await eventually(() => expect(one.nodeRuntime(NODES[0])?.health.state).toBe("healthy"));
  expect(await metrics()).toContain('gb_node_name_failing{pool="payments",node="node-1"} 0\n');

  dns.zone["api.test"] = "nxdomain";
  await eventually(async () =>
    expect(await metrics()).toContain('gb_node_name_failing{pool="payments",node="node-1"} 1\n'),
  );
  const text = await metrics();
  expect(text).toContain('gb_node_addresses{pool="payments",node="node-1"} 1\n');
  expect(text).toContain('gb_node_dynamic_weight_factor{pool="payments",node="node-1"} 1\n');
  expect(text).toContain('gb_node_degrade_factor{pool="payments",node="node-1"} 1\n');
  expect(text).toContain('gb_node_name_failing{pool="payments",node="node-2"} 0\n');
  const hits = upstream.state.hits;
  await eventually(() => expect(upstream.state.hits).toBeGreaterThan(hits + 6));
  expect(one.nodeRuntime(NODES[0])?.health.state).toBe("healthy");
});

test("what becomes of a name is told of each node that has it: addresses, since when it fails and why, and that it is well again", async () => {
  const database = await startTestDatabase();
  after.add(() => database.stop());
  const db = await connected(after, database.url);
  const dir = await temporaryDataDir(after);
  const dns = await startDns({ "api.test": { addresses: ["127.0.0.1"] } }, after.add);
  const lookUp = { servers: [dns.address], hostsFile: "/nonexistent", timeoutMs: 200 };
  await control(after, { databaseUrl: database.url, dir, lookUp });
  const rows = async () =>
    (
      await db.query(
        "SELECT node_id, hostname, state, addresses, last_good_at < since AS was_good, cause FROM node_resolution ORDER BY node_id",
      )
    ).rows;
  const poolOf = (hostOfSecond: string) =>
    documentOf(
      quickPool([
        { id: NODES[0], url: "http://api.test:9" },
        { id: NODES[1], url: `http://${hostOfSecond}:9` },
      ]),
    );
  const resolved = { hostname: "api.test", state: "resolved", addresses: ["127.0.0.1"], was_good: null, cause: "" };
  await publish(db, 1, poolOf("api.test"));
  await eventually(async () =>
    expect(await rows()).toEqual(NODES.slice(0, 2).map((node_id) => ({ node_id, ...resolved }))),
  );

  dns.zone["api.test"] = "hangs";
  const failing = { ...resolved, state: "failing", was_good: true, cause: "name-lookup-timeout" };
  await eventually(async () =>
    expect(await rows()).toEqual(NODES.slice(0, 2).map((node_id) => ({ node_id, ...failing }))),
  );

  await publish(db, 2, poolOf("127.0.0.1"));
  await eventually(async () => expect(await rows()).toEqual([{ node_id: NODES[0], ...failing }]));

  dns.zone["api.test"] = { addresses: ["127.0.0.1", "127.0.0.2"] };
  await eventually(async () =>
    expect(await rows()).toEqual([{ node_id: NODES[0], ...resolved, addresses: ["127.0.0.1", "127.0.0.2"] }]),
  );
  const events = await db.query(
    `SELECT "from", "to", reason FROM health_event WHERE fact = 'name' AND node_id = $1 ORDER BY id`,
    [NODES[0]],
  );
  expect(events.rows).toEqual([
    { from: "resolved", to: "failing", reason: "name-lookup-timeout" },
    { from: "failing", to: "resolved", reason: "ok" },
  ]);
});
