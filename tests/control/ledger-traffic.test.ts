// The traffic ledger from end to end: two real proxy processes tell shares, a real control process attributes their shifts, and
// PostgreSQL has them once.
import { randomUUID } from "node:crypto";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { ConfigDocument } from "#lib/contracts/config.ts";
import { startTestDatabase } from "#tests/support/postgres.ts";
import { freePorts } from "#tests/support/product.ts";
import { ask, serve, startProxy } from "./real-proxies.ts";
import { cleanups, connected, control, eventually, publish, temporaryDataDir } from "./support.ts";

const after = cleanups();
afterEach(after.run);
const SLOW = 30_000;

type Row = { node: string; cause: string; detail: string; by: string | null; before: number; after: number };

test("a publish, a failing node and an operator each shift shares, and the ledger says which of them it was", async () => {
  const database = await startTestDatabase();
  after.add(() => database.stop());
  const db = await connected(after, database.url);
  const dir = await temporaryDataDir(after);
  await control(after, { databaseUrl: database.url, dir });
  const ports = await freePorts(2);
  const root = path.dirname(dir.bus);
  await Promise.all(ports.map((port, index) => startProxy(after, { index, count: 2, port, root })));
  const state = { b: 200 };
  const urls = await Promise.all([
    serve(after, (_, response) => response.end("a")),
    serve(after, (_, response) => response.writeHead(state.b).end("b")),
    serve(after, (_, response) => response.end("c")),
  ]);
  const ids = [randomUUID(), randomUUID(), randomUUID()] as const;
  const names = new Map([...ids].map((id, at) => [id as string, "abc"[at] as string]));
  const poolId = randomUUID();
  const document = (weights: number[]) =>
    ConfigDocument.parse({
      pools: [
        {
          ...{ id: poolId, name: "pool", algorithm: "weighted-round-robin", isDefault: true },
          ...{ healthCheck: { enabled: false }, warmUp: { enabled: false }, breaker: { enabled: false } },
          ...{ retry: { maxRetries: 0 }, hedge: { enabled: false, suspectAfter: 0, raceConnects: false } },
          ejection: { consecutiveFailures: 3, baseEjectionMs: 600_000, maxEjectionMs: 600_000 },
          nodes: ids.map((id, at) => ({ id, name: "abc"[at], url: urls[at], weight: weights[at] })),
        },
      ],
      routes: [],
    });
  const askAll = async () => {
    for (let i = 0; i < 12; i++) await ask(ports[i % 2] as number, "/");
  };
  const rows = async (): Promise<Row[]> => {
    const { rows: found } = await db.query(
      `SELECT node_id AS node, cause, detail, by_node_id AS by, share_before AS before, share_after AS after
       FROM traffic_ledger ORDER BY id`,
    );
    const nameOf = (id: string | null) => (id === null ? null : (names.get(id) ?? id));
    return found.map((row) => ({ ...row, node: nameOf(row.node), by: nameOf(row.by) }));
  };
  const told = (wanted: Partial<Row>) =>
    eventually(async () => {
      await askAll();
      const found = (await rows()).map(({ before, after: now, ...rest }) => {
        return { ...rest, before: Math.round(before * 100), after: Math.round(now * 100) };
      });
      expect(found).toContainEqual(expect.objectContaining(wanted));
    }, SLOW);

  await publish(db, 1, document([100, 100, 100]));
  for (const port of ports) await eventually(async () => expect(["a", "b", "c"]).toContain(await ask(port, "/")), SLOW);
  // The ledger's first page is how things were before; shifts are told from then on.
  await eventually(async () => {
    const { rows: frames } = await db.query(
      `SELECT FROM metric_frame WHERE jsonb_path_exists(frame, '$.nodes[*] ? (@.share > 0.3)')`,
    );
    expect(frames.length).toBeGreaterThanOrEqual(3);
  }, SLOW);

  await publish(db, 2, document([200, 100, 100]));
  await told({ node: "a", cause: "publish", before: 33, after: 50 });

  state.b = 500;
  await told({ node: "b", cause: "ejection", detail: "status-500", before: 25, after: 0 });
  await told({ node: "a", cause: "ejection", by: "b", before: 50, after: 67 });

  await db.query("INSERT INTO node_admin_state (node_id, state, by) VALUES ($1, 'drain', 'ann')", [ids[2]]);
  await db.query("SELECT pg_notify('gb_runtime', $1)", [ids[2]]);
  await told({ node: "c", cause: "person", before: 33, after: 0 });
  const all = await rows();
  expect(all.filter(({ node, cause }) => node === "c" && cause === "person")).toHaveLength(1);
  expect(all.map(({ cause }) => cause)).not.toContain("unknown");
}, 120_000);
