// What a configuration would meet if it were in force now: nodes that are out, and more load than what is left can take.
import type { ConfigDocument, ConfigNode, ConfigPool } from "#lib/contracts/config.ts";
import type { Fault } from "#lib/contracts/problem.ts";
import type { WarningCode } from "#lib/contracts/publishing.ts";
import type { NodeFacts } from "#lib/contracts/runtime.ts";

/** What a pool is asked now, over all workers. */
export interface PoolLoad {
  readonly inFlight: number;
  readonly requestsPerSecond: number;
}
export interface Runtime {
  readonly factsOf: (node: ConfigNode) => NodeFacts;
  readonly loads: ReadonlyMap<string, PoolLoad>;
  /** Live workers: limits of nodes hold for each. */
  readonly workers: number;
}

/** Warnings of a valid document, each at its place in it. @param isAsked of which pools; of all unless given */
export function runtimeWarnings(
  document: ConfigDocument,
  runtime: Runtime,
  isAsked: (pool: ConfigPool) => boolean = () => true,
): Fault[] {
  return document.pools.flatMap((pool, at) =>
    (isAsked(pool) ? poolWarnings(pool, runtime) : []).map((warning) => ({
      ...warning,
      path: ["pools", at, ...warning.path],
    })),
  );
}

function poolWarnings(pool: ConfigPool, { factsOf, loads, workers }: Runtime): Fault[] {
  // Without nodes or weights it is told already.
  const weighted = pool.nodes.filter(({ weight }) => weight > 0);
  if (weighted.length === 0) return [];
  const facts = weighted.map((node) => ({ node, facts: factsOf(node) }));
  const ready = facts.filter((each) => each.facts.admin.state === "ready");
  if (ready.length === 0)
    return [warn(["nodes"], "all-out-of-service", "every node is drained or in maintenance: no request is served")];
  const usable = ready.filter((each) => isUsable(pool, each.facts)).map(({ node }) => node);
  if (usable.length === 0)
    return [warn(["nodes"], "no-healthy-node", "no node is healthy now: requests fail, or go to unhealthy nodes")];
  const load = loads.get(pool.id);
  if (!load) return [];
  return [...capacityWarnings(usable, load, Math.max(1, workers)), ...volumeWarnings(pool, usable, load)];
}

function isUsable({ healthCheck }: ConfigPool, { health, ejection, breaker }: NodeFacts): boolean {
  const isDown = healthCheck.enabled && health.state === "unhealthy";
  return !isDown && ejection.state !== "ejected" && breaker.state !== "open";
}

/** Whether the usable nodes but the largest could take what there is now. */
function capacityWarnings(usable: readonly ConfigNode[], load: PoolLoad, workers: number): Fault[] {
  const { inFlight, requestsPerSecond } = load;
  if (usable.length === 1)
    return inFlight > 0 || requestsPerSecond > 0
      ? [warn(["nodes"], "no-spare-node", "one node serves all there is now: nothing is left when it fails")]
      : [];
  const warnings: Fault[] = [];
  const slots = usable.map(({ maxInFlight }) => (maxInFlight === 0 ? Infinity : maxInFlight * workers));
  const rates = usable.map(({ rateLimit: limit }) =>
    limit ? (limit.requests * 1_000 * workers) / limit.windowMs : Infinity,
  );
  if (withoutLargest(slots) < inFlight)
    warnings.push(
      warn(
        ["nodes"],
        "too-few-slots",
        `without its largest node it takes ${withoutLargest(slots)} requests at once; ${inFlight} are in flight now`,
      ),
    );
  if (withoutLargest(rates) < requestsPerSecond)
    warnings.push(
      warn(
        ["nodes"],
        "too-low-rates",
        `without its largest node it takes ${Math.floor(withoutLargest(rates))} requests a second; there are ${Math.round(requestsPerSecond)} now`,
      ),
    );
  return warnings;
}

/** Of nodes of which one has no limit, that one is the largest: the others may have limits. */
function withoutLargest(capacities: readonly number[]): number {
  const largest = capacities.indexOf(Math.max(...capacities));
  return capacities.reduce((sum, capacity, at) => (at === largest ? sum : sum + capacity), 0);
}

/** A breaker judges a node by the requests it gets: with this many it never has enough of them. */
function volumeWarnings({ breaker }: ConfigPool, usable: readonly ConfigNode[], load: PoolLoad): Fault[] {
  if (!breaker.enabled || load.requestsPerSecond === 0) return [];
  const total = usable.reduce((sum, { weight }) => sum + weight, 0);
  const largest = Math.max(...usable.map(({ weight }) => weight)) / total;
  const most = load.requestsPerSecond * largest * (breaker.windowMs / 1_000);
  if (most >= breaker.minimumRequests) return [];
  const message = `no node gets more than ${Math.ceil(most)} requests in the window now: no breaker opens before there are more`;
  return [warn(["breaker", "minimumRequests"], "breaker-below-volume", message)];
}

const warn = (path: Fault["path"], code: WarningCode, message: string): Fault => ({ path, code, message });
