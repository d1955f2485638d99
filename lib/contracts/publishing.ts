// What stands between a change and its publish: warnings that must be confirmed, conflicts that must be resolved.
import * as z from "zod";
import { Id } from "./common.ts";

/** Every code that a warning may have. */
export const WARNING_CODES = [
  "no-nodes",
  "all-weights-zero",
  "only-backups",
  "protocol-and-scheme",
  "same-url",
  "breaker-opens-at-once",
  "breaker-never-opens",
  "above-maximum",
  "checks-overlap",
  "expects-nothing",
  "no-healing",
  "unreachable",
  "all-out-of-service",
  "no-healthy-node",
  "no-spare-node",
  "too-few-slots",
  "too-low-rates",
  "breaker-below-volume",
  "timeouts-contradict",
  "hedge-never",
  "slow-calls-never",
  "always-panic",
  "slow-detection",
  "no-second-chance",
  "retries-without-budget",
  "hedges-without-budget",
] as const;
export type WarningCode = (typeof WARNING_CODES)[number];

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

/** Ids of the warnings that a publisher has read and accepts, or whatever they are. */
export type Confirmation = readonly string[] | "all";

const MAX_CONFIRMED = 10_000;
const hasKnownCode = (id: string) => WARNING_CODES.some((code) => id === code || id.startsWith(`${code}:`));

/**
 * `?confirm=` of what is published at once, once or several times: ids parted by commas, or `all`. An id of no kind of warning
 * is a mistake; one of a warning that is gone by now is none.
 */
export const ConfirmQuery = z.array(z.string()).transform((texts, ctx): Confirmation => {
  const ids = texts.flatMap((text) => text.split(",")).map((id) => id.trim());
  const fault = (message: string) => {
    ctx.addIssue({ code: "custom", message });
    return z.NEVER;
  };
  if (ids.includes("all")) return ids.length === 1 ? "all" : fault("all stands alone");
  if (ids.length > MAX_CONFIRMED) return fault(`must have at most ${MAX_CONFIRMED} ids`);
  const unknown = ids.find((id) => id.length > 300 || !hasKnownCode(id));
  if (unknown === undefined) return ids;
  return fault(`must be ids of warnings, parted by commas, or all: "${unknown.slice(0, 100)}" is neither`);
});

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
