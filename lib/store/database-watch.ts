// Whether this process's database answers, known before a request waits for it (database-pulse.ts): from the second silence on
// everything answers at once, and what waits already is told.
import { ServiceError } from "#lib/contracts/problem.ts";
import { type DatabaseListener, DatabasePulse, type DatabaseState } from "./database-pulse.ts";

// A bundler may hold this module more than once in a process.
const kept = globalThis as { gbDatabaseWatch?: DatabasePulse };
kept.gbDatabaseWatch ??= new DatabasePulse();
const watch = kept.gbDatabaseWatch;

/** Watches the database at `url` from now on; until then it counts as up. */
export const watchDatabase = (url: string): void => watch.start(url);
export const stopWatchingDatabase = (): void => watch.stop();
export const databaseState = (): DatabaseState => watch.state;

/** @returns a function that ends it */
export function onDatabaseState(listener: DatabaseListener): () => void {
  watch.listeners.add(listener);
  return () => watch.listeners.delete(listener);
}

/**
 * What `act` makes, unless the database is lost or gets lost meanwhile: nobody waits for it any longer then, and what comes of it is
 * passed over.
 * @throws {ServiceError} `database-unavailable` at once, with since when
 */
export function whileDatabaseAnswers<T>(act: () => Promise<T>): Promise<T> {
  if (watch.state.state === "lost") return Promise.reject(unavailable(watch.state.sinceMs));
  return new Promise<T>((resolve, reject) => {
    const stop = onDatabaseState((state) => {
      if (state.state === "lost") reject(unavailable(state.sinceMs));
    });
    act().then(resolve, reject).finally(stop);
  });
}

const unavailable = (sinceMs: number): ServiceError =>
  new ServiceError(
    "database-unavailable",
    "The database does not answer. Traffic goes on; try again in a moment. Whether a change that was under way when it was lost has been made can be told when it is back.",
    { since: new Date(sinceMs).toISOString() },
  );
