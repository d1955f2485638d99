import type { Adjustment } from "#lib/contracts/runtime.ts";

export const NO_ADJUSTMENT: Adjustment = { dynamic: null, degrade: null };

/** Part of a node's weight that counts by how the node does. Never 0: who takes part keeps taking part. */
export const adjustmentFactor = ({ dynamic, degrade }: Adjustment): number =>
  (dynamic?.factor ?? 1) * (degrade?.factor ?? 1);
