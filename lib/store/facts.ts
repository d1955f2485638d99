// The facts of nodes, joined from their tables. Several workers may observe one node: the worst of what the
// live ones say is shown, and what a lost worker said last is not believed.
import type { NodeQuota } from "#lib/contracts/config.ts";
import {
  Adjustment,
  type AdminState,
  type BreakerState,
  type CoolingState,
  type EjectionState,
  type HealthState,
  type NameResolution,
  type NodeFacts,
  type QuotaUse,
  type WarmUpState,
} from "#lib/contracts/runtime.ts";
import { quotaSpan } from "#lib/core/quota.ts";
import { adjustmentFactor, NO_ADJUSTMENT } from "#lib/core/weights/adjustment.ts";
import { type Db, readAll, type Tx } from "#lib/store/db.ts";
import type {
  NodeAdjustment,
  NodeAdminState,
  NodeBreaker,
  NodeCooling,
  NodeEjection,
  NodeHealth,
  NodeQuota as NodeQuotaRow,
  NodeResolution,
} from "#lib/store/generated/client.ts";
import { readLiveWorkers } from "#lib/store/workers.ts";

/** Facts of a node as of `nowMs`, with what was used of the quota that it has. */
export type FactsOf = (node: { readonly id: string; readonly quota: NodeQuota | null }, nowMs: number) => NodeFacts;

/**
 * Facts of the given nodes, or of all of them; a node of which nothing is known has the facts of a new one.
 * @param about `serving`: only what decides whether a node may serve (admin state, health, ejection, breaker); the rest is as if
 * nothing was known
 */
export async function readFacts(
  client: Db | Tx,
  nodeIds?: readonly string[],
  about: "all" | "serving" = "all",
): Promise<FactsOf> {
  const ifAll = <Row>(read: () => Promise<Row[]>) => (about === "all" ? read : async (): Promise<Row[]> => []);
  const which = nodeIds && { nodeId: { in: [...nodeIds] } };
  const observed = { where: { ...which, workerId: { in: [...(await readLiveWorkers(client))] } } };
  const [admins, warmUps, healths, ejections, breakers, coolings, resolutions, adjustments, quotas] = await readAll(
    client,
    [
      () => client.nodeAdminState.findMany({ where: which }),
      ifAll(() => client.nodeWarmUp.findMany({ where: which })),
      () => client.nodeHealth.findMany(observed),
      () => client.nodeEjection.findMany(observed),
      () => client.nodeBreaker.findMany(observed),
      ifAll(() => client.nodeCooling.findMany(observed)),
      ifAll(() => client.nodeResolution.findMany(observed)),
      ifAll(() => client.nodeAdjustment.findMany(observed)),
      ifAll(() => client.nodeQuota.findMany({ where: { ...which, endsAt: { gt: new Date() } } })),
    ],
  );
  const admin = new Map(admins.map((row) => [row.nodeId, toAdmin(row)]));
  const warmUp = new Map(
    warmUps.map((row) => [
      row.nodeId,
      { startedMs: row.startedAt.getTime(), cause: row.cause as WarmUpState["cause"] },
    ]),
  );
  const health = worst(
    healths.map((row) => [row.nodeId, toHealth(row)]),
    healthRank,
  );
  const ejection = worst(
    ejections.map((row) => [row.nodeId, toEjection(row)]),
    ejectionRank,
  );
  const breaker = worst(
    breakers.map((row) => [row.nodeId, toBreaker(row)]),
    breakerRank,
  );
  const cooling = worst(
    coolings.map((row) => [row.nodeId, toCooling(row)]),
    coolingRank,
  );
  const resolution = worst(
    resolutions.map((row) => [row.nodeId, toResolution(row)]),
    resolutionRank,
  );
  const adjustment = worst(
    adjustments.map((row) => [row.nodeId, toAdjustment(row)]),
    (one) => -adjustmentFactor(one),
  );
  const usesOf = Map.groupBy(quotas, (row) => row.nodeId);
  return ({ id: nodeId, quota }, nowMs) => ({
    nodeId,
    admin: admin.get(nodeId) ?? { state: "ready", sinceMs: 0, deadlineMs: null, keepSessions: false, by: "" },
    health: health.get(nodeId) ?? UNKNOWN_HEALTH,
    warmUp: warmUp.get(nodeId) ?? null,
    ejection: ejection.get(nodeId) ?? { state: "in", timesEjected: 0 },
    breaker: breaker.get(nodeId) ?? { state: "closed" },
    cooling: cooling.get(nodeId) ?? { state: "not-cooling" },
    resolution: resolution.get(nodeId) ?? null,
    adjustment: adjustment.get(nodeId) ?? NO_ADJUSTMENT,
    quota: quota && quotaUse(quota, usesOf.get(nodeId) ?? [], nowMs),
  });
}

/** Spans of another length are of a quota that it had before. */
function quotaUse({ per }: NodeQuota, rows: readonly NodeQuotaRow[], nowMs: number): QuotaUse {
  const span = quotaSpan(per, nowMs);
  const row = rows.find((one) => one.startedAt.getTime() === span.startMs && one.endsAt.getTime() === span.endMs);
  return { used: Number(row?.used ?? 0), ...span };
}

const UNKNOWN_HEALTH: HealthState = {
  state: "unknown",
  sinceMs: 0,
  reason: "not-checked",
  level: null,
  detail: "",
  consecutivePasses: 0,
  consecutiveFailures: 0,
  lastCheckMs: null,
  latencyMs: null,
};

/** Of each node the fact with the highest rank. */
function worst<F>(facts: [string, F][], rank: (fact: F) => number): Map<string, F> {
  const found = new Map<string, F>();
  for (const [nodeId, fact] of facts) {
    const other = found.get(nodeId);
    if (other === undefined || rank(fact) > rank(other)) found.set(nodeId, fact);
  }
  return found;
}

const HEALTH_RANK = { unknown: 0, healthy: 1, pending: 2, unhealthy: 3 };
/** Among workers that agree, the one nearest to a change of mind is shown. */
const healthRank = (fact: HealthState) => HEALTH_RANK[fact.state] * 1e6 + fact.consecutiveFailures;
const ejectionRank = (fact: EjectionState) => (fact.state === "ejected" ? fact.untilMs : 0);
const BREAKER_RANK = { closed: 0, "half-open": 1, open: 2 };
const breakerRank = (fact: BreakerState) => BREAKER_RANK[fact.state];

const coolingRank = (fact: CoolingState) => (fact.state === "cooling" ? fact.untilMs : 0);

/** A failure that any worker meets is shown; a worker that has just begun to look hides nobody's answer. */
const RESOLUTION_RANK = { pending: 0, resolved: 1, failing: 2 };
const resolutionRank = (fact: NameResolution) => RESOLUTION_RANK[fact.state];

const toAdmin = (row: NodeAdminState): AdminState => ({
  state: row.state as AdminState["state"],
  sinceMs: row.since.getTime(),
  deadlineMs: row.deadlineAt?.getTime() ?? null,
  keepSessions: row.keepSessions,
  by: row.by,
});

const toHealth = (row: NodeHealth): HealthState => ({
  state: row.state as HealthState["state"],
  sinceMs: row.since.getTime(),
  reason: row.reason,
  level: row.level as HealthState["level"],
  detail: row.detail,
  consecutivePasses: row.consecutivePasses,
  consecutiveFailures: row.consecutiveFailures,
  lastCheckMs: row.lastCheckAt?.getTime() ?? null,
  latencyMs: row.latencyMs,
});

const toEjection = (row: NodeEjection): EjectionState =>
  row.state === "ejected" && row.since && row.until
    ? {
        state: "ejected",
        sinceMs: row.since.getTime(),
        untilMs: row.until.getTime(),
        cause: row.cause,
        timesEjected: Math.max(1, row.timesEjected),
      }
    : { state: "in", timesEjected: row.timesEjected };

function toBreaker(row: NodeBreaker): BreakerState {
  const timesOpened = Math.max(1, row.timesOpened);
  if (row.state === "open" && row.since && row.until)
    return {
      state: "open",
      sinceMs: row.since.getTime(),
      untilMs: row.until.getTime(),
      cause: row.cause,
      timesOpened,
      requests: row.requests,
      failures: row.failures,
      slow: row.slow,
    };
  if (row.state === "half-open" && row.since) return { state: "half-open", sinceMs: row.since.getTime(), timesOpened };
  return { state: "closed" };
}

const toCooling = ({ state, since, until, cause }: NodeCooling): CoolingState =>
  state === "cooling" && since && until
    ? { state: "cooling", sinceMs: since.getTime(), untilMs: until.getTime(), cause }
    : { state: "not-cooling" };

function toResolution(row: NodeResolution): NameResolution {
  const { hostname, state, cause } = row;
  const addresses = row.addresses as string[];
  if (state === "failing" && row.since) {
    return {
      state: "failing",
      hostname,
      addresses,
      lastGoodMs: row.lastGoodAt?.getTime() ?? null,
      sinceMs: row.since.getTime(),
      cause,
    };
  }
  return addresses.length > 0 ? { state: "resolved", hostname, addresses } : { state: "pending", hostname };
}

/** What an older worker wrote may lack something: then it says nothing. */
const toAdjustment = (row: NodeAdjustment): Adjustment => Adjustment.safeParse(row.adjustment).data ?? NO_ADJUSTMENT;
