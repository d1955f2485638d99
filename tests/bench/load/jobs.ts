// What the load generator is asked to do and what it answers, as messages between processes.

export interface Target {
  host: string;
  port: number;
}
/** As fast as the answers come, over so many connections. */
export interface ClosedJob extends Target {
  kind: "closed";
  connections: number;
  ms: number;
}
/** At a steady rate, bursts of a millisecond's worth: latencies without the queue of a saturated server. */
export interface PacedJob extends Target {
  kind: "paced";
  connections: number;
  ms: number;
  perSecond: number;
}
/** Large answers over a few connections. */
export interface StreamJob extends Target {
  kind: "stream";
  connections: number;
  ms: number;
  bytes: number;
}
/** Opens connections, asks once on each and leaves them idle until the next job. */
export interface IdleJob extends Target {
  kind: "idle";
  connections: number;
}
/** Ends what the idle job left. */
export interface CloseJob {
  kind: "close";
}
/** At a steady rate whatever comes back (open loop); tells each request's fate. */
export interface OpenJob extends Target {
  kind: "open";
  item: "item" | "file";
  perSecond: number;
  ms: number;
  /** A request without its whole answer by then has failed. */
  patienceMs: number;
}
export type Job = ClosedJob | PacedJob | StreamJob | IdleJob | CloseJob | OpenJob;

export interface Result {
  type: "result";
  requests: number;
  /** What was wrong with an answer → how often. */
  faults: Record<string, number>;
  ms: number;
  bytes: number;
  /** Of right answers, in milliseconds. */
  p50Ms: number;
  p99Ms: number;
  /** Open loop only: `[due at, took, 0 right or 1 failed]` of each request; times from the job's start. */
  fates: [number, number, number][];
}
