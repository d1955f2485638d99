// Messages between a worker's control process and its proxy processes: one JSON document a line over a Unix socket in the
// data directory (lib/store/run-dir.ts names it). Control listens; proxies connect, and connect again when it is gone.
// A proxy process needs none of them to keep serving: it starts from the files control leaves on disk.
import * as z from "zod";
import { CertificateSnapshot } from "./certificates.ts";
import { Id } from "./common.ts";
import { ConfigNode, ConfigPool, ConfigRoute, ProxySettings, PublishedConfig, SealedSecret } from "./config.ts";
import { MetricFrame } from "./metrics.ts";
import { RequestRecord } from "./requests.ts";
import { BreakerState, CoolingState, EjectionState, EpochMs, NodeRuntime } from "./runtime.ts";

/**
 * How the two ends speak. Fields and kinds of messages may be added without another number: who does not know them passes
 * them over. It is raised when something that was there means another thing; then the ends do not speak to each other, and
 * a proxy process serves on with what it has until it is replaced too.
 */
export const BUS_PROTOCOL = 1;

/** Passive facts, as the proxy process that observed them tells them. */
export const PassiveFacts = z.strictObject({
  nodeId: Id,
  ejection: EjectionState,
  breaker: BreakerState,
  cooling: CoolingState.default({ state: "not-cooling" }),
  /** Of a half-open breaker: trials that have passed with this process. */
  trialsPassed: z.int().min(0).default(0),
});
export type PassiveFacts = z.infer<typeof PassiveFacts>;

/** A request's outcome opened the breaker of a node, or ejected it: whose request that was. */
export const Trip = z.strictObject({
  nodeId: Id,
  fact: z.enum(["breaker", "ejection"]),
  poolId: Id,
  /** Null: no route matched it. */
  routeId: Id.nullable(),
  /** Not there in a pool without classes. */
  class: z.string().optional(),
});
export type Trip = z.infer<typeof Trip>;

/** How many connections a proxy process has, for its siblings: in all, and of addresses with many. */
export const ConnectionCounts = z.strictObject({
  total: z.int().min(0),
  addresses: z.array(z.tuple([z.string(), z.int().min(1)])),
});
export type ConnectionCounts = z.infer<typeof ConnectionCounts>;

/** Everything of a node that control keeps for the proxies, also across restarts (file `runtime.json`). */
export const RuntimeState = z.strictObject({
  nodes: z.array(NodeRuntime),
  passive: z.array(PassiveFacts),
  /** Pool id → when it first served a request; absent: it has served none. A pool is cold for its first five minutes. */
  servingSinceMs: z.record(Id, z.number().int()),
});
export type RuntimeState = z.infer<typeof RuntimeState>;

/** A limit of the worker, of which its processes take their part in lots. */
export const LeaseLimit = z.discriminatedUnion("kind", [
  /** A token bucket: `requests` in `windowMs`, `burst` at once. */
  z.strictObject({
    kind: z.literal("rate"),
    requests: z.int().min(1),
    windowMs: z.int().min(1),
    burst: z.int().min(1),
  }),
  /** `requests` in the span that ends at `endMs`, Unix milliseconds; `key` tells when it began. */
  z.strictObject({ kind: z.literal("quota"), requests: z.int().min(1), endMs: z.int().min(0) }),
]);
export type LeaseLimit = z.infer<typeof LeaseLimit>;

/** A proxy process asks for some of a limit, and tells what became of what it had (lib/core/lease/rate-pot.ts). */
export const LeaseAsk = z.strictObject({
  /** What the limit is of: `route:<id>`, `node:<id>`, `quota:<node id>`. */
  resource: z.string().min(1).max(200),
  /** Whose share of it: a client's address, say; of a quota the span's start, Unix milliseconds. */
  key: z.string().max(200),
  limit: LeaseLimit,
  need: z.int().min(0),
  want: z.int().min(0),
  used: z.int().min(0),
  back: z.int().min(0),
  owed: z.int().min(0),
});
export type LeaseAsk = z.infer<typeof LeaseAsk>;

export const LeaseGrant = z.strictObject({
  resource: z.string(),
  key: z.string(),
  granted: z.int().min(0),
  left: z.int().min(0),
  waitMs: z.int().min(0),
});
export type LeaseGrant = z.infer<typeof LeaseGrant>;

/** What a proxy process says of a node's slots, whose limit holds for the worker (lib/core/lease/slot-pot.ts). */
export const SlotAsk = z.strictObject({
  nodeId: Id,
  /** Slots that there are, as this process knows it; from one for which the node has no limit any more: none. */
  limit: z.int().min(1).optional(),
  need: z.int().min(0),
  want: z.int().min(0),
  back: z.int().min(0),
  holds: z.int().min(0).optional(),
});
export type SlotAsk = z.infer<typeof SlotAsk>;

export const SlotNews = z.strictObject({
  nodeId: Id,
  granted: z.int().min(0),
  keep: z.int().min(0).nullable(),
});
export type SlotNews = z.infer<typeof SlotNews>;

/** What requests took at a node whose limit of requests in flight is found out (lib/core/adaptive-limit.ts). */
export const NodeTimes = z.strictObject({
  nodeId: Id,
  /** As control found it before: in a process's first words only. */
  limit: z.int().min(1).optional(),
  /** Requests of this process that are in flight there now. */
  inFlight: z.int().min(0),
  /** Attempts that ended: their time to the first byte, when they began, how many of this process were left, whether it answered. */
  times: z.array(z.tuple([z.number().min(0), z.number(), z.int().min(0), z.boolean()])).max(1_000),
});
export type NodeTimes = z.infer<typeof NodeTimes>;

/** How many requests a node takes at once, of all processes of the worker. */
export const FoundLimit = z.tuple([Id, z.int().min(1)]);
export type FoundLimit = z.infer<typeof FoundLimit>;

/** A learned session: keyed hash of its token, its node, when it came there, and when it was last used. */
export const SessionTuple = z.tuple([z.string().min(1).max(64), Id, EpochMs, EpochMs]);
export type SessionTuple = z.infer<typeof SessionTuple>;

/** A process meets a session that it does not know, or whose node does not take it (`not`): it proposes another. */
export const SessionAsk = z.strictObject({
  poolId: Id,
  session: z.string().min(1).max(64),
  nodeId: Id,
  not: Id.nullable(),
});
export type SessionAsk = z.infer<typeof SessionAsk>;

export const SessionAnswer = z.strictObject({ poolId: Id, session: SessionTuple });
export type SessionAnswer = z.infer<typeof SessionAnswer>;

/** What control keeps of learned sessions across restarts, and proxies start from (file `sessions.json`); nodes by their place. */
export const SessionsFile = z.strictObject({
  pools: z.array(
    z.strictObject({
      poolId: Id,
      nodes: z.array(Id),
      sessions: z.array(z.tuple([z.string().min(1).max(64), z.int().min(0), EpochMs, EpochMs])),
    }),
  ),
});
export type SessionsFile = z.infer<typeof SessionsFile>;

/** The sessions of the file with the nodes that they are bound to. */
export const sessionsOf = ({ nodes, sessions }: SessionsFile["pools"][number]): SessionTuple[] =>
  sessions.flatMap(([session, at, boundMs, usedMs]) => {
    const nodeId = nodes[at];
    return nodeId === undefined ? [] : [[session, nodeId, boundMs, usedMs] as SessionTuple];
  });

/** What a revision changes for a process that runs revision `base`; routes and settings that stay are not there. */
export const ConfigChange = z.strictObject({
  base: z.int().min(0),
  revision: z.int().min(0),
  /** All pools, in order; those that are not in `pools` stay as they are. */
  poolIds: z.array(Id),
  /** Nodes by their ids; those that are not in `nodes` stay as they are. */
  pools: z.array(ConfigPool.extend({ nodes: z.array(Id) })),
  nodes: z.array(ConfigNode),
  routes: z.array(ConfigRoute).optional(),
  proxy: ProxySettings.optional(),
  /** Sealed values that are new or sealed anew, and the ids of those that are gone. */
  secrets: z.strictObject({ put: z.array(SealedSecret), gone: z.array(Id) }).optional(),
});
export type ConfigChange = z.infer<typeof ConfigChange>;

export const ToProxy = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("config"), config: PublishedConfig }),
  /** Instead of the whole, to who runs what it changes and said that it `takesChanges`. */
  z.strictObject({ type: z.literal("config-change"), change: ConfigChange }),
  /** The whole state after connecting. */
  z.strictObject({ type: z.literal("runtime"), state: RuntimeState }),
  /** Only the nodes that changed. */
  z.strictObject({ type: z.literal("nodes"), nodes: z.array(NodeRuntime) }),
  /** What a sibling process observed. */
  z.strictObject({ type: z.literal("passive"), process: z.int().min(0).optional(), facts: z.array(PassiveFacts) }),
  /** Connections of a sibling process. */
  z.strictObject({ type: z.literal("connections"), process: z.int().min(0), counts: ConnectionCounts }),
  /** All certificates, their private keys sealed. */
  z.strictObject({ type: z.literal("certificates"), snapshot: CertificateSnapshot }),
  /** Answers to `lease`, in its order. */
  z.strictObject({ type: z.literal("grant"), grants: z.array(LeaseGrant) }),
  /** Slots that were granted or are wanted back: to each `slots`, and whenever there is news. */
  z.strictObject({ type: z.literal("slots"), news: z.array(SlotNews) }),
  /** How many requests nodes are found to take at once: those that changed, after connecting all. */
  z.strictObject({ type: z.literal("limits"), limits: z.array(FoundLimit) }),
  /** Sessions that a sibling learned. */
  z.strictObject({ type: z.literal("sessions"), poolId: Id, sessions: z.array(SessionTuple) }),
  /** The `requests` told last are taken: more may be told. */
  z.strictObject({ type: z.literal("requests-taken") }),
  /** Answers to `session-asks`, in no order. */
  z.strictObject({ type: z.literal("session-answers"), answers: z.array(SessionAnswer) }),
]);
export type ToProxy = z.infer<typeof ToProxy>;

export const ToControl = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("hello"),
    process: z.int().min(0),
    pid: z.int(),
    /** BUS_PROTOCOL of the process; it did not say so before there was a second one. */
    protocol: z.int().default(1),
    /** It knows `config-change`; those from before there was one pass it over, and would stay behind. */
    takesChanges: z.boolean().optional(),
  }),
  /** `tookMs`: of making the revision ready and putting it in force. `sinceMs`: when it did; those from before do not say. */
  z.strictObject({
    type: z.literal("applied"),
    revision: z.int(),
    tookMs: z.number().min(0).optional(),
    sinceMs: EpochMs.optional(),
  }),
  z.strictObject({ type: z.literal("refused"), revision: z.int(), reason: z.string() }),
  /** It cannot run that canary, and goes on without it. */
  z.strictObject({ type: z.literal("canary-refused"), canaryId: Id, reason: z.string() }),
  z.strictObject({ type: z.literal("frame"), frame: MetricFrame }),
  z.strictObject({ type: z.literal("connections"), counts: ConnectionCounts }),
  /** `adopted`: a sibling told it of them, so that no sibling needs to hear them. */
  z.strictObject({
    type: z.literal("passive"),
    facts: z.array(PassiveFacts),
    adopted: z.boolean().optional(),
    /** Those of the facts that a request of this process set off. */
    trips: z.array(Trip).optional(),
  }),
  z.strictObject({ type: z.literal("lease"), asks: z.array(LeaseAsk) }),
  /** The first tells of all that the process holds, or of nothing. */
  z.strictObject({ type: z.literal("slots"), asks: z.array(SlotAsk) }),
  z.strictObject({ type: z.literal("times"), nodes: z.array(NodeTimes) }),
  /** Sessions that the process learned, or that are in use. */
  z.strictObject({ type: z.literal("sessions"), poolId: Id, sessions: z.array(SessionTuple) }),
  z.strictObject({ type: z.literal("session-asks"), asks: z.array(SessionAsk) }),
  /** Requests worth keeping, and how many were lost since the last time: there were more than could be told. */
  z.strictObject({
    type: z.literal("requests"),
    records: z.array(RequestRecord).max(1_000),
    dropped: z.int().min(0),
  }),
]);
export type ToControl = z.infer<typeof ToControl>;

/** PostgreSQL channels. Payloads are hints: whoever gets one, or reconnects, reads the tables. */
export const CHANNELS = {
  /** A revision was published: its number. */
  revision: "gb_revision",
  /** A canary started or ended, or there is new evidence of it: its id. */
  canary: "gb_canary",
  /** Certificates changed: the id of one. */
  certificates: "gb_certificates",
  /** An operator changed admin state or warm-up: comma-separated node ids. */
  runtime: "gb_runtime",
  /** A worker observed changed facts: comma-separated node ids. */
  facts: "gb_facts",
  /** An alert fired or ended: its id. */
  alert: "gb_alert",
  /** A silence or a maintenance window began, changed or ended: its id. */
  silences: "gb_silences",
  /** Something is to be told, or a channel of notifications changed: the id of a channel. */
  notifications: "gb_notifications",
  /** A worker wrote the frame of a second: `workerId atMs`. */
  tick: "gb_tick",
  /** What is known of nodes' resources changed: comma-separated node ids. */
  resources: "gb_resources",
  /** A check by hand is asked for: `request node`, both ids. */
  probe: "gb_probe",
  /** What a worker found by it: a ProbeAnswer as JSON. */
  probed: "gb_probed",
  /** A worker came, went, or runs another revision: its id. */
  worker: "gb_worker",
  /** What is kept how long has changed. */
  retention: "gb_retention",
  /** The demo fleet was started, configured or removed: its run. */
  demo: "gb_demo",
  /** Somebody may not get in any more: comma-separated ids of people, sessions or tokens. */
  access: "gb_access",
} as const;
