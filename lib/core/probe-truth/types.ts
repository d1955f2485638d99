// What is known of a node's last day. Times are Unix milliseconds.

/** A minute of real traffic at a node, as one worker met it. */
export interface TrafficMinute {
  readonly atMs: number;
  readonly successes: number;
  readonly failures: number;
}

/** A stretch of time in which all went well, and each minute had enough requests to say so. */
export interface QuietSpan extends Window {
  readonly successes: number;
  readonly failures: number;
}

/** Failures of one worker's minute by their causes. */
export interface MinuteCauses {
  readonly workerId: string;
  readonly atMs: number;
  readonly causes: Readonly<Record<string, number>>;
}

/** A change of what a worker knows of the node. */
export interface FactChange {
  readonly workerId: string;
  readonly atMs: number;
  readonly fact: "health" | "ejection" | "breaker";
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

export type ProbeState = "healthy" | "unhealthy" | "unknown";

/** What a worker's probe says now. */
export interface PresentVerdict {
  readonly workerId: string;
  readonly state: ProbeState;
  readonly sinceMs: number;
}

/** A kept request's failed attempt at the node. */
export interface FailedAttempt {
  readonly requestId: string;
  readonly atMs: number;
  readonly method: string;
  readonly path: string;
  readonly cause: string;
}

export interface NodeDay {
  readonly nodeId: string;
  /** By worker, oldest first; those of quiet stretches are not among them. */
  readonly minutes: ReadonlyMap<string, readonly TrafficMinute[]>;
  /** By worker. */
  readonly quiet: ReadonlyMap<string, readonly QuietSpan[]>;
  readonly causes: readonly MinuteCauses[];
  /** Oldest first. */
  readonly changes: readonly FactChange[];
  readonly present: readonly PresentVerdict[];
  /** Newest first. */
  readonly attempts: readonly FailedAttempt[];
  readonly p99Ms: number | null;
}

export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A stretch of time that one worker's probe and traffic are compared in. */
export interface Episode extends Window {
  readonly workerId: string;
  readonly requests: number;
  readonly failures: number;
  readonly cause: string | null;
}
