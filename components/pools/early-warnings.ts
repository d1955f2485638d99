// What a publish of a pool as it stands in a form would be warned of, by the very rules that the publish is judged by
// (lib/core/config/warnings): told while it is edited, not only when it is too late to be cheap.
import type { ConfigPool } from "#lib/contracts/config.ts";
import type { NodeFacts } from "#lib/contracts/runtime.ts";
import type { NodeView, PoolView } from "#lib/contracts/views.ts";
import { type PoolLoad, runtimeWarnings } from "#lib/core/config/warnings/runtime.ts";
import { warningsOf } from "#lib/core/config/warnings.ts";

/** `path`: of the field within the pool, dotted; "" for the pool as a whole. */
export type EarlyWarning = { path: string; code: string; message: string };
export type Seen = {
  /** What the pool is asked now; undefined: no figures came yet. */
  load: PoolLoad | undefined;
  /** Live workers. */
  workers: number;
};
/** With any of these no request to the pool is served. */
const NOBODY_SERVES = ["all-weights-zero", "no-nodes", "all-out-of-service", "no-healthy-node"];
export const leavesNobody = (warnings: readonly EarlyWarning[]): boolean =>
  warnings.some(({ code }) => NOBODY_SERVES.includes(code));

/** A node that is only in the form: ready, and nothing is known against it. */
const NEW_FACTS = {
  admin: { state: "ready" },
  health: { state: "pending" },
  ejection: { state: "in" },
  breaker: { state: "closed" },
} as NodeFacts;

/** Warnings of `edited`, which `pool` would become; the state of the nodes is that of `pool`. */
export function earlyWarnings(
  pool: { readonly nodes: readonly Pick<NodeView, "id" | "facts">[] },
  edited: ConfigPool,
  { load, workers }: Seen,
): EarlyWarning[] {
  const facts = new Map(pool.nodes.map((node) => [node.id, node.facts]));
  const document = { pools: [edited], routes: [], proxy: {} } as unknown as Parameters<typeof warningsOf>[0];
  const runtime = {
    factsOf: ({ id }: { id: string }) => facts.get(id) ?? NEW_FACTS,
    loads: new Map(load ? [[edited.id, load]] : []),
    workers,
  };
  return (
    [...warningsOf(document), ...runtimeWarnings(document, runtime)]
      // Which routes lead here is no matter of this form.
      .filter(({ code }) => code !== "unreachable")
      .map(({ path, code, message }) => ({ path: path.slice(2).join("."), code, message }))
  );
}

/** Those that `pool` does not have already as it is in force. */
export function newEarlyWarnings(pool: PoolView, edited: ConfigPool, seen: Seen): EarlyWarning[] {
  const keyOf = ({ path, code }: EarlyWarning) => `${code} ${path}`;
  const known = new Set(earlyWarnings(pool, pool as unknown as ConfigPool, seen).map(keyOf));
  return earlyWarnings(pool, edited, seen).filter((warning) => !known.has(keyOf(warning)));
}
