// LISTEN on PostgreSQL that never gives up. A notification is a hint and may be lost with its connection, so after every
// (re)connect the caller is told to read the tables again: `onConnected` runs once LISTEN is in force, before any
// notification of that connection is delivered, and nothing committed after it can be missed.
import pg from "pg";

export type ListenOptions = {
  url: string;
  /** Channel names; fixed words of our own (CHANNELS in lib/contracts/bus.ts), never input. */
  channels: readonly string[];
  onNotification: (channel: string, payload: string) => void;
  /** LISTEN is in force (again): re-read whatever the channels speak of. */
  onConnected: () => void;
  /** The connection was lost, or could not be made: for the log. Tried again by itself. */
  onDisconnected?: (cause: Error) => void;
  /** First and longest wait between two attempts. */
  minBackoffMs?: number;
  maxBackoffMs?: number;
  /** How often a silent connection is tested, and how long the test may take. */
  checkEveryMs?: number;
};

export type ListenHandle = {
  /** Stops for good; callbacks are not called any more. */
  close: () => Promise<void>;
  readonly connected: boolean;
};

/** Listens until closed. Never throws and never rejects: faults go to `onDisconnected` and are retried for ever. */
export function listen(options: ListenOptions): ListenHandle {
  const listener = new Listener(options);
  void listener.connect();
  return {
    get connected() {
      return listener.connected;
    },
    close: () => listener.close(),
  };
}

class Listener {
  readonly #options: ListenOptions & { minBackoffMs: number; maxBackoffMs: number; checkEveryMs: number };
  connected = false;
  #closed = false;
  #backoffMs: number;
  /** The connection in use or being made; events of any other are an earlier one's last words. */
  #client: pg.Client | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ListenOptions) {
    this.#options = { minBackoffMs: 100, maxBackoffMs: 2_000, checkEveryMs: 10_000, ...options };
    this.#backoffMs = this.#options.minBackoffMs;
  }

  async connect(): Promise<void> {
    const { url, channels, onNotification, onConnected, minBackoffMs, checkEveryMs } = this.#options;
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: 5_000,
      query_timeout: 5_000,
      keepAlive: true,
    });
    this.#client = client;
    client.on("error", (cause) => this.#lose(client, cause));
    client.on("end", () => this.#lose(client, new Error("the connection was closed")));
    try {
      await client.connect();
      await client.query(channels.map((channel) => `LISTEN ${pg.escapeIdentifier(channel)}`).join("; "));
    } catch (cause) {
      return this.#lose(client, cause as Error);
    }
    if (this.#client !== client) return;
    this.connected = true;
    this.#backoffMs = minBackoffMs;
    client.on("notification", (message) => onNotification(message.channel, message.payload ?? ""));
    this.#timer = setTimeout(() => this.#check(client), checkEveryMs);
    onConnected();
  }

  /** Half-open TCP connections give no event by themselves: a dead peer is noticed by its silence. */
  #check(client: pg.Client): void {
    client.query("SELECT 1").then(
      () => {
        if (this.#client === client) this.#timer = setTimeout(() => this.#check(client), this.#options.checkEveryMs);
      },
      (cause: Error) => this.#lose(client, cause),
    );
  }

  #lose(client: pg.Client, cause: Error): void {
    if (this.#client !== client) return;
    void this.#drop();
    this.#options.onDisconnected?.(cause);
    this.#timer = setTimeout(() => this.connect(), this.#backoffMs);
    this.#backoffMs = Math.min(this.#backoffMs * 2, this.#options.maxBackoffMs);
  }

  async #drop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    this.connected = false;
    clearTimeout(this.#timer);
    client?.removeAllListeners();
    // A client that is already dead still emits errors while it is torn down.
    client?.on("error", () => {});
    await client?.end().catch(() => {});
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#drop();
  }
}
