// What this worker observes of the nodes, in batches. A node that was removed meanwhile is passed over: every statement
// joins the node table instead of failing on its foreign key.
import { CHANNELS, type PassiveFacts } from "#lib/contracts/bus.ts";
import type { Adjustment, HealthEvent, HealthState, NameResolution, NodeChecks } from "#lib/contracts/runtime.ts";
import { notifyIds, type Queryable } from "./database.ts";

export type NodeHealth = { nodeId: string; health: HealthState; checks: NodeChecks };
export type NodeAdjustment = { nodeId: string; adjustment: Adjustment };
export type FactEvent = Pick<HealthEvent, "nodeId" | "fact" | "from" | "to" | "reason"> & { atMs: number };
/** Null: the node's URL has an address. */
export type NodeName = { nodeId: string; resolution: NameResolution | null };
export type ObservedFacts = {
  health: readonly NodeHealth[];
  passive: readonly PassiveFacts[];
  resolutions: readonly NodeName[];
  adjustments: readonly NodeAdjustment[];
  events: readonly FactEvent[];
};

/** Writes facts and events and, unless `quiet`, tells gb_facts. Call it in a transaction. */
export async function writeFacts(db: Queryable, workerId: string, facts: ObservedFacts, quiet = false): Promise<void> {
  await writeHealth(db, workerId, facts.health);
  await writeEjections(db, workerId, facts.passive);
  await writeBreakers(db, workerId, facts.passive);
  await writeCoolings(db, workerId, facts.passive);
  await writeResolutions(db, workerId, facts.resolutions);
  await writeAdjustments(db, workerId, facts.adjustments);
  await writeEvents(db, workerId, facts.events);
  if (quiet) return;
  const { health, passive, resolutions, adjustments, events } = facts;
  const changed = new Set(
    [...health, ...passive, ...resolutions, ...adjustments, ...events].map((fact) => fact.nodeId),
  );
  await notifyIds(db, CHANNELS.facts, [...changed]);
}

async function writeHealth(db: Queryable, workerId: string, rows: readonly NodeHealth[]): Promise<void> {
  if (rows.length === 0) return;
  await db.query(
    `INSERT INTO node_health (node_id, worker_id, state, since, reason, consecutive_passes, consecutive_failures, last_check_at,
       latency_ms, level, detail, checks)
     SELECT node.id, $1, u.state, to_timestamp(u.since / 1000), u.reason, u.passes, u.failures, to_timestamp(u.checked / 1000), u.latency,
       u.level, u.detail, u.checks
     FROM unnest($2::uuid[], $3::text[], $4::float8[], $5::text[], $6::int[], $7::int[], $8::float8[], $9::float8[], $10::text[],
       $11::text[], $12::jsonb[]) AS u (id, state, since, reason, passes, failures, checked, latency, level, detail, checks)
     JOIN node ON node.id = u.id
     ON CONFLICT (node_id, worker_id) DO UPDATE SET state = EXCLUDED.state, since = EXCLUDED.since, reason = EXCLUDED.reason,
       consecutive_passes = EXCLUDED.consecutive_passes, consecutive_failures = EXCLUDED.consecutive_failures,
       last_check_at = EXCLUDED.last_check_at, latency_ms = EXCLUDED.latency_ms, level = EXCLUDED.level,
       detail = EXCLUDED.detail, checks = EXCLUDED.checks`,
    [
      workerId,
      rows.map((row) => row.nodeId),
      rows.map((row) => row.health.state),
      rows.map((row) => row.health.sinceMs),
      rows.map((row) => row.health.reason),
      rows.map((row) => row.health.consecutivePasses),
      rows.map((row) => row.health.consecutiveFailures),
      rows.map((row) => row.health.lastCheckMs),
      rows.map((row) => row.health.latencyMs),
      rows.map((row) => row.health.level),
      rows.map((row) => stored(row.health.detail)),
      rows.map((row) => stored(JSON.stringify(row.checks))),
    ],
  );
}

/** PostgreSQL has no place for NUL, in text or as \u0000 in JSON; a node's answer, quoted in a detail, may hold one. */
const stored = (text: string): string => text.replaceAll("\0", "").replaceAll("\\u0000", "");

async function writeEjections(db: Queryable, workerId: string, rows: readonly PassiveFacts[]): Promise<void> {
  if (rows.length === 0) return;
  const gone = rows.map(({ ejection }) => (ejection.state === "ejected" ? ejection : null));
  await db.query(
    `INSERT INTO node_ejection (node_id, worker_id, state, since, until, cause, times_ejected)
     SELECT node.id, $1, u.state, to_timestamp(u.since / 1000), to_timestamp(u.until / 1000), u.cause, u.times
     FROM unnest($2::uuid[], $3::text[], $4::float8[], $5::float8[], $6::text[], $7::int[]) AS u (id, state, since, until, cause, times)
     JOIN node ON node.id = u.id
     ON CONFLICT (node_id, worker_id) DO UPDATE SET state = EXCLUDED.state, since = EXCLUDED.since, until = EXCLUDED.until,
       cause = EXCLUDED.cause, times_ejected = EXCLUDED.times_ejected`,
    [
      workerId,
      rows.map((row) => row.nodeId),
      rows.map((row) => row.ejection.state),
      gone.map((ejected) => ejected?.sinceMs ?? null),
      gone.map((ejected) => ejected?.untilMs ?? null),
      gone.map((ejected) => ejected?.cause ?? ""),
      rows.map((row) => row.ejection.timesEjected),
    ],
  );
}

async function writeBreakers(db: Queryable, workerId: string, rows: readonly PassiveFacts[]): Promise<void> {
  if (rows.length === 0) return;
  const breakers = rows.map((row) => row.breaker);
  await db.query(
    `INSERT INTO node_breaker (node_id, worker_id, state, since, until, cause, times_opened, requests, failures, slow)
     SELECT node.id, $1, u.state, to_timestamp(u.since / 1000), to_timestamp(u.until / 1000), u.cause, u.times, u.requests, u.failures, u.slow
     FROM unnest($2::uuid[], $3::text[], $4::float8[], $5::float8[], $6::text[], $7::int[], $8::int[], $9::int[], $10::int[])
       AS u (id, state, since, until, cause, times, requests, failures, slow)
     JOIN node ON node.id = u.id
     ON CONFLICT (node_id, worker_id) DO UPDATE SET state = EXCLUDED.state, since = EXCLUDED.since, until = EXCLUDED.until,
       cause = EXCLUDED.cause, times_opened = EXCLUDED.times_opened, requests = EXCLUDED.requests,
       failures = EXCLUDED.failures, slow = EXCLUDED.slow`,
    [
      workerId,
      rows.map((row) => row.nodeId),
      breakers.map((breaker) => breaker.state),
      breakers.map((breaker) => (breaker.state === "closed" ? null : breaker.sinceMs)),
      breakers.map((breaker) => (breaker.state === "open" ? breaker.untilMs : null)),
      breakers.map((breaker) => (breaker.state === "open" ? breaker.cause : "")),
      breakers.map((breaker) => (breaker.state === "closed" ? 0 : breaker.timesOpened)),
      ...(["requests", "failures", "slow"] as const).map((count) =>
        breakers.map((breaker) => (breaker.state === "open" ? breaker[count] : 0)),
      ),
    ],
  );
}

async function writeCoolings(db: Queryable, workerId: string, rows: readonly PassiveFacts[]): Promise<void> {
  if (rows.length === 0) return;
  const cooling = rows.map(({ cooling: state }) => (state.state === "cooling" ? state : null));
  await db.query(
    `INSERT INTO node_cooling (node_id, worker_id, state, since, until, cause)
     SELECT node.id, $1, u.state, to_timestamp(u.since / 1000), to_timestamp(u.until / 1000), u.cause
     FROM unnest($2::uuid[], $3::text[], $4::float8[], $5::float8[], $6::text[]) AS u (id, state, since, until, cause)
     JOIN node ON node.id = u.id
     ON CONFLICT (node_id, worker_id) DO UPDATE SET state = EXCLUDED.state, since = EXCLUDED.since, until = EXCLUDED.until,
       cause = EXCLUDED.cause`,
    [
      workerId,
      rows.map((row) => row.nodeId),
      rows.map((row) => row.cooling.state),
      cooling.map((state) => state?.sinceMs ?? null),
      cooling.map((state) => state?.untilMs ?? null),
      cooling.map((state) => state?.cause ?? ""),
    ],
  );
}

async function writeResolutions(db: Queryable, workerId: string, rows: readonly NodeName[]): Promise<void> {
  const addressed = rows.filter(({ resolution }) => resolution === null);
  if (addressed.length > 0) {
    await db.query("DELETE FROM node_resolution WHERE worker_id = $1 AND node_id = ANY ($2::uuid[])", [
      workerId,
      addressed.map(({ nodeId }) => nodeId),
    ]);
  }
  const named = rows.flatMap(({ nodeId, resolution }) => (resolution ? [{ nodeId, ...resolution }] : []));
  if (named.length === 0) return;
  const failing = named.map((row) => (row.state === "failing" ? row : null));
  await db.query(
    `INSERT INTO node_resolution (node_id, worker_id, hostname, state, addresses, last_good_at, since, cause)
     SELECT node.id, $1, u.hostname, u.state, u.addresses, to_timestamp(u.good / 1000), to_timestamp(u.since / 1000), u.cause
     FROM unnest($2::uuid[], $3::text[], $4::text[], $5::jsonb[], $6::float8[], $7::float8[], $8::text[])
       AS u (id, hostname, state, addresses, good, since, cause)
     JOIN node ON node.id = u.id
     ON CONFLICT (node_id, worker_id) DO UPDATE SET hostname = EXCLUDED.hostname, state = EXCLUDED.state,
       addresses = EXCLUDED.addresses, last_good_at = EXCLUDED.last_good_at, since = EXCLUDED.since, cause = EXCLUDED.cause`,
    [
      workerId,
      named.map((row) => row.nodeId),
      named.map((row) => row.hostname),
      named.map((row) => row.state),
      named.map((row) => JSON.stringify(row.state === "pending" ? [] : row.addresses)),
      failing.map((row) => row?.lastGoodMs ?? null),
      failing.map((row) => row?.sinceMs ?? null),
      failing.map((row) => row?.cause ?? ""),
    ],
  );
}

async function writeAdjustments(db: Queryable, workerId: string, rows: readonly NodeAdjustment[]): Promise<void> {
  if (rows.length === 0) return;
  await db.query(
    `INSERT INTO node_adjustment (node_id, worker_id, adjustment)
     SELECT node.id, $1, u.adjustment FROM unnest($2::uuid[], $3::jsonb[]) AS u (id, adjustment) JOIN node ON node.id = u.id
     ON CONFLICT (node_id, worker_id) DO UPDATE SET adjustment = EXCLUDED.adjustment`,
    [workerId, rows.map((row) => row.nodeId), rows.map((row) => JSON.stringify(row.adjustment))],
  );
}

async function writeEvents(db: Queryable, workerId: string, events: readonly FactEvent[]): Promise<void> {
  if (events.length === 0) return;
  await db.query(
    `INSERT INTO health_event (at, node_id, worker_id, fact, "from", "to", reason)
     SELECT to_timestamp(u.at / 1000), u.id, $1, u.fact, u.before, u.after, u.reason
     FROM unnest($2::float8[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[]) AS u (at, id, fact, before, after, reason)`,
    [
      workerId,
      events.map((event) => event.atMs),
      events.map((event) => event.nodeId),
      events.map((event) => event.fact),
      events.map((event) => event.from),
      events.map((event) => event.to),
      events.map((event) => event.reason),
    ],
  );
}
