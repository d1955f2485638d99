// Whether a database answers: a server that hangs, as one does that is paused or cut off, refuses no connection, and whoever asks it waits
// for a time-out of its own. One connection asks every second, and of nothing else; from the second silence on the database is
// lost, five seconds after its last answer at the latest, or at once where connections are refused.
import pg from "pg";

/** Times are Unix milliseconds; `sinceMs`: when it answered last. */
export type DatabaseState = { state: "up" } | { state: "lost"; sinceMs: number };
export type DatabaseListener = (state: DatabaseState) => void;

const ASK_EVERY_MS = 1_000;
const ANSWER_WITHIN_MS = 2_000;
/** One alone may be a machine out of breath. */
const SILENCES = 2;

export class DatabasePulse {
  state: DatabaseState = { state: "up" };
  readonly listeners = new Set<DatabaseListener>();
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

  /** From then on it counts as up, and nobody is told. */
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
