// What is kept of one request so that it can be explained: where it was led, who could have had it, what was tried, how long
// each part of it took and how it ended. Proxy processes tell it, control stores it. No header of it is ever kept.
import * as z from "zod";
import { EpochMs, Id, PageQuery, Timestamp } from "./common.ts";
import { ELIGIBILITY_REASONS } from "./runtime.ts";

/** Why it was kept. */
export const KEPT_BECAUSE = ["failed", "retried", "hedged", "slow", "aborted", "sampled"] as const;
export const KeptBecause = z.enum(KEPT_BECAUSE);
export type KeptBecause = z.infer<typeof KeptBecause>;

/** Why a node could have had it, or could not: of the node itself, and then of this one request. */
export const CANDIDATE_REASONS = [
  ...ELIGIBILITY_REASONS,
  /** As many requests as may be at it at once were in flight. */
  "over-limit",
  /** Its half-open breaker had no trial left. */
  "no-trial-left",
  /** Requests stalled there while others were answered: it was only tried now and then. */
  "suspect",
] as const;
export const CandidateReason = z.enum(CANDIDATE_REASONS);
export type CandidateReason = z.infer<typeof CandidateReason>;

const Figure = z.number().min(0);

/** A node of the pool with the terms that the choice was made by. */
export const RequestCandidate = z.strictObject({
  nodeId: Id,
  reason: CandidateReason,
  /** Whether it could have been chosen. */
  usable: z.boolean(),
  /** Configured weight, and what of it is left after warm-up and adjustment, which are factors. */
  weight: Figure,
  warmUp: Figure,
  adjustment: Figure,
  effectiveWeight: Figure,
  /** Part of the pool's load that it was due, 0–1. */
  share: Figure,
  /** Requests at it, of this process. */
  inFlight: Figure,
  /** That the algorithm goes by, in milliseconds; null: it goes by none. */
  latencyMs: Figure.nullable(),
  /** The least is chosen; null: the algorithm compares no scores. */
  score: Figure.nullable(),
});
export type RequestCandidate = z.infer<typeof RequestCandidate>;

/** The pool's nodes at one moment of the request. */
export const RequestPick = z.strictObject({
  /** `picked`: as an attempt was begun; `failed`: when one had failed; `refused`: when none could be made. */
  when: z.enum(["picked", "failed", "refused"]),
  /** Which attempt, from 0; of `refused`, how many there were before. */
  attempt: z.int().min(0),
  /** When they were looked at, from the request's start; may be up to 50 ms earlier than the moment itself. */
  atMs: z.number(),
  mode: z.enum(["normal", "panic", "none"]),
  candidates: z.array(RequestCandidate).max(64),
  /** Nodes that are not listed. */
  more: z.int().min(0),
});
export type RequestPick = z.infer<typeof RequestPick>;

/** One try at one node. Times are milliseconds from the request's start; null: it did not come to that. */
export const RequestAttempt = z.strictObject({
  nodeId: Id,
  startMs: Figure,
  /** Over a connection that was there already. */
  reused: z.boolean(),
  /** TCP is connected; only told apart under TLS. */
  tcpMs: Figure.nullable(),
  /** The connection may be used. */
  connectedMs: Figure.nullable(),
  /** The last of the request was written. */
  sentMs: Figure.nullable(),
  firstByteMs: Figure.nullable(),
  endMs: Figure,
  /** Of its answer. */
  status: z.int().nullable(),
  /** As lib/core/classify.ts has it: `ok`, `status-503`, `connect-refused`, `superseded` … */
  cause: z.string().max(100),
  counts: z.enum(["success", "failure", "neither"]),
});
export type RequestAttempt = z.infer<typeof RequestAttempt>;

export const RequestRecord = z.strictObject({
  requestId: z.string().min(1).max(200),
  atMs: EpochMs,
  poolId: Id.nullable(),
  /** Null: no route matched, and it went to the default pool or nowhere. */
  routeId: Id.nullable(),
  revision: z.int().min(0).nullable(),
  /** Which of two configurations decided, while a canary ran. */
  arm: z.enum(["base", "canary"]).nullable().default(null),
  algorithm: z.string().nullable(),
  protocol: z.string().max(20),
  method: z.string().max(40),
  host: z.string().max(300),
  /** Cut after 2,048 characters. Of its query what the pool's settings let through. */
  path: z.string().max(2_048),
  query: z.string().max(2_048),
  clientAddress: z.string().max(100),
  /** Of the answer; null: the client left before there was one. */
  status: z.int().nullable(),
  /** Of an answer of the proxy's own. */
  code: z.string().max(60).nullable(),
  /** What it came down to: the last attempt's cause, or the code. `ok` for one that went well. */
  cause: z.string().max(100),
  kept: z.array(KeptBecause).min(1),
  queueMs: Figure,
  /** To the answer's first byte, and to its end; null: there was none. */
  firstByteMs: Figure.nullable(),
  tookMs: Figure,
  bytesIn: Figure,
  bytesOut: Figure,
  attempts: z.array(RequestAttempt).max(20),
  picks: z.array(RequestPick).max(4),
});
export type RequestRecord = z.infer<typeof RequestRecord>;

/** An attempt as people see it. */
export const RequestAttemptView = z.strictObject({
  ...RequestAttempt.shape,
  nodeName: z.string().nullable(),
  /** `retry`: one before it had failed; `hedge`: besides one that waited; `race`: besides one that was still connecting. */
  kind: z.enum(["first", "retry", "hedge", "race"]),
  /** Milliseconds of each phase; null: it did not come to that, or it took no time of its own. */
  phases: z.strictObject({
    connect: Figure.nullable(),
    tls: Figure.nullable(),
    write: Figure.nullable(),
    firstByte: Figure.nullable(),
    body: Figure.nullable(),
  }),
});
export type RequestAttemptView = z.infer<typeof RequestAttemptView>;

const CandidateView = z.strictObject({ ...RequestCandidate.shape, nodeName: z.string().nullable() });
export const RequestPickView = z.strictObject({ ...RequestPick.shape, candidates: z.array(CandidateView) });
export type RequestPickView = z.infer<typeof RequestPickView>;

export const RequestSummary = z.strictObject({
  ...RequestRecord.omit({ atMs: true, attempts: true, picks: true, clientAddress: true }).shape,
  /** Place in the history. */
  id: z.string(),
  at: Timestamp,
  workerId: z.string(),
  poolName: z.string().nullable(),
  routeName: z.string().nullable(),
  /** That were asked, in their order. */
  nodeIds: z.array(Id),
  nodeNames: z.array(z.string().nullable()),
});
export type RequestSummary = z.infer<typeof RequestSummary>;

export const RequestDetail = z.strictObject({
  ...RequestSummary.shape,
  /** Null: only operators are told. */
  clientAddress: z.string().nullable(),
  attempts: z.array(RequestAttemptView),
  picks: z.array(RequestPickView),
});
export type RequestDetail = z.infer<typeof RequestDetail>;

/** All that is kept under one id: clients may send the same one twice. The newest first. */
export const RequestExplanation = z.strictObject({ items: z.array(RequestDetail).min(1) });
export type RequestExplanation = z.infer<typeof RequestExplanation>;

/** Which requests; those that fulfil everything that is given. */
export const RequestQuery = PageQuery.extend({
  poolId: Id.optional(),
  routeId: Id.optional(),
  /** That one of the attempts was made at. */
  nodeId: Id.optional(),
  cause: z.string().trim().min(1).max(100).optional(),
  /** `503`, or a class such as `5xx`. */
  status: z
    .string()
    .regex(/^[1-5](\d\d|xx)$/, "must be a status such as 503, or a class such as 5xx")
    .optional(),
  kept: KeptBecause.optional(),
  /** Part of the path. */
  path: z.string().trim().min(1).max(200).optional(),
  requestId: z.string().trim().min(1).max(200).optional(),
  minMs: z.coerce.number().int().min(0).max(86_400_000).optional(),
  from: Timestamp.optional(),
  to: Timestamp.optional(),
});
export type RequestQuery = z.infer<typeof RequestQuery>;

export const RequestPage = z.strictObject({
  items: z.array(RequestSummary),
  nextCursor: z.string().nullable(),
  /** Records of the last hour that were lost: there were more than could be kept. */
  dropped: z.int().min(0),
});
export type RequestPage = z.infer<typeof RequestPage>;
