// Whether this process's database answers, known before a request waits for it: a server that hangs, as one does that is paused or cut
// off, refuses no connection, and every request would wait for its own time-out. One connection asks every second; from the
// second silence on everything answers at once, and what waits already is told.
import pg from "pg";
import { ServiceError } from "#lib/contracts/problem.ts";

/** Times are Unix milliseconds; `sinceMs`: when it answered last. */
export type DatabaseState = { state: "up" } | { state: "lost"; sinceMs: number };
type Listener = (state: DatabaseState) => void;

const ASK_EVERY_MS = 1_000;
const ANSWER_WITHIN_MS = 2_000;
/** One alone may be a machine out of breath. */
const SILENCES = 2;

class DatabaseWatch {
  state: DatabaseState = { state: "up" };
  readonly listeners = new Set<Listener>();
  #client: pg.Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #answeredMs = Date.now();
  #silences = 0;
  #url: string | undefined;

  start(url: string): void {
    if (this.#url !== undefined) return;
    this.#url = url;
    this.#answeredMs = Date.now();
    void this.#ask();
  }

  stop(): void {
    this.#url = undefined;
    clearTimeout(this.#timer);
    this.#drop();
    this.#set({ state: "up" });
  }

  async #ask(): Promise<void> {
    const url = this.#url;
    let waitMs = ASK_EVERY_MS;
    try {
      const client = this.#client ?? (await this.#connect(url));
      await client.query("SELECT 1");
      if (this.#url !== url) return;
      [this.#silences, this.#answeredMs] = [0, Date.now()];
      this.#set({ state: "up" });
    } catch {
      this.#drop();
      if (this.#url !== url) return;
      this.#silences++;
      // Asked again by a new connection: that this one broke says nothing yet.
      if (this.#silences < SILENCES) waitMs = 0;
      else if (this.state.state === "up") this.#set({ state: "lost", sinceMs: this.#answeredMs });
    }
    this.#timer = setTimeout(() => void this.#ask(), waitMs);
  }

  async #connect(connectionString: string | undefined): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString,
      connectionTimeoutMillis: ANSWER_WITHIN_MS,
      query_timeout: ANSWER_WITHIN_MS,
      application_name: "gemini-balance watch",
    });
    client.on("error", () => {});
    this.#client = client;
    await client.connect();
    return client;
  }

  #drop(): void {
    void this.#client?.end().catch(() => {});
    this.#client = undefined;
  }

  #set(state: DatabaseState): void {
    if (state.state === this.state.state) return;
    this.state = state;
    for (const listener of [...this.listeners]) listener(state);
  }
}

// A bundler may hold this module more than once in a process.
const kept = globalThis as { gbDatabaseWatch?: DatabaseWatch };
kept.gbDatabaseWatch ??= new DatabaseWatch();
const watch = kept.gbDatabaseWatch;

/** Watches the database at `url` from now on; until then it counts as up. */
export const watchDatabase = (url: string): void => watch.start(url);
export const stopWatchingDatabase = (): void => watch.stop();
export const databaseState = (): DatabaseState => watch.state;

/** @returns a function that ends it */
export function onDatabaseState(listener: Listener): () => void {
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
