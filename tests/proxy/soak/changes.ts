// What operators do meanwhile: other algorithms, limits and protections, nodes taken out and put back, drains.
import { ALGORITHMS, type PublishedConfig } from "#lib/contracts/config.ts";
import type { ProxyServer } from "#workers/proxy/proxy.ts";
import { configOf, draining, runtimeOf } from "../rig.ts";
import type { Dice } from "./dice.ts";
import type { SoakNode } from "./node.ts";

const POOL = crypto.randomUUID();
const SECOND = crypto.randomUUID();
const THIRD = crypto.randomUUID();

/** Of no change's making: what the soak needs to end in time. */
const TIMEOUTS = { firstByteMs: 400, bodyIdleMs: 5_000, queueMs: 300, connectMs: 1_000 };

function settings(dice: Dice) {
  return {
    algorithm: dice.one(ALGORITHMS),
    timeouts: TIMEOUTS,
    maxQueue: dice.one([0, 10, 1_000]),
    breaker: { enabled: dice.chance(0.5), openMs: 100, maxOpenMs: 400, minimumRequests: 5, windowMs: 1_000 },
    ejection: { enabled: dice.chance(0.5), baseEjectionMs: 100, maxEjectionMs: 400 },
    hedge: { enabled: dice.chance(0.7), minDelayMs: dice.one([1, 20]), budgetRatio: 0.5 },
    retry: { maxRetries: dice.below(3), budgetRatio: 1, holdAnswerBytes: dice.one([0, 16_384]) },
    keepAlive: { maxIdlePerNode: dice.one([0, 2, 20]), idleMs: dice.one([100, 90_000]) },
  };
}

/** A configuration of these nodes: most of the time all of them, and two pools that the third now and then belongs to. */
export function anyConfig(nodes: readonly SoakNode[], dice: Dice, revision: number): PublishedConfig {
  const [first, ...more] = nodes as [SoakNode, ...SoakNode[]];
  const here = [first, ...more.filter(() => dice.chance(0.8))];
  const draft = (id: string, of: readonly SoakNode[]) => ({
    id,
    ...settings(dice),
    nodes: of.map((node) => ({
      id: `${id.slice(0, 9)}${node.id.slice(9)}`,
      url: node.url,
      weight: 1 + dice.below(100),
      maxInFlight: dice.one([0, 0, 3, 50]),
    })),
  });
  const pools = [draft(POOL, here), draft(SECOND, more)];
  const routes = [{ match: { method: "PUT" }, poolId: SECOND }];
  if (dice.chance(0.5)) {
    pools.push(draft(THIRD, nodes));
    routes.push({ match: { method: "DELETE" }, poolId: THIRD });
  }
  return configOf(pools, routes, revision);
}

/** The calm at the end: everything on, nothing limited, breakers that come back soon. */
export function calmConfig(nodes: readonly SoakNode[], revision: number): PublishedConfig {
  const breaker = { openMs: 100, maxOpenMs: 100, minimumRequests: 100, windowMs: 1_000 };
  const pool = { id: POOL, timeouts: TIMEOUTS, breaker, ejection: { enabled: false } };
  const named = nodes.map((node) => ({ id: `${POOL.slice(0, 9)}${node.id.slice(9)}`, url: node.url }));
  return configOf([{ ...pool, nodes: named }], [], revision);
}

/** Drains a node of the configuration in force, or makes it ready again. */
export function anyAdminState(server: ProxyServer, config: PublishedConfig, dice: Dice): void {
  const pool = dice.one(config.document.pools);
  const [, second] = pool.nodes;
  if (second) server.applyNodes([runtimeOf(second.id, dice.chance(0.5) ? draining() : {})]);
}

export function allReady(server: ProxyServer, config: PublishedConfig): void {
  for (const { nodes } of config.document.pools) server.applyNodes(nodes.map(({ id }) => runtimeOf(id, {})));
}
