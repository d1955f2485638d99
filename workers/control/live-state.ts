// What the dashboard shows while the database is lost: the figures and facts that this worker has in memory.
import type { NodeFacts } from "#lib/contracts/runtime.ts";
import type { LiveNode, WorkerLive } from "#lib/contracts/views.ts";
import { toLiveTick } from "#lib/core/metrics.ts";
import { quotaSpan } from "#lib/core/quota.ts";
import { deriveStatus } from "#lib/core/status.ts";
import type { Core } from "./core.ts";
import { type FleetNode, runtimeOf } from "./fleet.ts";
import type { Keepers } from "./keepers.ts";
import type { NameKeeper } from "./name-keeper.ts";

type Known = Pick<Keepers, "names" | "resources">;

export function liveState(core: Core, { names, resources }: Known, nowMs: number): WorkerLive {
  const inFlight = new Map(core.recentFrames.at(-1)?.nodes.map((node) => [node.nodeId, node.inFlight]));
  return {
    ticks: core.recentFrames.map((frame) => toLiveTick([frame])),
    nodes: [...core.fleet.nodes.values()].map((entry) =>
      liveNode(entry, factsOf(core, names, entry, nowMs), inFlight.get(entry.nodeId) ?? 0, nowMs),
    ),
    resources: [...core.fleet.nodes.values()]
      .filter(({ pool }) => pool.resources.source !== "off")
      .map((entry) => resources.of(entry, nowMs)),
  };
}

function liveNode({ nodeId, pool }: FleetNode, facts: NodeFacts, inFlight: number, nowMs: number): LiveNode {
  const { healthCheck, warmUp } = pool;
  const { status, reason } = deriveStatus(facts, { inFlight, healthCheck, warmUp, nowMs });
  return { nodeId, poolId: pool.id, facts, status, statusReason: reason };
}

function factsOf({ passive, quotas }: Core, names: NameKeeper, entry: FleetNode, nowMs: number): NodeFacts {
  const { breakerOrder: _, ...runtime } = runtimeOf(entry);
  const { ejection, breaker, cooling } = passive.get(entry.nodeId);
  const { quota } = entry.node;
  const span = quota && quotaSpan(quota.per, nowMs);
  return {
    ...runtime,
    ejection,
    breaker,
    cooling,
    resolution: names.resolutionOf(entry.nodeId) ?? null,
    quota: span && { used: quotas.used({ nodeId: entry.nodeId, ...span }), ...span },
  };
}
