// Writes the traffic ledger: looks at the shares that the proxies tell each second, and at the facts that they follow from.
import type { MetricFrame } from "#lib/contracts/metrics.ts";
import type { LedgerFacts } from "#lib/core/ledger/attribute.ts";
import { LedgerBook, type LedgerNews, type SeenNode } from "#lib/core/ledger/book.ts";
import { warmUpFactor } from "#lib/core/warm-up.ts";
import { adjustmentFactor } from "#lib/core/weights/adjustment.ts";
import type { Database } from "#lib/store/control/database.ts";
import { writeLedger } from "#lib/store/control/ledger.ts";
import type { Fleet, FleetNode } from "./fleet.ts";
import type { Log } from "./log.ts";
import type { PassiveBook } from "./passive.ts";
import { repeat } from "./repeat.ts";

/** While the database is away so many wait; the oldest go first. */
const MAX_WAITING = 10_000;

export type LedgerKeeper = ReturnType<typeof startLedgerKeeper>;
type Options = { database: Database; workerId: string; log: Log; fleet: Fleet; passive: PassiveBook };

export function startLedgerKeeper({ database, workerId, log, fleet, passive }: Options) {
  const book = new LedgerBook();
  let waiting: LedgerNews[] = [];
  const writing = repeat("writing the traffic ledger", 1_000, log, async () => {
    const batch = waiting;
    if (batch.length === 0) return;
    await writeLedger(database, workerId, fleet.config?.revision ?? null, batch);
    waiting = waiting.slice(batch.length);
  });
  const seen = (node: MetricFrame["nodes"][number], entry: FleetNode, atMs: number): SeenNode => ({
    nodeId: node.nodeId,
    share: node.share,
    facts: factsOf(entry, passive, node.reason ?? "usable", atMs),
  });

  return {
    measured: (frame: MetricFrame) => {
      const { config } = fleet;
      if (config === null) return;
      const pools = Map.groupBy(frame.nodes, ({ poolId }) => poolId);
      for (const [poolId, nodes] of pools) {
        const known = nodes.flatMap((node) => {
          const entry = fleet.nodes.get(node.nodeId);
          return entry === undefined ? [] : [seen(node, entry, frame.atMs)];
        });
        waiting.push(...book.take(poolId, known, config.canary?.id ?? "", frame.atMs));
      }
      if (waiting.length > MAX_WAITING) waiting = waiting.slice(-MAX_WAITING);
      if (waiting.length > 0) void writing.kick();
    },
    forget: (keep: ReadonlySet<string>) => book.forget(keep),
    stop: async () => {
      await writing.kick();
      await writing.stop();
    },
  };
}

function factsOf(entry: FleetNode, passive: PassiveBook, reason: LedgerFacts["reason"], nowMs: number): LedgerFacts {
  const { node, pool, admin, health, warmUp, adjustment } = entry;
  const { ejection, breaker, cooling } = passive.get(entry.nodeId);
  return {
    admin: admin.state,
    by: admin.by,
    health: health.state,
    healthReason: health.reason,
    ejection: ejection.state,
    ejectionCause: ejection.state === "ejected" ? ejection.cause : "time-over",
    breaker: breaker.state,
    breakerCause: breaker.state === "open" ? breaker.cause : breaker.state === "half-open" ? "trials" : "trials-passed",
    cooling: cooling.state,
    coolingCause: cooling.state === "cooling" ? cooling.cause : "time-over",
    warmUp: warmUpFactor(warmUp, nowMs, pool.warmUp),
    warmUpCause: warmUp?.cause ?? "",
    adjustment: adjustmentFactor(adjustment),
    settings: `${node.weight} ${node.backup} ${node.priority} ${node.zone} ${node.url} ${pool.panicThreshold} ${pool.overprovisioningFactor} ${pool.zonePreference.enabled} ${pool.zonePreference.minLocalNodes}`,
    reason,
  };
}
