import { streamHub } from "#lib/server/live/hub.ts";
import { closeNotifications } from "#lib/store/notifications.ts";

/** Long enough for answers under way; Next itself would wait much longer for a client that does not read. */
const STOP_MS = 3_000;

/** Ties this process to the supervisor's: it stops when told to, and does not outlive it. */
export function start(): void {
  process.on("SIGTERM", () => {
    // Open streams would keep the server from closing.
    streamHub().close();
    void closeNotifications();
    setTimeout(() => process.exit(0), STOP_MS).unref();
  });
  process.on("disconnect", () => process.exit(0));
}
