// Which channel is told of which alert.
import type { Alert } from "#lib/contracts/alerts.ts";
import type { Labels } from "#lib/contracts/config/labels.ts";
import { ChannelMatch, type Delivery } from "#lib/contracts/notifications.ts";
import { matchesLabels } from "#lib/core/alerts/labels.ts";
import { stored } from "../stored.ts";

/** `labels` null: it is about neither pool nor node. */
export type RoutedAlert = Pick<Alert, "rule" | "level" | "poolId"> & { labels: Labels | null };

/** @param event `resolved` is told only where both the alert and its end are asked for */
export function isTold(match: ChannelMatch, alert: RoutedAlert, event: Exclude<Delivery["event"], "test">): boolean {
  if (event === "resolved" && !match.resolved) return false;
  if (alert.level > match.leastLevel) return false;
  if (match.rules.length > 0 && !(match.rules as readonly string[]).includes(alert.rule)) return false;
  if (!matchesLabels(match.labels, alert.labels)) return false;
  return match.poolIds.length === 0 || (alert.poolId !== null && match.poolIds.includes(alert.poolId));
}

/**
 * As another version may have stored it. What cannot be read is no condition: rather told than not.
 * @returns `unreadable`: which part it is, `match.rules.0`; null: none
 */
export function storedMatch(match: unknown): { match: ChannelMatch; unreadable: string | null } {
  const read = stored(ChannelMatch, match, "match");
  if (read.is === "read") return { match: read.value, unreadable: null };
  return { match: ChannelMatch.parse({}), unreadable: read.at };
}
