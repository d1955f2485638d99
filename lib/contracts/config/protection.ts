// What keeps clients from noticing a bad node: breaker, ejection, retries, hedges.
import * as z from "zod";
import { durationMs, Ratio } from "../common.ts";

/** Circuit breaker per node, Hystrix semantics: rolling window, minimum volume, error or slow-call ratio, then half-open trials. */
export const BreakerSettings = z.strictObject({
  enabled: z.boolean().default(true),
  windowMs: durationMs(1_000, 600_000).default(10_000),
  minimumRequests: z.int().min(1).max(100_000).default(20),
  errorRatio: Ratio.default(0.5),
  /** An answer whose first byte takes this long is a slow call; 0: none is. */
  slowMs: durationMs(0, 3_600_000).default(0),
  /** Slow calls open it like errors do (resilience4j): from this share of the window on. */
  slowRatio: Ratio.default(0.5),
  openMs: durationMs(100, 600_000).default(5_000),
  /** A failed half-open trial doubles the open time, up to this. */
  maxOpenMs: durationMs(100, 3_600_000).default(60_000),
  halfOpenRequests: z.int().min(1).max(1_000).default(3),
});
export type BreakerSettings = z.infer<typeof BreakerSettings>;

/** Passive ejection of an outlier (Envoy): consecutive failures of real traffic, growing with each ejection. */
export const EjectionSettings = z.strictObject({
  enabled: z.boolean().default(true),
  consecutiveFailures: z.int().min(1).max(1_000).default(5),
  /** Answers cut short in a row that eject: clients may have seen part of them, so it takes fewer. */
  brokenAnswers: z.int().min(1).max(1_000).default(2),
  baseEjectionMs: durationMs(100, 600_000).default(5_000),
  maxEjectionMs: durationMs(100, 3_600_000).default(300_000),
  /** A suspect node that has said nothing for this long, tried now and then while others answered, is ejected; 0: it is not. */
  silentMs: durationMs(0, 600_000).default(1_000),
  /** Every so often each process compares the nodes by what it saw of them since the last time (Envoy: 10 s). */
  sweepMs: durationMs(1_000, 600_000).default(10_000),
  /** With fewer requests since the last sweep a node is not judged. */
  sweepMinimumRequests: z.int().min(1).max(100_000).default(50),
  /** Share of failures that ejects a node when another does better (Envoy: 85 %); 0: none does. */
  failureRatio: Ratio.default(0.85),
  /** Standard deviations below the mean success rate that eject (Envoy: 1.9); 0: none do. */
  deviations: z.number().min(0).max(10).default(1.9),
  /** With fewer nodes to compare, deviations mean nothing. */
  sweepMinimumNodes: z.int().min(3).max(1_000).default(5),
  /** At most this share of a pool is ejected; one node always may be. */
  maxEjectedRatio: Ratio.default(0.5),
});
export type EjectionSettings = z.infer<typeof EjectionSettings>;

/** A node that says "later" (429, or 503 with Retry-After) rests for as long as it asks; that is no failure of it. */
export const CoolingSettings = z.strictObject({
  enabled: z.boolean().default(true),
  /** Whatever it asks for, it rests no longer than this (linkerd: 300 s). */
  maxMs: durationMs(0, 86_400_000).default(300_000),
  /** Rest after a 429 that does not say how long; 0: none, as such a limit is often one client's own. */
  defaultMs: durationMs(0, 3_600_000).default(0),
  /** Whether the request is asked of another node, whatever `retryStatuses` says. */
  retry: z.boolean().default(true),
  /** When no usable node is left that is not resting: `use` them all the same, or `refuse` with the time that is left. */
  whenAll: z.enum(["use", "refuse"]).default("use"),
});
export type CoolingSettings = z.infer<typeof CoolingSettings>;

/** Retries on another node, before commit only; a request that is not idempotent only when nothing of it was sent. */
export const RetrySettings = z.strictObject({
  /** Further attempts after the first. */
  maxRetries: z.int().min(0).max(10).default(2),
  /** Retries as a share of requests, over ten seconds (linkerd's budget); where nothing was sent, it is not asked. */
  budgetRatio: Ratio.default(0.2),
  /** Retries a second that are allowed besides. */
  minRetries: z.int().min(0).max(1_000).default(10),
  retryStatuses: z.array(z.int().min(400).max(599)).max(50).default([500, 502, 503, 504]),
  /** An answer to an idempotent request whose declared length is at most this is sent on when whole, so it can be retried; 0: never. */
  holdAnswerBytes: z.int().min(0).max(1_048_576).default(16_384),
});
export type RetrySettings = z.infer<typeof RetrySettings>;

/** A second node asked before the first has failed: GET, HEAD and OPTIONS that take long, and connects of any method. */
export const HedgeSettings = z.strictObject({
  enabled: z.boolean().default(true),
  /** The pool's own latency from which a second copy goes out, 0–1; and never sooner than `minDelayMs`. */
  percentile: z.number().min(0.5).max(0.999).default(0.95),
  minDelayMs: durationMs(1, 600_000).default(20),
  /** Second copies as a share of requests, over ten seconds, and those a second that are allowed besides. */
  budgetRatio: Ratio.default(0.1),
  minHedges: z.int().min(0).max(1_000).default(10),
  /** Whether another node is tried when a connect takes four times as long as usual (10–50 ms). */
  raceConnects: z.boolean().default(true),
  /** Requests in a row that stall at a silent node while others answer, until it is avoided; 0: it never is. */
  suspectAfter: z.int().min(0).max(1_000).default(3),
});
export type HedgeSettings = z.infer<typeof HedgeSettings>;
