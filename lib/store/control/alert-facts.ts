// What is known of all workers, as rules of alerts see it: only nodes in trouble, and those that alerts are about, are read.
import type { CheckLevel } from "#lib/contracts/config.ts";
import type { NodeTrouble, World, WorldWorker } from "#lib/core/alerts/world.ts";
import type { Queryable } from "./database.ts";

/** Who has been silent for longer is not believed any more; `$1`, who asks, always is. */
const LIVE = "SELECT id FROM worker WHERE id = $1 OR heartbeat_at > now() - interval '10 seconds'";

type Trouble = { -readonly [K in keyof NodeTrouble]: NodeTrouble[K] };
const NONE: Trouble = { health: null, ejectedFor: null, breaker: null, degradedFor: null, connectMs: null };

export type FactsQuery = {
  workerId: string;
  /** Nodes that alerts are about. */
  tracked: readonly string[];
  /** Connecting that takes less is not looked at; null: none is. */
  connectFromMs: number | null;
};

/** Facts merged over the live workers, by node. */
export async function readTroubles(db: Queryable, query: FactsQuery): Promise<Map<string, NodeTrouble>> {
  const troubles = new Map<string, Trouble>();
  const of = (id: string): Trouble => {
    const known = troubles.get(id) ?? { ...NONE };
    troubles.set(id, known);
    return known;
  };
  for (const { node_id, ...row } of await healthRows(db, query)) of(node_id).health = healthOf(row);
  for (const row of await passiveRows(db, query.workerId)) Object.assign(of(row.node_id), passiveOf(row));
  if (query.connectFromMs !== null)
    for (const { node_id, ms } of await connectRows(db, query)) of(node_id).connectMs = ms;
  return troubles;
}

type HealthRow = {
  node_id: string;
  down: boolean;
  well: boolean;
  failures: number;
  reason: string;
  level: CheckLevel | null;
  detail: string;
  checked: Date | null;
};

async function healthRows(db: Queryable, { workerId, tracked }: FactsQuery): Promise<HealthRow[]> {
  const { rows } = await db.query<HealthRow>(
    `SELECT h.node_id, bool_or(h.state = 'unhealthy') AS down, bool_or(h.state = 'healthy' AND h.consecutive_failures = 0) AS well,
       max(h.consecutive_failures) AS failures, (array_agg(h.reason ORDER BY h.consecutive_failures DESC))[1] AS reason,
       (array_agg(h.level ORDER BY h.consecutive_failures DESC))[1] AS level,
       (array_agg(h.detail ORDER BY h.consecutive_failures DESC))[1] AS detail, max(h.last_check_at) AS checked
     FROM node_health h WHERE h.worker_id IN (${LIVE})
       AND (h.consecutive_failures > 0 OR h.state = 'unhealthy' OR h.node_id = ANY($2::uuid[])) GROUP BY h.node_id`,
    [workerId, tracked],
  );
  return rows;
}

const healthOf = ({ down, well, failures, reason, level, detail, checked }: Omit<HealthRow, "node_id">) => ({
  isDown: down,
  isWell: well,
  consecutiveFailures: failures,
  reason,
  level,
  detail,
  lastCheckMs: checked?.getTime() ?? null,
});

type PassiveRow = {
  node_id: string;
  ejected: string | null;
  breaker: string | null;
  cause: string;
  requests: number;
  failures: number;
  slow: number;
  degraded: string | null;
};

/** One row for each fact of each worker: who opened a breaker says more than who has it half open. */
async function passiveRows(db: Queryable, workerId: string): Promise<PassiveRow[]> {
  const { rows } = await db.query<PassiveRow>(
    `WITH live AS (${LIVE})
     SELECT node_id, cause AS ejected, NULL AS breaker, '' AS cause, 0 AS requests, 0 AS failures, 0 AS slow, NULL AS degraded
     FROM node_ejection WHERE worker_id IN (SELECT id FROM live) AND state = 'ejected' AND until > now()
     UNION ALL
     SELECT node_id, NULL, state, cause, requests, failures, slow, NULL
     FROM node_breaker WHERE worker_id IN (SELECT id FROM live) AND state <> 'closed'
     UNION ALL
     SELECT node_id, NULL, NULL, '', 0, 0, 0, adjustment -> 'degrade' ->> 'cause'
     FROM node_adjustment WHERE worker_id IN (SELECT id FROM live) AND jsonb_typeof(adjustment -> 'degrade') = 'object'
     ORDER BY breaker`,
    [workerId],
  );
  return rows;
}

function passiveOf({ ejected, breaker, cause, requests, failures, slow, degraded }: PassiveRow): Partial<Trouble> {
  if (ejected !== null) return { ejectedFor: ejected };
  if (breaker !== null) return { breaker: { state: breaker as "open" | "half-open", cause, requests, failures, slow } };
  return { degradedFor: degraded ?? "" };
}

/** The slowest worker's TCP level of the health check. */
async function connectRows(db: Queryable, { workerId, connectFromMs }: FactsQuery) {
  const { rows } = await db.query<{ node_id: string; ms: number }>(
    `SELECT node_id, max((checks -> 'levels' -> 'tcp' ->> 'latencyMs')::float8) AS ms FROM node_health
     WHERE worker_id IN (${LIVE}) AND checks -> 'levels' -> 'tcp' ->> 'state' = 'healthy'
       AND (checks -> 'levels' -> 'tcp' ->> 'latencyMs')::float8 >= $2 GROUP BY node_id`,
    [workerId, connectFromMs],
  );
  return rows;
}

export async function existingNodes(db: Queryable, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await db.query<{ id: string }>("SELECT id FROM node WHERE id = ANY($1::uuid[])", [ids]);
  return new Set(rows.map(({ id }) => id));
}

/** Every worker that ever reported; times by the database's clock. */
export async function readWorldWorkers(db: Queryable): Promise<WorldWorker[]> {
  const { rows } = await db.query<{
    id: string;
    host: string;
    silent: number;
    started: Date;
    revision: number | null;
    refused: number | null;
    refusal: string | null;
    processes: number;
    unmeasured: number | null;
  }>(
    `SELECT w.id, w.host, extract(epoch FROM now() - w.heartbeat_at)::float8 * 1000 AS silent, w.started_at AS started, w.revision,
       w.refused_revision AS refused, w.refusal, w.proxy_processes AS processes,
       extract(epoch FROM now() - f.at)::float8 * 1000 AS unmeasured
     FROM worker w LEFT JOIN (SELECT worker_id, max(at) AS at FROM metric_frame GROUP BY worker_id) f ON f.worker_id = w.id`,
  );
  return rows.map((row) => ({
    id: row.id,
    host: row.host,
    silentMs: Math.max(0, row.silent),
    startedMs: row.started.getTime(),
    revision: row.revision,
    refusedRevision: row.refused,
    refusal: row.refusal,
    proxyProcesses: row.processes,
    unmeasuredMs: row.unmeasured === null ? null : Math.max(0, row.unmeasured),
  }));
}

/** Canaries that were rolled back within the last week, by whatever but a person. */
export async function readRolledBack(db: Queryable): Promise<World["canaries"]> {
  const { rows } = await db.query<{ id: string; revision: number; ended: Date; reason: string; detail: string }>(
    `SELECT id, revision, ended_at AS ended, coalesce(reason, '') AS reason, detail FROM canary
     WHERE state = 'rolled-back' AND coalesce(reason, '') NOT IN ('aborted', 'by-hand') AND ended_at > now() - interval '7 days'`,
  );
  return rows.map(({ ended, ...row }) => ({ ...row, endedMs: ended.getTime() }));
}
