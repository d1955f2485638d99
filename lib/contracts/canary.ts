// A canary: a revision that a share of the clients uses first, while its success rate and response times are compared with
// those of the revision in force, until it is promoted or rolled back (lib/core/canary, docs/publishing.md).
import * as z from "zod";
import { PublishInput } from "./change-sets.ts";
import { Id, Timestamp } from "./common.ts";
import { CanarySettings } from "./config.ts";
import { ArmCounts } from "./metrics.ts";
import { ConfigOperation } from "./operations.ts";

/** What one worker measured of a canary since it started. */
export const CanaryTally = z.array(ArmCounts.omit({ canaryId: true }));
export type CanaryTally = z.infer<typeof CanaryTally>;

export const CANARY_STATES = ["running", "promoted", "rolled-back"] as const;
export type CanaryState = (typeof CANARY_STATES)[number];

/** Why a canary goes on, or how it ended. Stable codes: shown to people. */
export const CANARY_REASONS = [
  // It goes on.
  "collecting",
  "comparing",
  "awaiting-workers",
  // It is promoted.
  "as-good",
  "by-hand",
  // It is rolled back.
  "too-few-requests",
  "success-rate",
  "p99",
  "refused",
  "aborted",
] as const;
export type CanaryReason = (typeof CANARY_REASONS)[number];

/** Figures of one arm. Ratio and percentiles are null while nothing was answered. */
export const ArmFigures = z.strictObject({
  requests: z.int().min(0),
  /** Those that were answered, by whomever: neither given up by their clients nor under way. */
  answered: z.int().min(0),
  successRatio: z.number().min(0).max(1).nullable(),
  p50Ms: z.number().min(0).nullable().default(null),
  p99Ms: z.number().min(0).nullable(),
});
export type ArmFigures = z.infer<typeof ArmFigures>;
const bothArms = { control: ArmFigures, canary: ArmFigures };
export const ArmComparison = z.strictObject(bothArms);
export type ArmComparison = z.infer<typeof ArmComparison>;

/** What was known when it was decided, and what was decided by it. */
export const CanaryEvidence = z.strictObject({
  at: Timestamp,
  /** All pools together. */
  ...bothArms,
  /** Those with any request. */
  pools: z.array(z.strictObject({ poolId: Id, ...bothArms })),
  verdict: z.enum(["go-on", "promote", "roll-back"]),
  reason: z.enum(CANARY_REASONS),
  /** The pool that the reason speaks of; null: all of them together. */
  poolId: Id.nullable(),
});
export type CanaryEvidence = z.infer<typeof CanaryEvidence>;

export const CanaryView = z.strictObject({
  id: Id,
  revision: z.int(),
  /** In force when it started, and what it is compared with. */
  baseRevision: z.int(),
  /** That it is of, as it was when the canary started; the id is null when it was discarded since, both when it is of none. */
  changeSetId: Id.nullable(),
  changeSetName: z.string().nullable(),
  state: z.enum(CANARY_STATES),
  note: z.string(),
  settings: CanarySettings,
  startedAt: Timestamp,
  startedBy: z.string(),
  /** When it is decided at the latest, if workers do not keep it waiting. */
  dueAt: Timestamp,
  endedAt: Timestamp.nullable(),
  /** Who promoted or aborted it; null: it was decided by itself, or it still runs. */
  endedBy: z.string().nullable(),
  reason: z.enum(CANARY_REASONS),
  /** Where there is more to say, why a worker refuses it: a code and its values (check-detail.ts). */
  detail: z.string(),
  /** Of now while it runs, else what it ended by. */
  evidence: CanaryEvidence,
});
export type CanaryView = z.infer<typeof CanaryView>;
/** A worker that runs it, or ran it to its end: it tells every second, also while its clients asked for nothing. */
export const CanaryWorker = z.strictObject({
  id: z.string(),
  toldAt: Timestamp,
  /** Answered requests of its clients, by arm. */
  control: z.int().min(0),
  canary: z.int().min(0),
});
export type CanaryWorker = z.infer<typeof CanaryWorker>;

/** One canary with the workers that told of it, and the evidence of its whole run, oldest first. */
export const CanaryDetail = CanaryView.extend({ workers: z.array(CanaryWorker), history: z.array(CanaryEvidence) });
export type CanaryDetail = z.infer<typeof CanaryDetail>;

const note = z.string().trim().max(500).default("");
const { confirm } = PublishInput.shape;
/** Body of POST /revisions/{number}/canary: everything has a default. */
export const CanaryOfRevisionInput = z.strictObject({ settings: CanarySettings.prefault({}), note, confirm });
/** Body of POST /change-sets/{id}/canary: of the warnings and the version as of a publish. */
export const CanaryOfChangeSetInput = z.strictObject({
  settings: CanarySettings.prefault({}),
  ...PublishInput.shape,
});
/** Body of POST /canaries. */
export const CanaryInput = z.strictObject({
  operations: z.array(ConfigOperation).min(1).max(10_000),
  settings: CanarySettings.prefault({}),
  note,
  confirm,
});
/** Body of POST /canaries/{id}/promote and /abort. */
export const CanaryEndInput = z.strictObject({ note });
