// What is allowed but hardly meant. Warnings forbid nothing; whoever publishes says that they have read them.
import type { ConfigDocument, ConfigNode, ConfigPool } from "#lib/contracts/config.ts";
import type { Fault } from "#lib/contracts/problem.ts";
import type { WarningCode } from "#lib/contracts/publishing.ts";
import { enabledLevels } from "../health.ts";
import { contradictions } from "./warnings/settings.ts";

/** Warnings of a valid document, each at its place in it. */
export function warningsOf(document: ConfigDocument): Fault[] {
  const routed = new Set(document.routes.flatMap((route) => route.poolId ?? []));
  return document.pools.flatMap((pool, at) =>
    [...nodeWarnings(pool), ...settingWarnings(pool), ...contradictions(pool), ...reachWarnings(pool, routed)].map(
      (warning) => ({
        ...warning,
        path: ["pools", at, ...warning.path],
      }),
    ),
  );
}

function nodeWarnings(pool: ConfigPool): Fault[] {
  if (pool.nodes.length === 0) return [warn(["nodes"], "no-nodes", "has no nodes: every request to it fails")];
  const warnings: Fault[] = [];
  if (pool.nodes.every((node) => node.weight === 0))
    warnings.push(warn(["nodes"], "all-weights-zero", "all weights are 0: no node takes requests"));
  else if (pool.nodes.every((node) => node.backup))
    warnings.push(warn(["nodes"], "only-backups", "has backup nodes only: they serve all the time"));
  const byUrl = new Map<string, ConfigNode>();
  const isSecure = (url: string) => url.startsWith("https:");
  for (const [at, node] of pool.nodes.entries()) {
    if (pool.protocol !== "http1" && isSecure(node.url) !== (pool.protocol === "h2"))
      warnings.push(
        warn(["nodes", at, "url"], "protocol-and-scheme", `${pool.protocol} with this scheme: TLS is spoken to it`),
      );
    const other = byUrl.get(node.url);
    if (other === undefined) byUrl.set(node.url, node);
    else if (!hasOwnKey(node) || !hasOwnKey(other))
      warnings.push(
        warn(["nodes", at, "url"], "same-url", `has the same URL as ${other.name}: one failure takes both`),
      );
  }
  return warnings;
}

/** Keys of one provider are nodes of one URL, and meant. */
const hasOwnKey = ({ credentials }: ConfigNode): boolean => credentials.length > 0;

function settingWarnings({ breaker, ejection, healthCheck, keepAlive }: ConfigPool): Fault[] {
  const warnings: Fault[] = [];
  if (breaker.enabled && breaker.errorRatio === 0)
    warnings.push(
      warn(["breaker", "errorRatio"], "breaker-opens-at-once", "a ratio of 0: one failure in the window opens it"),
    );
  if (breaker.enabled && breaker.errorRatio === 1)
    warnings.push(
      warn(["breaker", "errorRatio"], "breaker-never-opens", "a ratio of 1: one success in the window keeps it closed"),
    );
  if (breaker.enabled && breaker.openMs > breaker.maxOpenMs)
    warnings.push(warn(["breaker", "maxOpenMs"], "above-maximum", "is below openMs and cuts it short"));
  if (ejection.enabled && ejection.baseEjectionMs > ejection.maxEjectionMs)
    warnings.push(warn(["ejection", "maxEjectionMs"], "above-maximum", "is below baseEjectionMs and cuts it short"));
  warnings.push(...checkWarnings(healthCheck));
  if (!healthCheck.enabled && !ejection.enabled && !breaker.enabled)
    warnings.push(
      warn([], "no-healing", "has no health check, ejection or breaker: a failing node keeps its requests"),
    );
  if (keepAlive.maxIdlePerNode > keepAlive.maxIdle)
    warnings.push(warn(["keepAlive", "maxIdlePerNode"], "above-maximum", "is above maxIdle, which limits all nodes"));
  return warnings;
}

function checkWarnings(check: ConfigPool["healthCheck"]): Fault[] {
  const warnings: Fault[] = [];
  for (const level of enabledLevels(check)) {
    const { intervalMs, timeoutMs } = check[level];
    const isLong = (timeoutMs ?? check.timeoutMs) > (intervalMs ?? check.intervalMs);
    // Told once where the levels have no rhythm of their own.
    const path = intervalMs === null && timeoutMs === null ? ["healthCheck"] : ["healthCheck", level];
    if (isLong && !warnings.some((known) => known.path.length === path.length + 1 && path.length === 1))
      warnings.push(warn([...path, "timeoutMs"], "checks-overlap", "is longer than the interval between checks"));
  }
  if (check.enabled && check.business.enabled && check.business.expect.length === 0)
    warnings.push(
      warn(["healthCheck", "business", "expect"], "expects-nothing", "expects nothing: it checks the status alone"),
    );
  return warnings;
}

const reachWarnings = (pool: ConfigPool, routed: ReadonlySet<string>): Fault[] =>
  pool.isDefault || routed.has(pool.id)
    ? []
    : [warn([], "unreachable", "no route leads to it and it is not the default pool")];

const warn = (path: Fault["path"], code: WarningCode, message: string): Fault => ({ path, code, message });
