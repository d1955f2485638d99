// Of the warnings that an edit brings, those that its publisher must confirm. Whoever is asked at every other edit confirms
// without reading: what is part of the way to a normal configuration, or an improvement, is told and not asked.
import type { ConfigDocument } from "#lib/contracts/config.ts";
import type { Warning, WarningCode } from "#lib/contracts/publishing.ts";
import { sameValue } from "../same.ts";

const NOBODY_SERVES: readonly WarningCode[] = ["no-nodes", "all-weights-zero", "all-out-of-service", "no-healthy-node"];
/** What a pool is better off with than with any of those. */
const WORSE_THAN: { readonly [code: string]: readonly WarningCode[] | undefined } = {
  "no-spare-node": NOBODY_SERVES,
  "no-second-chance": NOBODY_SERVES,
  "too-few-slots": [...NOBODY_SERVES, "no-spare-node"],
  "too-low-rates": [...NOBODY_SERVES, "no-spare-node"],
} satisfies Partial<Record<WarningCode, readonly WarningCode[]>>;

type InForce = { readonly document: ConfigDocument; readonly warnings: readonly Warning[] };

/** Whether a warning of `after` that `before` does not have must be confirmed. */
export function isAsked({ code, poolId }: Warning, before: InForce, after: ConfigDocument): boolean {
  const earlier = before.document.pools.find(({ id }) => id === poolId);
  switch (code) {
    case "unreachable":
      // A new pool's route comes after it, a pool's route goes before it, and a switch-over leaves one behind: the edit says so.
      return false;
    case "no-nodes":
      // Those of a new pool may come after it, as long as nobody is sent there.
      return earlier !== undefined || after.routes.some((route) => route.poolId === poolId);
    case "breaker-below-volume":
      // Another node, or an hour of little traffic, is no decision on the breaker.
      return !sameValue(earlier?.breaker, after.pools.find(({ id }) => id === poolId)?.breaker);
    default: {
      const worse = WORSE_THAN[code];
      return !before.warnings.some((known) => known.poolId === poolId && worse?.includes(known.code as WarningCode));
    }
  }
}
