// Two configurations side by side, for people: what differs, and what becomes of each node's share of its pool's requests.
import * as z from "zod";
import { Id, Ratio } from "./common.ts";
import { ConfigChange } from "./operations.ts";
import { EligibilityReason } from "./runtime.ts";
import { RevisionSummary } from "./views.ts";

/** A field that is the same on both sides. */
export const SameField = z.strictObject({ path: z.string(), value: z.unknown() });
export const ComparedChange = z.strictObject({
  ...ConfigChange.shape,
  /** The pool that a node is in; null for anything else. */
  pool: z.strictObject({ id: Id, name: z.string() }).nullable(),
  /** The other fields of what was changed; of what was added or removed: those that nobody need choose. */
  same: z.array(SameField),
});
export type ComparedChange = z.infer<typeof ComparedChange>;

/** One side of a node: its part of the pool's requests (0–1), and why it is what it is. */
export const ShareSide = z.strictObject({ ratio: Ratio, weight: z.int(), reason: EligibilityReason });
export type ShareSide = z.infer<typeof ShareSide>;
export const NodeShare = z.strictObject({
  id: Id,
  name: z.string(),
  /** Null: the node is not there. */
  before: ShareSide.nullable(),
  after: ShareSide.nullable(),
});
export type NodeShare = z.infer<typeof NodeShare>;
/** A pool in which some node's share changes: all of its nodes, those that stay first, as the later side orders them. */
export const PoolShares = z.strictObject({
  id: Id,
  name: z.string(),
  change: ConfigChange.shape.change,
  nodes: z.array(NodeShare),
});
export type PoolShares = z.infer<typeof PoolShares>;

export const Comparison = z.strictObject({ changes: z.array(ComparedChange), shares: z.array(PoolShares) });
export type Comparison = z.infer<typeof Comparison>;

/** GET /revisions/{number}/comparison: how a revision differs from another one, `from`; null: from nothing at all. */
export const RevisionComparison = z.strictObject({
  from: RevisionSummary.nullable(),
  to: RevisionSummary,
  ...Comparison.shape,
});
export type RevisionComparison = z.infer<typeof RevisionComparison>;
export const ComparisonQuery = z.strictObject({
  /** Unless given: the revision before. 0 is the empty configuration before the first. */
  from: z.coerce.number().int().min(0).max(999_999_999).optional(),
});
