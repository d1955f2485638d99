// What was measured and what was decided by it, as it is kept and shown.
import type { CanaryEvidence, CanaryReason } from "#lib/contracts/canary.ts";
import { type CanaryCounts, comparisonOf } from "./tally.ts";
import type { CanaryVerdict } from "./verdict.ts";

export const evidenceOf = (
  { all, pools }: CanaryCounts,
  { kind, reason, poolId }: CanaryVerdict,
  nowMs: number,
): CanaryEvidence => ({
  at: new Date(nowMs).toISOString(),
  ...comparisonOf(all),
  pools: [...pools].flatMap(([id, both]) => (id === null ? [] : [{ poolId: id, ...comparisonOf(both) }])),
  verdict: kind,
  reason,
  poolId,
});

/** It was ended for a reason that figures do not give. */
export const endedFor = (kind: "promote" | "roll-back", reason: CanaryReason): CanaryVerdict => ({
  kind,
  reason,
  poolId: null,
});
