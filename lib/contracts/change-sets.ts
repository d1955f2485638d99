// Change sets: named drafts in which operations collect until they are published together as one revision.
import * as z from "zod";
import { Id, PageQuery, Timestamp } from "./common.ts";
import { Comparison } from "./comparison.ts";
import { ConfigChange, ConfigOperation } from "./operations.ts";
import { Fault } from "./problem.ts";
import { Conflict, Warning } from "./publishing.ts";
import { RevisionSummary } from "./views.ts";

/** More is not a change that anybody reviews; a bulk import goes in several. */
export const MAX_OPERATIONS = 5_000;
/** In one request; its body has at most 1 MiB besides. */
const MAX_AT_ONCE = 2_000;

const ChangeSetName = z.string().normalize("NFC").trim().min(1, "must not be empty").max(100);
const Operations = z.array(ConfigOperation).max(MAX_AT_ONCE);

export const ChangeSetInput = z.strictObject({ name: ChangeSetName, operations: Operations.default([]) });
export const ChangeSetPatch = z.strictObject({ name: ChangeSetName });
export const OperationsInput = z.strictObject({ operations: Operations.min(1) });
export const OperationInput = z.strictObject({ operation: ConfigOperation });
export const ChangeSetQuery = PageQuery.extend({ state: z.enum(["open", "published", "all"]).default("open") });

export const ResolveInput = z.strictObject({
  /** `mine`: the change set's side goes on, over theirs. `theirs`: it gives its side up. */
  resolutions: z
    .array(z.strictObject({ conflict: z.string().max(300), take: z.enum(["mine", "theirs"]) }))
    .min(1)
    .max(MAX_OPERATIONS),
});
export const PublishInput = z.strictObject({
  note: z.string().trim().max(500).default(""),
  /** Ids of the warnings that the publisher has seen and accepts. */
  confirm: z.array(z.string().max(300)).max(10_000).default([]),
  /** The change set's `version` that was reviewed: another one is refused. */
  version: z.int().min(0).optional(),
});
export type PublishInput = z.infer<typeof PublishInput>;

/** What a field was, in the configuration in force, when the operation was added; "" is the entity as a whole. */
export const Seen = z.strictObject({ path: z.string(), value: z.unknown() });
export type Seen = z.infer<typeof Seen>;

/**
 * An operation in a change set, as it is stored. Updates hold only the fields that they change, so that two people may
 * change different fields of one entity; a roll-back is kept as the operations that it comes to.
 */
export const StagedOperation = z.strictObject({
  id: Id,
  operation: ConfigOperation,
  seen: z.array(Seen),
  /** The revision in force when it was added. */
  base: z.int().min(0),
  by: z.string(),
  at: Timestamp,
});
export type StagedOperation = z.infer<typeof StagedOperation>;

/** One entity that a change set touches, so that others see who edits what. */
export const Touched = z.strictObject({
  kind: ConfigChange.shape.kind,
  id: Id,
  /** As people know it: `payments / sg-1`. */
  name: z.string(),
  change: ConfigChange.shape.change,
  by: z.array(z.string()),
});
export type Touched = z.infer<typeof Touched>;

export const ChangeSetSummary = z.strictObject({
  id: Id,
  name: z.string(),
  /** Who made it: e-mail of a person, name of a token. */
  author: z.string(),
  state: z.enum(["open", "published"]),
  /** The revision that it became. */
  revision: z.int().nullable(),
  /** The oldest revision that any of its operations was decided on, and the one in force: what lies between is others'. */
  baseRevision: z.int().min(0),
  headRevision: z.int().min(0),
  /** Counts its edits. */
  version: z.int().min(0),
  operationCount: z.int().min(0),
  touches: z.array(Touched),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type ChangeSetSummary = z.infer<typeof ChangeSetSummary>;

export const OperationView = z.strictObject({
  ...StagedOperation.omit({ seen: true }).shape,
  kind: ConfigChange.shape.kind,
  entityId: Id,
  name: z.string(),
  /** Why it cannot be published as it is; paths are fields of the entity. */
  faults: z.array(Fault),
});
export type OperationView = z.infer<typeof OperationView>;

/** A warning of the result; `needsConfirmation` unless it is in force already and its pool is not touched. */
export const WarningView = z.strictObject({ ...Warning.shape, needsConfirmation: z.boolean() });
export type WarningView = z.infer<typeof WarningView>;

export const ChangeSetDetail = z.strictObject({
  ...ChangeSetSummary.shape,
  operations: z.array(OperationView),
  /** From the revision in force to what would be published, with the shares of requests; of a published one: what it changed. */
  ...Comparison.shape,
  /** What others published since `baseRevision`, and its differences; null when that revision is kept no more. */
  theirs: z.strictObject({ revisions: z.array(RevisionSummary), changes: z.array(ConfigChange) }).nullable(),
  conflicts: z.array(Conflict),
  warnings: z.array(WarningView),
  /** Whether it would be published now, once `warnings` are confirmed. */
  publishable: z.boolean(),
});
export type ChangeSetDetail = z.infer<typeof ChangeSetDetail>;

/** Answer to a publish. */
export const PublishedChangeSet = z.strictObject({ ...ChangeSetSummary.shape, revision: z.int() });
