// Settings that contradict each other, or leave a pool without the protection that they seem to give.
import type { ConfigPool } from "#lib/contracts/config.ts";
import type { Fault } from "#lib/contracts/problem.ts";
import type { WarningCode } from "#lib/contracts/publishing.ts";

/** Longer than this without noticing is an outage. */
const SLOW_DETECTION_MS = 60_000;

/** Paths begin at the pool. */
export function contradictions(pool: ConfigPool): Fault[] {
  return [...timeoutWarnings(pool), ...protectionWarnings(pool), ...retryWarnings(pool)];
}

function timeoutWarnings({ timeouts, hedge, breaker }: ConfigPool): Fault[] {
  const { requestMs, connectMs, firstByteMs, queueMs } = timeouts;
  const warnings: Fault[] = [];
  if (requestMs > 0)
    // The default of the first byte is long on purpose: whoever limits the whole request need not shorten it, too.
    for (const [name, value] of Object.entries({ connectMs, firstByteMs, queueMs }))
      if (value > requestMs && !(name === "firstByteMs" && value === 60_000))
        warnings.push(
          warn(
            ["timeouts", name],
            "timeouts-contradict",
            "is longer than the whole request may take: it never runs out",
          ),
        );
  if (hedge.enabled && hedge.minDelayMs >= firstByteMs)
    warnings.push(
      warn(["hedge", "minDelayMs"], "hedge-never", "is not below the time-out of the first byte: none is sent"),
    );
  if (breaker.enabled && breaker.slowMs >= firstByteMs && breaker.slowMs > 0)
    warnings.push(
      warn(["breaker", "slowMs"], "slow-calls-never", "is not below the time-out of the first byte: no answer is slow"),
    );
  return warnings;
}

function protectionWarnings({ breaker, ejection, healthCheck, panicThreshold, nodes }: ConfigPool): Fault[] {
  const warnings: Fault[] = [];
  if (panicThreshold === 1)
    warnings.push(warn(["panicThreshold"], "always-panic", "is 1: health is ignored as soon as one node is unhealthy"));
  const detectionMs = healthCheck.intervalMs * healthCheck.fall;
  if (healthCheck.enabled && !ejection.enabled && !breaker.enabled && detectionMs > SLOW_DETECTION_MS)
    warnings.push(
      warn(
        ["healthCheck", "intervalMs"],
        "slow-detection",
        `a failed node is noticed after ${Math.round(detectionMs / 1_000)} s, and nothing else takes it out`,
      ),
    );
  // Full as it may be, a node is not sent as many requests as its breaker waits for.
  const limited = nodes.filter(({ rateLimit }) => {
    if (rateLimit === null) return false;
    const most = (rateLimit.requests * breaker.windowMs) / rateLimit.windowMs + (rateLimit.burst || rateLimit.requests);
    return most < breaker.minimumRequests;
  });
  if (breaker.enabled && limited.length > 0 && limited.length === nodes.length)
    warnings.push(
      warn(
        ["breaker", "minimumRequests"],
        "breaker-never-opens",
        "is more than the nodes' rate limits let through in the window: no breaker ever opens",
      ),
    );
  return warnings;
}

function retryWarnings({ retry, nodes, hedge }: ConfigPool): Fault[] {
  const serving = nodes.filter(({ weight }) => weight > 0);
  const warnings: Fault[] = [];
  if (retry.maxRetries === 0 && serving.length === 1)
    warnings.push(
      warn(["retry", "maxRetries"], "no-second-chance", "one node and no retries: each of its failures is seen"),
    );
  if (retry.maxRetries > 0 && retry.budgetRatio === 0 && retry.minRetries === 0)
    warnings.push(
      warn(["retry", "budgetRatio"], "retries-without-budget", "a budget of 0: nothing sent is ever retried"),
    );
  if (hedge.enabled && hedge.budgetRatio === 0 && hedge.minHedges === 0)
    warnings.push(
      warn(["hedge", "budgetRatio"], "hedges-without-budget", "a budget of 0: no second copy is ever sent"),
    );
  return warnings;
}

const warn = (path: Fault["path"], code: WarningCode, message: string): Fault => ({ path, code, message });
