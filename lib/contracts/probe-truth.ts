// How well the verdict of a node's probe agrees with what real traffic met there.
import * as z from "zod";
import { Id, Ratio, Timestamp } from "./common.ts";
import { StatusRange } from "./config/health-check.ts";

export const PROBE_TRUTH_VERDICTS = [
  /** The pool has no checks: there is nothing to compare. */
  "unchecked",
  /** Too few requests, or too short a time, to say anything. */
  "too-little",
  /** It said healthy for most of the time in which real requests failed. */
  "shallow",
  /** It took the node out while real requests went well. */
  "strict",
  "agrees",
] as const;
export type ProbeTruthVerdict = (typeof PROBE_TRUTH_VERDICTS)[number];

/** What would make the probe more telling; words for each are in the dashboard. */
export const PROBE_SUGGESTIONS = [
  "turn-on",
  "level-http",
  "level-grpc",
  "level-business",
  "path",
  "statuses",
  "time-out",
  "interval",
  "fall",
  "passive",
  /** For a probe that is too strict. */
  "patience",
  "accept-status",
] as const;
export type ProbeSuggestionCode = (typeof PROBE_SUGGESTIONS)[number];

const Duration = z.number().min(0);
const Count = z.int().min(0);

const SettingValue = z.union([z.boolean(), z.number(), z.string(), z.array(StatusRange)]);

export const ProbeSuggestion = z.strictObject({
  code: z.enum(PROBE_SUGGESTIONS),
  /** Settings of the pool, by their path, as they should be. */
  settings: z.array(z.strictObject({ path: z.string(), value: SettingValue })).min(1),
});
export type ProbeSuggestion = z.infer<typeof ProbeSuggestion>;

const Cause = z.strictObject({ cause: z.string(), count: z.int().min(1) });

/** A stretch of time, in whole minutes where only those are stored. */
export const ProbeEpisode = z.strictObject({
  from: Timestamp,
  to: Timestamp,
  workerId: z.string(),
  /** Answered by the node, well or not. */
  requests: Count,
  failures: Count,
  /** What most requests failed of; of a false alarm, what the check found. */
  cause: z.string().nullable(),
});
export type ProbeEpisode = z.infer<typeof ProbeEpisode>;

export const NodeProbeTruth = z.strictObject({
  nodeId: Id,
  verdict: z.enum(PROBE_TRUTH_VERDICTS),
  /** Attempts at the node that came to an end which says something of it, and how many of them failed. */
  requests: Count,
  failures: Count,
  p99Ms: z.number().min(0).nullable(),
  /** Time in each state of the probe; those of several workers are summed. */
  healthyMs: Duration,
  unhealthyMs: Duration,
  unknownMs: Duration,
  /** Time in which both said something, and the part of it in which they said the same; null: too little to say. */
  judgedMs: Duration,
  agreement: Ratio.nullable(),
  /** The probe said healthy while traffic failed, beyond the time that it needs to find out. */
  missed: z.strictObject({
    ms: Duration,
    failures: Count,
    causes: z.array(Cause).max(5),
    /** The longest. */
    episodes: z.array(ProbeEpisode).max(5),
    /** Requests that are kept and failed at this node, the newest. */
    examples: z
      .array(
        z.strictObject({
          requestId: z.string(),
          at: Timestamp,
          method: z.string(),
          path: z.string(),
          cause: z.string(),
        }),
      )
      .max(5),
  }),
  /** The probe said unhealthy while traffic went well, or just after it had. */
  falseAlarms: z.strictObject({ count: Count, ms: Duration, episodes: z.array(ProbeEpisode).max(5) }),
  /** Failures that the probe found, and how long it took; exact to the minute unless an ejection tells better. */
  detections: z.strictObject({ count: Count, medianMs: Duration.nullable(), maxMs: Duration.nullable() }),
  /** Of a shallow or strict probe, and of an unchecked node that failed. */
  suggestion: ProbeSuggestion.nullable(),
});
export type NodeProbeTruth = z.infer<typeof NodeProbeTruth>;

export const ProbeTruthQuery = z.strictObject({ nodeId: Id.optional() });
export const ProbeTruthView = z.strictObject({
  poolId: Id,
  from: Timestamp,
  to: Timestamp,
  items: z.array(NodeProbeTruth),
});
export type ProbeTruthView = z.infer<typeof ProbeTruthView>;
