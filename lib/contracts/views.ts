// What the API answers with and the dashboard shows: entities joined with their runtime facts.
import * as z from "zod";
import { Alert } from "./alerts.ts";
import { Id, PageQuery, Role, Timestamp } from "./common.ts";
import { ConfigNode, ConfigPool, ConfigRoute } from "./config.ts";
import { LiveFigures, OwnAnswerCount, RouteCounts } from "./metrics.ts";
import { ConfigChange } from "./operations.ts";
import { NodeResources } from "./resources.ts";
import { EpochMs, NodeChecks, NodeFacts, NodeStatus, ProbeResult } from "./runtime.ts";

/** Lists of configuration answer `{items}` whole; histories answer pages (`pageOf` in common.ts). Never a bare array. */
export const listOf = <T extends z.ZodType>(item: T) => z.strictObject({ items: z.array(item) });

export const NodeView = z.strictObject({
  ...ConfigNode.shape,
  poolId: Id,
  facts: NodeFacts,
  status: NodeStatus,
  /** Code that says why the status is what it is: `connect-refused`, `by-operator`, `step-2-of-5`, ... */
  statusReason: z.string(),
});
export type NodeView = z.infer<typeof NodeView>;
/** Answer to a check by hand: the node as it is after it, and what each worker found. */
export const ProbeView = z.strictObject({ node: NodeView, results: z.array(ProbeResult) });
export type ProbeView = z.infer<typeof ProbeView>;
/** What one worker's checks of a node found last. */
export const NodeChecksView = z.strictObject({
  workerId: z.string(),
  checkedMs: EpochMs.nullable(),
  ...NodeChecks.shape,
});
export type NodeChecksView = z.infer<typeof NodeChecksView>;
export const PoolView = z.strictObject({ ...ConfigPool.shape, nodes: z.array(NodeView), routeCount: z.int().min(0) });
export type PoolView = z.infer<typeof PoolView>;
export const RouteView = z.strictObject({ ...ConfigRoute.shape, poolName: z.string() });
export type RouteView = z.infer<typeof RouteView>;

/** Every mutation of configuration answers with the entity and the revision it made. */
export const Mutated = <T extends z.ZodRawShape>(shape: T) => z.strictObject({ ...shape, revision: z.int() });

export const RevisionSummary = z.strictObject({
  number: z.int().min(0),
  /** What its author said of it; empty when nothing. */
  note: z.string(),
  /** The first thing it did, as in the audit (`pool.create`), and the name of what it was done to. */
  action: z.string(),
  target: z.string(),
  author: z.string(),
  publishedAt: Timestamp,
  isCurrent: z.boolean(),
  changeCount: z.int().min(0),
  /** `canary`: it runs beside the one in force; `rolled-back`: it did, and did not become the one in force. */
  state: z.enum(["published", "canary", "rolled-back"]),
  /** The canary that it is or was first; null: it was published to everybody at once. */
  canaryId: Id.nullable(),
});
export type RevisionSummary = z.infer<typeof RevisionSummary>;
export const RevisionQuery = PageQuery.extend({
  /** Only those with this in their note, their author or what they were done to, whatever the case, or with this number. */
  find: z.string().trim().max(100).optional(),
  /** Published from then on, and before then. */
  from: Timestamp.optional(),
  to: Timestamp.optional(),
});
export const RevisionDetail = z.strictObject({
  ...RevisionSummary.shape,
  /** Differences from the revision before. */
  changes: z.array(ConfigChange),
});
export type RevisionDetail = z.infer<typeof RevisionDetail>;

/** A worker whose heartbeat is older than this is shown as lost, and what it observed is not believed any more. */
export const WORKER_LOST_AFTER_MS = 10_000;

/** A proxy process of a worker; `revision` is null until it told. */
export const WorkerProcess = z.strictObject({
  process: z.int().min(0),
  pid: z.int(),
  revision: z.int().nullable(),
  /** When it put that in force. */
  sinceMs: EpochMs.nullable(),
});
export type WorkerProcess = z.infer<typeof WorkerProcess>;

export const WorkerView = z.strictObject({
  id: z.string(),
  host: z.string(),
  startedAt: Timestamp,
  heartbeatAt: Timestamp,
  state: z.enum(["live", "lost"]),
  /** Revision that all of its proxy processes run; null while it has none. */
  revision: z.int().nullable(),
  /** When the last of its processes put that in force. */
  revisionSince: Timestamp.nullable(),
  /** When the first revision was published that it does not run yet; null: it runs the published one. */
  behindSince: Timestamp.nullable(),
  refusedRevision: z.int().nullable(),
  /** Why, as a code and its values (check-detail.ts); a sentence in rows from before there were codes. */
  refusal: z.string().nullable(),
  refusedSince: Timestamp.nullable(),
  proxyProcesses: z.int().min(0),
  processes: z.array(WorkerProcess),
  /** Its GB_ZONE; empty: it does not say. */
  zone: z.string(),
});
export type WorkerView = z.infer<typeof WorkerView>;

/** GET /api/v1/health */
export const HealthView = z.strictObject({
  status: z.enum(["ok", "database-unavailable"]),
  revision: z.int().nullable(),
  workers: z.array(WorkerView),
});
export type HealthView = z.infer<typeof HealthView>;

export const Me = z.strictObject({
  name: z.string(),
  role: Role,
  kind: z.enum(["user", "token"]),
  /** Pools that a token is limited to; null: it is not. */
  poolIds: z.array(Id).nullable(),
});
export type Me = z.infer<typeof Me>;

// --- the live stream: GET /api/v1/stream, one SSE a browser --------------------------------------------------------

/** Once a second: figures of every pool and node that has any, and of everything together. */
export const LiveTick = z.strictObject({
  atMs: EpochMs,
  total: LiveFigures.omit({ id: true, share: true, queues: true, concurrencyLimit: true }),
  pools: z.array(LiveFigures),
  nodes: z.array(LiveFigures),
  /** What the proxies answered themselves in this second: by route, and by code. Not there when that was nothing. */
  routes: z.array(RouteCounts).optional(),
  own: z.array(OwnAnswerCount).optional(),
  /** Which route sent how much into which pool; null: no route matched, and the default pool got it. */
  flows: z
    .array(z.strictObject({ routeId: Id.nullable(), poolId: Id, requestsPerSecond: z.number().min(0) }))
    .optional(),
});
export type LiveTick = z.infer<typeof LiveTick>;

/** At once, when a fact of a node changes. */
export const LiveNode = z.strictObject({
  nodeId: Id,
  poolId: Id,
  facts: NodeFacts,
  status: NodeStatus,
  statusReason: z.string(),
});
export type LiveNode = z.infer<typeof LiveNode>;

/** What nodes or agents told of CPU, memory and queues in the last second or so. */
export const LiveResources = z.strictObject({ nodes: z.array(NodeResources) });
export type LiveResources = z.infer<typeof LiveResources>;

/** Whether the database answers this server, and since when it does not. */
export const DatabaseView = z.discriminatedUnion("state", [
  z.strictObject({ state: z.literal("up") }),
  z.strictObject({ state: z.literal("lost"), sinceMs: EpochMs }),
]);
export type DatabaseView = z.infer<typeof DatabaseView>;

/** What one worker knows by itself, without the database: GET /live on its admin port. */
export const WorkerLive = z.strictObject({
  /** Of its latest seconds, the oldest first. */
  ticks: z.array(LiveTick),
  nodes: z.array(LiveNode),
  /** Of the nodes whose pools ask for them; workers of older versions do not tell. */
  resources: z.array(NodeResources).default([]),
});
export type WorkerLive = z.infer<typeof WorkerLive>;

/** SSE event name → payload. `sync` opens every stream: who has missed events re-reads what it shows. */
export const STREAM_EVENTS = {
  sync: z.strictObject({ atMs: EpochMs, revision: z.int().nullable(), ticks: z.array(LiveTick) }),
  tick: LiveTick,
  node: LiveNode,
  resources: LiveResources,
  alert: Alert,
  revision: z.strictObject({ number: z.int() }),
  worker: WorkerView,
  database: DatabaseView,
} as const;
export type StreamEvents = { [K in keyof typeof STREAM_EVENTS]: z.infer<(typeof STREAM_EVENTS)[K]> };
