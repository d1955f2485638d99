// What stands between a change and its publish: warnings that must be confirmed, conflicts that must be resolved.
import * as z from "zod";
import { Id } from "./common.ts";

/** Legal, but hardly meant. People see it before they publish; what they have not seen is not published. */
export const Warning = z.strictObject({
  /** The same for as long as it warns of the same: confirmations name it. */
  id: z.string().max(300),
  code: z.string(),
  message: z.string(),
  /** Place in the document as it would be published (`["pools", 0, "nodes", 2, "url"]`). */
  path: z.array(z.union([z.string(), z.int()])),
  /** The pool, and where it concerns one of its nodes that: by id, and by name as people know it. */
  poolId: Id.nullable(),
  nodeId: Id.nullable(),
  name: z.string(),
});
export type Warning = z.infer<typeof Warning>;

/** Header `GB-Warnings` of a mutation: what it brought that is legal and hardly meant, the first few of `count`. */
export const ToldWarnings = z.object({
  count: z.int().min(1),
  warnings: z.array(Warning.pick({ id: true, code: true, message: true, name: true })),
});
export type ToldWarnings = z.infer<typeof ToldWarnings>;

/** What a change set and somebody else's publish both did to one field, or to an entity as a whole (`path` is ""). */
export const Conflict = z.strictObject({
  /** Names what both sides are now: once theirs is published again, it is another conflict. */
  id: z.string().max(300),
  kind: z.enum(["pool", "node", "route", "proxy"]),
  entityId: Id,
  /** Name as people know it: `payments / sg-1`. */
  name: z.string(),
  /**
   * `field`: both changed it to different values. `removed-by-them`: they removed what the change set changes.
   * `removed-by-me`: the change set removes what they changed meanwhile.
   */
  what: z.enum(["field", "removed-by-them", "removed-by-me"]),
  /** Dotted, as a patch has it: `weight`, `breaker.openMs`, `healthCheck.http.path`; "" for the entity as a whole. */
  path: z.string(),
  /** What it was when it was edited, what is in force now, what the change set makes of it. Null: not there. Of a whole: the fields concerned, by path. */
  base: z.unknown(),
  theirs: z.unknown(),
  mine: z.unknown(),
  /** The revision that made `theirs`, and who published it, if that is known. */
  by: z.strictObject({ author: z.string(), revision: z.int().nullable() }).nullable(),
  /** The operations of the change set that are concerned. */
  operationIds: z.array(Id),
});
export type Conflict = z.infer<typeof Conflict>;
