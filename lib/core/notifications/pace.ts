// When a channel is sent something: what happens together is told together, no provider is sent more than it takes, and
// what failed is tried again ever more seldom.
import type { ChannelKind } from "#lib/contracts/notifications.ts";
import type { AttemptRule } from "#lib/core/attempts.ts";

/** What a node's fault sets off comes within this: one message tells it all. */
export const GATHER_MS = 1_000;
/** Told in one message at most; what is more waits for the next. */
export const MAX_TOGETHER = 50;

const MINUTE_MS = 60_000;
/**
 * Messages per channel, below what the providers take: DingTalk and WeCom 20 a minute for a robot, Feishu 100 a minute and
 * 5 a second, Slack one a second with short bursts.
 */
export const PACES: Readonly<Record<ChannelKind, AttemptRule>> = {
  webhook: { burst: 20, everyMs: 250 },
  email: { burst: 5, everyMs: MINUTE_MS / 20 },
  slack: { burst: 3, everyMs: 1_200 },
  dingtalk: { burst: 5, everyMs: MINUTE_MS / 15 },
  feishu: { burst: 4, everyMs: MINUTE_MS / 80 },
  wecom: { burst: 5, everyMs: MINUTE_MS / 15 },
};

/** Longer than an evening's outage of a provider: the first tries come within a minute, the last after a day. */
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 10 * MINUTE_MS;
const GIVE_UP_MS = 24 * 60 * MINUTE_MS;

/** How an attempt ended. `refused`: trying again cannot help. */
export type SendOutcome =
  | { is: "delivered" }
  | { is: "failed"; error: string; retryAfterMs?: number }
  | { is: "refused"; error: string };

export type AttemptFacts = { attempts: number; createdMs: number; nowMs: number; random: number };
export type NextStep =
  | { state: "delivered" }
  | { state: "failed"; error: string }
  | { state: "pending"; error: string; atMs: number };

/**
 * What becomes of a delivery after its `attempts`-th attempt.
 * @param random in [0, 1): spreads retries over the second half of their delay
 */
export function afterAttempt(outcome: SendOutcome, { attempts, createdMs, nowMs, random }: AttemptFacts): NextStep {
  if (outcome.is === "delivered") return { state: "delivered" };
  if (outcome.is === "refused") return { state: "failed", error: outcome.error };
  const delayMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempts - 1, 20));
  const atMs = nowMs + Math.max(delayMs * (0.5 + random / 2), Math.min(outcome.retryAfterMs ?? 0, LONGEST_RETRY_MS));
  if (atMs - createdMs > GIVE_UP_MS) return { state: "failed", error: outcome.error };
  return { state: "pending", error: outcome.error, atMs: Math.round(atMs) };
}
