// What a publisher is warned of, and what of that they must have seen before it is published.
import type { WarningView } from "#lib/contracts/change-sets.ts";
import type { ConfigDocument, ConfigPool } from "#lib/contracts/config.ts";
import { ServiceError } from "#lib/contracts/problem.ts";
import type { Confirmation, Warning } from "#lib/contracts/publishing.ts";
import { unchangedPools } from "#lib/core/config/same.ts";
import { isAsked } from "#lib/core/config/warnings/asked.ts";
import { identified, inForce } from "#lib/core/config/warnings/identify.ts";
import { type Runtime, runtimeWarnings } from "#lib/core/config/warnings/runtime.ts";
import { warningsOf } from "#lib/core/config/warnings.ts";
import { type Db, db, type Tx } from "#lib/store/db.ts";
import { readFacts } from "#lib/store/facts.ts";
import { readPoolLoads } from "#lib/store/pool-loads.ts";
import { readLiveWorkers } from "#lib/store/workers.ts";

/** How much of it must be confirmed: what was edited as a whole and reviewed, or what one edit brings. */
export type Scope = "reviewed" | "brought";

/**
 * Warnings of `after`, as the nodes are and what they are asked now. To be confirmed: those that `before`, which is in force,
 * does not have, and all those of pools that the change touches.
 */
export async function warningsOfPublish(
  before: ConfigDocument,
  after: ConfigDocument,
  client: Db | Tx = db(),
): Promise<WarningView[]> {
  const runtime = await readRuntime(client);
  const isThere = inForce(before);
  const known = new Set(warnings(before, runtime, isThere).map(({ id }) => id));
  const unchanged = unchangedPools(before, after);
  const isTouched = new Map(after.pools.map((pool) => [pool.id, !unchanged.has(pool)]));
  return warnings(after, runtime, isThere).map((warning) => ({
    ...warning,
    needsConfirmation: !known.has(warning.id) || (isTouched.get(warning.poolId ?? "") ?? false),
  }));
}

/** More than these are not asked for one by one. */
const MANY_NODES = 1_000;

/**
 * Those of them that nobody has been told of yet: what stood in the pool before is not said again at each edit. A pool that
 * both have alike has none, so that of a large fleet only the nodes of what changed are read.
 */
export async function broughtWarnings(
  before: ConfigDocument,
  after: ConfigDocument,
  client: Db | Tx = db(),
): Promise<WarningView[]> {
  const unchanged = unchangedPools(before, after);
  const isTouched = (pool: ConfigPool) => !unchanged.has(pool);
  const touched = [...before.pools, ...after.pools].filter(isTouched);
  const nodeIds = [...new Set(touched.flatMap(({ nodes }) => nodes.map(({ id }) => id)))];
  // Without a pool that changed nothing of this is asked for, and others wait for this publish.
  const runtime =
    touched.length === 0 ? NOTHING_RUNS : await readRuntime(client, nodeIds.length > MANY_NODES ? undefined : nodeIds);
  const isThere = inForce(before);
  const standing = { document: before, warnings: warnings(before, runtime, isThere, isTouched) };
  const known = new Set(standing.warnings.map(({ id }) => id));
  return warnings(after, runtime, isThere, isTouched)
    .filter(({ id }) => !known.has(id))
    .map((warning) => ({ ...warning, needsConfirmation: isAsked(warning, standing, after) }));
}

const NOTHING_RUNS: Runtime = {
  factsOf: () => {
    throw new Error("No pool is looked at");
  },
  loads: new Map(),
  workers: 0,
};

/** @param nodeIds whose facts are read; those of all unless given */
async function readRuntime(client: Db | Tx, nodeIds?: readonly string[]): Promise<Runtime> {
  const nowMs = Date.now();
  const factsOf = await readFacts(client, nodeIds, "serving");
  const loads = await readPoolLoads(client, nowMs);
  const workers = (await readLiveWorkers(client)).size;
  return { factsOf: (node) => factsOf(node, nowMs), loads, workers };
}

const warnings = (
  document: ConfigDocument,
  runtime: Runtime,
  isInForce: (id: string) => boolean,
  isLookedAt?: (pool: ConfigPool) => boolean,
): Warning[] =>
  [...warningsOf(document), ...runtimeWarnings(document, runtime, isLookedAt)].map((fault) =>
    identified(document, fault, isInForce),
  );

/**
 * Before `after` is published instead of `before`, in the transaction that does it: a warning that came up since the publisher
 * was asked is asked for, too.
 * @returns what it brings; null where nobody looked, because whatever it is was confirmed
 * @throws {ServiceError} `unconfirmed-warnings`
 */
export async function requireWarningsConfirmed(
  tx: Tx,
  before: ConfigDocument,
  after: ConfigDocument,
  { confirm, scope }: { confirm: Confirmation; scope: Scope },
): Promise<WarningView[] | null> {
  if (confirm === "all") return null;
  const found =
    scope === "brought" ? await broughtWarnings(before, after, tx) : await warningsOfPublish(before, after, tx);
  requireConfirmed(found, confirm);
  return scope === "brought" ? found : null;
}

/** @throws {ServiceError} `unconfirmed-warnings` with all that must be confirmed, when `confirmed` does not name each of them */
function requireConfirmed(warnings: readonly WarningView[], confirmed: readonly string[]): void {
  const needed = warnings.filter(({ needsConfirmation }) => needsConfirmation);
  const seen = new Set(confirmed);
  const unseen = needed.filter(({ id }) => !seen.has(id));
  if (unseen.length === 0) return;
  const told = unseen.slice(0, 5).map(({ name, message }) => (name ? `${name}: ${message}` : message));
  if (unseen.length > 5) told.push(`and ${unseen.length - 5} more`);
  throw new ServiceError("unconfirmed-warnings", `Read and confirm: ${told.join("; ")}.`, {
    warnings: needed.map(toWarning),
  });
}

export const toWarning = ({ needsConfirmation: _, ...warning }: WarningView): Warning => warning;
