import { setTimeout as setTimer } from "node:timers";
import { type NotifierOptions, notify } from "#workers/notify/notifier.ts";
import type { Log } from "./log.ts";
import { type Repeating, repeat } from "./repeat.ts";

/** What a lost notification of the database costs at most. */
const EVERY_MS = 5_000;
const SOONEST_MS = 20;

/** Tells the channels of alerts: every few seconds, when kicked, and when something falls due. */
export function startNotificationKeeper(log: Log, options: NotifierOptions): Repeating {
  let next: NodeJS.Timeout | undefined;
  const keeper = repeat("telling the notification channels", EVERY_MS, log, async () => {
    clearTimeout(next);
    const dueMs = await notify(options);
    if (dueMs === null) return;
    const inMs = Math.max(SOONEST_MS, dueMs - Date.now());
    if (inMs < EVERY_MS) next = setTimer(() => void keeper.kick(), inMs);
  });
  return {
    kick: keeper.kick,
    stop: async () => {
      await keeper.stop();
      clearTimeout(next);
      await options.sender.close();
    },
  };
}
