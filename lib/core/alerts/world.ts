// What the evaluator knows, at one moment, of all workers together. A shell reads it; decisions only look at it.
import type { AlertMetric, MetricSubject } from "#lib/contracts/alert-metrics.ts";
import type { AlertKind } from "#lib/contracts/config/alert-rule.ts";
import type { Labels } from "#lib/contracts/config/labels.ts";
import type { CheckLevel } from "#lib/contracts/config.ts";
import type { AdminState } from "#lib/contracts/runtime.ts";
import type { ResourceFigures, WindowFigures } from "./figures.ts";

export interface WorldNode {
  readonly id: string;
  readonly name: string;
  readonly poolId: string;
  readonly poolName: string;
  readonly adminState: AdminState["state"];
  readonly checksEnabled: boolean;
  /** Those of its pool included. */
  readonly labels: Labels;
}
export interface WorldPool {
  readonly id: string;
  readonly name: string;
  readonly nodeIds: readonly string[];
  readonly labels: Labels;
}

/** Of a node that is in trouble, or that an alert is about: merged over the live workers. Other nodes have none. */
export interface NodeTrouble {
  /** Null: no live worker has checked it yet. */
  readonly health: {
    /** Any of them says `unhealthy`. */
    readonly isDown: boolean;
    /** Any of them says `healthy`, without a failure since. */
    readonly isWell: boolean;
    readonly consecutiveFailures: number;
    readonly reason: string;
    readonly level: CheckLevel | null;
    readonly detail: string;
    readonly lastCheckMs: number | null;
  } | null;
  readonly ejectedFor: string | null;
  readonly breaker: {
    readonly state: "open" | "half-open";
    readonly cause: string;
    readonly requests: number;
    readonly failures: number;
    readonly slow: number;
  } | null;
  readonly degradedFor: string | null;
  /** Of the slowest worker; null: below what is asked for, or not checked. */
  readonly connectMs: number | null;
}

export interface WorldWorker {
  readonly id: string;
  readonly host: string;
  readonly silentMs: number;
  readonly startedMs: number;
  readonly revision: number | null;
  readonly refusedRevision: number | null;
  readonly refusal: string | null;
  readonly proxyProcesses: number;
  /** Since its last measurements; null: there are none. */
  readonly unmeasuredMs: number | null;
}

export interface World {
  readonly nowMs: number;
  /** Kinds of rules about which too little could be read: what they found stays as it is, and nothing is found anew. */
  readonly unknownKinds: ReadonlySet<AlertKind>;
  readonly nodes: ReadonlyMap<string, WorldNode>;
  readonly pools: ReadonlyMap<string, WorldPool>;
  readonly troubles: ReadonlyMap<string, NodeTrouble>;
  /** Of nodes whose resources are known now; not read unless a rule speaks of them. */
  readonly resources?: ReadonlyMap<string, ResourceFigures>;
  /** Names of nodes whose stored resources cannot be read. */
  readonly unreadResources?: readonly string[];
  /** Nodes that the database has and this process does not know of yet. */
  readonly unknownNodes: ReadonlySet<string>;
  readonly workers: readonly WorldWorker[];
  /** `notAfterMs` null: the certificate cannot be read. */
  readonly certificates: readonly { readonly id: string; readonly name: string; readonly notAfterMs: number | null }[];
  readonly canaries: readonly {
    readonly id: string;
    readonly revision: number;
    readonly endedMs: number;
    readonly reason: string;
    readonly detail: string;
  }[];
  /** Null: nothing was measured. `undefined`: it was not read, so nothing is known and nothing changes. */
  readonly window: (of: MetricSubject, id: string, windowMs: number) => WindowFigures | null | undefined;
}

export interface Subject {
  readonly kind: "node" | "pool" | "worker" | "certificate" | "canary" | "system";
  readonly id: string;
  readonly name: string;
  readonly poolId: string | null;
  readonly poolName: string;
  /** Null: of what is neither pool nor node. */
  readonly labels: Labels | null;
}

/**
 * What a rule finds of one subject. `hold`: no reason to fire, and none to end (hysteresis, or nobody has looked yet);
 * `unknown`: there are no figures. A subject without a finding is well, or gone.
 */
export interface Finding {
  readonly subject: Subject;
  readonly verdict: "breach" | "hold" | "unknown";
  /** Code of the culprit. */
  readonly reason: string;
  readonly checkLevel: CheckLevel | null;
  /** What was found, by a check, in words. */
  readonly detail: string;
  readonly consecutiveFailures: number;
  readonly figures: Figures;
  /** When that was seen; null: now. */
  readonly atMs: number | null;
}
/** Figures at the time: what each language words by itself. */
export type Figures = Readonly<Record<string, string | number>> & {
  readonly metric?: AlertMetric;
  readonly value?: number;
  readonly limit?: number;
  readonly windowMs?: number;
};

export type EndCause =
  | "recovered"
  | "maintenance"
  | "checks-off"
  | "node-removed"
  | "subject-removed"
  | "rule-off"
  | "no-data";

/** Kinds about single nodes. */
export const NODE_KINDS: ReadonlySet<AlertKind> = new Set([
  "health-check-failed",
  "node-down",
  "node-ejected",
  "breaker-open",
  "node-degraded",
  "connect-time",
]);
