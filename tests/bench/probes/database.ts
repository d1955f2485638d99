// PostgreSQL of the benchmark's own, with the fleet in it: what control writes of its checks is a part of what they cost.

import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { ConfigDocument } from "#lib/contracts/config.ts";
import { migrate } from "#lib/store/migrate.ts";
import { ensureCluster } from "#workers/supervisor/postgres/cluster.ts";
import { ownerUrl, postgresCommand, serverStatus } from "#workers/supervisor/postgres/server.ts";
import { freePort } from "../support/ports.ts";
import type { Workshop } from "../support/workshop.ts";

const READY_WITHIN_MS = 60_000;

/** Starts it and resolves with the URL of its empty, migrated database. */
export async function startDatabase(shop: Workshop): Promise<string> {
  const cluster = { dir: path.join(shop.dir, "pg"), passwordFile: path.join(shop.dir, "pg-password"), durable: false };
  await ensureCluster(cluster);
  const port = await freePort();
  const { file, args, ids } = postgresCommand(cluster, port);
  await shop.start("postgres", file, args, { ids, cwd: "/", stdio: ["ignore", "pipe", "pipe"], ready: "none" });
  for (const deadline = performance.now() + READY_WITHIN_MS; serverStatus(cluster.dir)?.ready !== true; await sleep(50))
    if (performance.now() > deadline) throw new Error("PostgreSQL is not ready within 60 s");
  const url = ownerUrl(cluster, port, "bench");
  await migrate(url);
  return url;
}

/** Puts `document` in force as revision `number`, in place of what was. */
export async function publish(url: string, number: number, document: ConfigDocument): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const pools = document.pools.map(({ id, name, algorithm }, position) => ({ id, name, algorithm, position }));
  const nodes = document.pools.flatMap((pool) =>
    pool.nodes.map(({ id, name, url: nodeUrl, weight }, position) => ({
      id,
      name,
      url: nodeUrl,
      weight,
      position,
      pool_id: pool.id,
    })),
  );
  await client.query("BEGIN; DELETE FROM node; DELETE FROM pool");
  await client.query(
    `INSERT INTO pool (id, name, name_key, algorithm, position, settings)
     SELECT id, name, name, algorithm, position, '{}' FROM jsonb_to_recordset($1::jsonb) AS r(id uuid, name text, algorithm text, position int)`,
    [JSON.stringify(pools)],
  );
  await client.query(
    `INSERT INTO node (id, pool_id, name, name_key, url, weight, position, settings)
     SELECT id, pool_id, name, name, url, weight, position, '{}' FROM jsonb_to_recordset($1::jsonb)
       AS r(id uuid, pool_id uuid, name text, url text, weight int, position int)`,
    [JSON.stringify(nodes)],
  );
  const whole = JSON.stringify(document);
  await client.query("INSERT INTO config_part VALUES (md5($1), $1::jsonb) ON CONFLICT DO NOTHING", [whole]);
  await client.query(
    `INSERT INTO revision ("number", layout, author, change_count)
     VALUES ($1, jsonb_build_object('whole', md5($2)), 'bench', 1)`,
    [number, whole],
  );
  await client.query("COMMIT");
  await client.end();
}
