import { streamHub } from "#lib/server/live/hub.ts";
import { writeTrueAddresses } from "#lib/server/true-address.ts";
import { onDatabaseState, stopWatchingDatabase, watchDatabase } from "#lib/store/database-watch.ts";
import { databaseUrl } from "#lib/store/db.ts";
import { closeNotifications } from "#lib/store/notifications.ts";

/** Long enough for answers under way; Next itself would wait much longer for a client that does not read. */
const STOP_MS = 3_000;

/** Ties this process to the supervisor's: it stops when told to, and does not outlive it. */
export function start(): void {
  // A public address means that something in front of us forwards requests.
  writeTrueAddresses(process.env.GB_PUBLIC_URL !== undefined);
  onDatabaseState(({ state }) =>
    console.error(JSON.stringify({ level: "warn", from: "database", message: state === "up" ? "is back" : "is lost" })),
  );
  watchDatabase(databaseUrl());
  process.on("SIGTERM", () => {
    stopWatchingDatabase();
    // Open streams would keep the server from closing.
    streamHub().close();
    void closeNotifications();
    setTimeout(() => process.exit(0), STOP_MS).unref();
  });
  process.on("disconnect", () => process.exit(0));
}
