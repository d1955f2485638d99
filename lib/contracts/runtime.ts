// Separate facts about a node. None is derived from another; the one `status` that people see is derived from all
// of them (lib/core/status.ts) and never stored.
import * as z from "zod";
import { Adjustment } from "./adjustment.ts";
import { durationMs, EpochMs, Id, PageQuery, Timestamp } from "./common.ts";
import { CHECK_LEVELS } from "./config/health-check.ts";

export * from "./adjustment.ts";
export { EpochMs };

export const ADMIN_STATES = ["ready", "drain", "maintenance"] as const;
/** The operator's will. `drain`: no new requests, in-flight ones complete. `maintenance`: no requests, no probes. */
export const AdminState = z.strictObject({
  state: z.enum(ADMIN_STATES),
  sinceMs: EpochMs,
  /** Drain only: when whatever is still in flight is cut. */
  deadlineMs: EpochMs.nullable(),
  /** Drain only: until the deadline, requests of sessions that are bound to the node still go there. Older files do not have it. */
  keepSessions: z.boolean().default(false),
  by: z.string(),
});
export type AdminState = z.infer<typeof AdminState>;

/**
 * What probes observe. `unknown`: not probed yet, or checks are off. `pending`: new in a pool that serves already, so it
 * takes no requests until it has passed, unless nobody else can serve.
 */
export const HealthState = z.strictObject({
  state: z.enum(["unknown", "pending", "healthy", "unhealthy"]),
  sinceMs: EpochMs,
  /** Stable code of the last verdict: `ok`, `connect-refused`, `connect-timeout`, `status-503`, ... */
  reason: z.string(),
  /** The level that `reason` speaks of; null while none fails. */
  level: z.enum(CHECK_LEVELS).nullable().default(null),
  /** What was found and what was expected, as a code and its values (check-detail.ts): `http-status found=503 ranges="100–499"`. Empty when there is no more to say. */
  detail: z.string().default(""),
  consecutivePasses: z.int().min(0),
  consecutiveFailures: z.int().min(0),
  lastCheckMs: EpochMs.nullable(),
  latencyMs: z.number().min(0).nullable(),
});
export type HealthState = z.infer<typeof HealthState>;

/** One level of a node's health check, by itself. */
export const LevelHealth = z.strictObject({
  state: z.enum(["unknown", "healthy", "unhealthy"]),
  /** `ok`, or the code of the last failure. */
  reason: z.string(),
  detail: z.string(),
  consecutivePasses: z.int().min(0),
  consecutiveFailures: z.int().min(0),
  checkedMs: EpochMs,
  /** From the start of the check to this level's verdict. */
  latencyMs: z.number().min(0),
});
export type LevelHealth = z.infer<typeof LevelHealth>;

/** What one check by hand found of one level. */
export const LevelFinding = z.strictObject({
  level: z.enum(CHECK_LEVELS),
  ok: z.boolean(),
  reason: z.string(),
  detail: z.string(),
  latencyMs: z.number().min(0),
});
/** What one worker found by a check by hand; no levels where none is on. */
export const ProbeResult = z.strictObject({
  workerId: z.string(),
  atMs: EpochMs,
  passed: z.boolean(),
  levels: z.array(LevelFinding),
});
export type ProbeResult = z.infer<typeof ProbeResult>;
/** The answer to the order `request`, as the worker tells it over PostgreSQL. */
export const ProbeAnswer = z.strictObject({ request: Id, nodeId: Id, result: ProbeResult });
export type ProbeAnswer = z.infer<typeof ProbeAnswer>;

/** How many of a node's last checks are kept. */
export const KEPT_CHECKS = 60;
/** The levels of a node that were checked, and its last checks, oldest first: `+` passed, else the failing level's letter. */
export const NodeChecks = z.strictObject({
  levels: z.partialRecord(z.enum(CHECK_LEVELS), LevelHealth).default({}),
  recent: z.string().max(KEPT_CHECKS).default(""),
});
export type NodeChecks = z.infer<typeof NodeChecks>;

/** Passive, timed removal of an outlier by real traffic. */
export const EjectionState = z.discriminatedUnion("state", [
  z.strictObject({ state: z.literal("in"), timesEjected: z.int().min(0) }),
  z.strictObject({
    state: z.literal("ejected"),
    sinceMs: EpochMs,
    untilMs: EpochMs,
    cause: z.string(),
    timesEjected: z.int().min(1),
  }),
]);
export type EjectionState = z.infer<typeof EjectionState>;

export const BreakerState = z.discriminatedUnion("state", [
  z.strictObject({ state: z.literal("closed") }),
  z.strictObject({
    state: z.literal("open"),
    sinceMs: EpochMs,
    untilMs: EpochMs,
    cause: z.string(),
    timesOpened: z.int().min(1),
    /** What the window held when it opened: attempts, those that failed, those that were slow. Nothing for a trial. */
    requests: z.int().min(0).default(0),
    failures: z.int().min(0).default(0),
    slow: z.int().min(0).default(0),
  }),
  z.strictObject({ state: z.literal("half-open"), sinceMs: EpochMs, timesOpened: z.int().min(1) }),
]);
export type BreakerState = z.infer<typeof BreakerState>;

/** The node asked to be left alone for a while: 429, or 503 with Retry-After. */
export const CoolingState = z.discriminatedUnion("state", [
  z.strictObject({ state: z.literal("not-cooling") }),
  z.strictObject({ state: z.literal("cooling"), sinceMs: EpochMs, untilMs: EpochMs, cause: z.string() }),
]);
export type CoolingState = z.infer<typeof CoolingState>;

/**
 * How a worker resolves the host name of a node's URL. It says where connections go, never whether the node serves: a
 * look-up that fails leaves the last good addresses in use.
 */
export const NameResolution = z.discriminatedUnion("state", [
  /** The first look-up is under way. */
  z.strictObject({ state: z.literal("pending"), hostname: z.string() }),
  z.strictObject({ state: z.literal("resolved"), hostname: z.string(), addresses: z.array(z.string()).min(1) }),
  z.strictObject({
    state: z.literal("failing"),
    hostname: z.string(),
    /** The last good ones; empty when there never were any. */
    addresses: z.array(z.string()),
    lastGoodMs: EpochMs.nullable(),
    sinceMs: EpochMs,
    /** `name-not-found`, `name-lookup-failed` or `name-lookup-timeout`. */
    cause: z.string(),
  }),
]);
export type NameResolution = z.infer<typeof NameResolution>;

/** Weight ramp in progress; null when there is none. Its curve is the pool's. */
export const WarmUpState = z.strictObject({ startedMs: EpochMs, cause: z.enum(["manual", "joining", "recovery"]) });
export type WarmUpState = z.infer<typeof WarmUpState>;

/** What an operator last ordered of a breaker. Carried out once by each proxy process, then the breaker goes on by itself. */
export const BreakerOrder = z.discriminatedUnion("action", [
  z.strictObject({ action: z.literal("trip"), atMs: EpochMs, untilMs: EpochMs, by: z.string() }),
  z.strictObject({ action: z.literal("reset"), atMs: EpochMs, by: z.string() }),
]);
export type BreakerOrder = z.infer<typeof BreakerOrder>;

/** The facts that the proxy processes are told by control. */
export const NodeRuntime = z.strictObject({
  nodeId: Id,
  admin: AdminState,
  health: HealthState,
  warmUp: WarmUpState.nullable(),
  /** Files and processes of before it was there do not have it. */
  breakerOrder: BreakerOrder.nullable().default(null),
  adjustment: Adjustment.default({ dynamic: null, degrade: null }),
});
export type NodeRuntime = z.infer<typeof NodeRuntime>;

/** What all workers together have sent a node in the present span of its quota. */
export const QuotaUse = z.strictObject({ used: z.int().min(0), startMs: EpochMs, endMs: EpochMs });
export type QuotaUse = z.infer<typeof QuotaUse>;

/** All facts, as the dashboard sees them, and where the node's name leads. */
export const NodeFacts = z.strictObject({
  ...NodeRuntime.omit({ breakerOrder: true }).shape,
  ejection: EjectionState,
  breaker: BreakerState,
  cooling: CoolingState,
  /** Null when the node's URL has an address, or no live worker has told yet. */
  resolution: NameResolution.nullable(),
  /** Null: it has no quota. */
  quota: QuotaUse.nullable(),
});
export type NodeFacts = z.infer<typeof NodeFacts>;

export const NODE_STATUSES = [
  "up",
  "unchecked",
  "warming-up",
  "going-down",
  "coming-up",
  "degraded",
  "ejected",
  "cooling",
  "breaker-open",
  "breaker-half-open",
  "down",
  "draining",
  "drained",
  "maintenance",
] as const;
export const NodeStatus = z.enum(NODE_STATUSES);
export type NodeStatus = z.infer<typeof NodeStatus>;

// Runtime operations: immediate, audited, pushed, in no revision.

/** Done also where it is not safe: without a node left to serve, or with fewer slots than the pool needs. */
const override = z.boolean().default(false);
export const DrainInput = z.strictObject({
  /** 0: what is in flight is cut at once. */
  timeoutMs: durationMs(0, 3_600_000).optional(),
  /** Requests of sessions bound to the node still go there, until the time-out; it is drained then, not when it is empty. */
  keepSessions: z.boolean().default(false),
  override,
});
export const MaintenanceInput = z.strictObject({ override });
export const TripInput = z.strictObject({ forMs: durationMs(1_000, 86_400_000).optional(), override });
export const EmptyInput = z.strictObject({});
export const RUNTIME_ACTIONS = [
  "drain",
  "ready",
  "maintenance",
  "warm-up",
  "skip-warm-up",
  "trip-breaker",
  "reset-breaker",
  "reset-quota",
] as const;
export type RuntimeAction = (typeof RUNTIME_ACTIONS)[number];

export const HealthEvent = z.strictObject({
  id: z.string(),
  nodeId: Id,
  workerId: z.string(),
  at: Timestamp,
  /** Which fact changed. Of the adjustment, `degrade` are the steps of its rule, `weight` the moves of a dynamic weight; `name`: the
   * node's host name ceased, or began again, to resolve. */
  fact: z.enum(["health", "ejection", "breaker", "cooling", "admin", "warm-up", "degrade", "weight", "name"]),
  from: z.string(),
  to: z.string(),
  reason: z.string(),
});
export type HealthEvent = z.infer<typeof HealthEvent>;
/** `from`: not before; `to`: before. */
export const HealthEventQuery = PageQuery.extend({ from: Timestamp.optional(), to: Timestamp.optional() });

/** Why a node takes part, or does not. Stable codes: shown to people. */
export const ELIGIBILITY_REASONS = [
  "usable",
  /** Unhealthy or ejected, and used all the same, because too few others are left. */
  "usable-in-panic",
  /** A backup, used because no primary is usable. */
  "usable-as-backup",
  /** Of a later level, or of another zone, used because those before it cannot take all of the load. */
  "usable-by-spill",
  /** It asked for rest, and is used all the same, because no other is usable. */
  "usable-while-cooling",
  "drain",
  "maintenance",
  "weight-zero",
  "unhealthy",
  "ejected",
  /** New, and not checked yet, while others serve. */
  "pending",
  "breaker-open",
  /** As many requests as it may be sent now were sent. */
  "rate-limited",
  "quota-spent",
  "cooling",
  /** A usable backup while a primary is usable. */
  "standby",
  /** Usable, while levels of higher priority take all of the load. */
  "standby-level",
  /** Usable, while nodes of the worker's own zone take all of the load. */
  "standby-zone",
] as const;
export const EligibilityReason = z.enum(ELIGIBILITY_REASONS);
export type EligibilityReason = z.infer<typeof EligibilityReason>;
