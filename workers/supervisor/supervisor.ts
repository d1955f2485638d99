// Starts everything in order, keeps it alive, and stops it in order. It does nothing else: what does nothing else does
// not crash. Serving comes first: a worker that has a configuration on disk proxies before PostgreSQL is even asked for.
import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { bootstrapAccess, type CreatedAdmin } from "#lib/store/bootstrap-access.ts";
import { migrate } from "#lib/store/migrate.ts";
import { httpAddress } from "./address.ts";
import { restartDelayMs } from "./backoff.ts";
import { adminLines, banner } from "./banner.ts";
import { ensureBuilt, isBuilt } from "./build.ts";
import { describeDatabase, probeDatabase } from "./database.ts";
import { StartFaults } from "./faults.ts";
import { bindListeningSocket, type ListeningSocket } from "./listening-socket.ts";
import { say, seconds, warn } from "./log.ts";
import { ManagedProcess, type ProcessSpec } from "./managed-process.ts";
import { embeddedPostgres } from "./postgres/managed.ts";
import { controlSpec, proxyCount, proxySpec, type Settings, webEnv, webSpec } from "./specs.ts";
import type { StateFile } from "./state-file.ts";

/** How long an ordered stop waits for an initdb, a build or a migration that was under way. */
const UNFINISHED_LIMIT_MS = 3_000;

export class Supervisor {
  readonly #settings: Settings;
  readonly #state: StateFile;
  readonly #stop = new AbortController();
  /** In the order in which they are stopped. */
  #web: ManagedProcess | undefined;
  #control: ManagedProcess | undefined;
  #proxies: ManagedProcess[] = [];
  #postgres: ManagedProcess | undefined;
  #socket: ListeningSocket | undefined;
  #work: Promise<unknown>[] = [];

  constructor(settings: Settings, state: StateFile) {
    this.#settings = settings;
    this.#state = state;
  }

  /**
   * Resolves when everything serves and the banner is printed.
   * @throws when something that a restart cannot mend is wrong; call `stop` then.
   */
  async start(): Promise<void> {
    const { env, dir } = this.#settings;
    this.#socket = await bindListeningSocket(env.GB_PROXY_BIND, env.GB_PROXY_PORT);
    const proxying = fs.existsSync(dir.config) ? this.#startProxies() : undefined;
    const databaseUrl = env.DATABASE_URL ? () => env.DATABASE_URL as string : await this.#startPostgres();
    // Web takes longest to be ready: it starts beside PostgreSQL, and its build beside everything else.
    const web = this.#startWeb(databaseUrl);
    web.catch(() => {}); // awaited below, after what may fail first
    await this.#postgres?.start();
    const admin = await this.#track(this.#prepareDatabase(databaseUrl()));
    this.#control = this.#manage(controlSpec(this.#settings, databaseUrl));
    await Promise.all([this.#control.start(), proxying ?? this.#startProxies(), web]);
    process.stdout.write(banner(this.#settings, admin, performance.now()));
  }

  /** Stops web, control, the proxies (which finish what is in flight) and PostgreSQL, one after the other. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error("stopped"));
    // Whatever still uses PostgreSQL, or is being ended itself, comes first; it is not waited for without end.
    await Promise.race([Promise.allSettled(this.#work), sleep(UNFINISHED_LIMIT_MS)]);
    await this.#web?.stop();
    await this.#control?.stop();
    this.#socket?.close();
    await Promise.all(this.#proxies.map((proxy) => proxy.stop()));
    await this.#postgres?.stop();
    this.#state.release();
  }

  #manage(spec: ProcessSpec): ManagedProcess {
    this.#stop.signal.throwIfAborted();
    return new ManagedProcess(spec, this.#record);
  }

  readonly #record = (): void => {
    const all = [this.#web, this.#control, ...this.#proxies, this.#postgres];
    this.#state.write(all.flatMap((one) => (one?.pid === undefined ? [] : [{ name: one.name, pid: one.pid }])));
  };

  async #startProxies(): Promise<void> {
    const { env } = this.#settings;
    const fd = (this.#socket as ListeningSocket).fd;
    this.#proxies = Array.from({ length: proxyCount(env) }, (_, index) =>
      this.#manage(proxySpec(this.#settings, index, fd)),
    );
    await Promise.all(this.#proxies.map((proxy) => proxy.start()));
    say(`Proxying on ${httpAddress(env.GB_PROXY_BIND, env.GB_PROXY_PORT)} (after ${seconds(performance.now())})`);
  }

  /** Starts PostgreSQL without waiting for it; the address it returns is final once it was ready. */
  async #startPostgres(): Promise<() => string> {
    const embedded = await this.#track(embeddedPostgres(this.#settings.dir, this.#record));
    this.#stop.signal.throwIfAborted();
    this.#postgres = embedded.process;
    const expected = embedded.url();
    void this.#postgres.start().then(() => {
      // Somebody took its port in the last instant: whoever was told the old address starts again with the new one.
      if (embedded.url() !== expected) this.#web?.restart();
    });
    return embedded.url;
  }

  async #startWeb(databaseUrl: () => string): Promise<void> {
    const { root, dev } = this.#settings;
    if (!dev && !isBuilt(root)) {
      say("Building the web interface, which takes about half a minute");
      await this.#track(ensureBuilt(root, webEnv(this.#settings, databaseUrl()), this.#stop.signal));
    }
    this.#web = this.#manage(webSpec(this.#settings, databaseUrl));
    await this.#web.start();
  }

  /** Has an ordered stop wait for `work`. */
  #track<T>(work: Promise<T>): Promise<T> {
    this.#work.push(work);
    return work;
  }

  /** Migrates and makes the first administrator, waiting for the database as long as that takes. */
  async #prepareDatabase(url: string): Promise<CreatedAdmin | null> {
    const { GB_ADMIN_EMAIL: adminEmail, GB_ADMIN_PASSWORD: adminPassword, GB_API_TOKEN: apiToken } = this.#settings.env;
    for (let failures = 1; ; failures++) {
      try {
        const { applied, changed } = await migrate(url);
        if (applied.length > 0) say(`Database is up to date (${applied.length} migrations applied)`);
        for (const name of changed) warn(`Migration ${name} was changed after it had been applied`);
        const { createdAdmin } = await bootstrapAccess(url, { adminEmail, adminPassword, apiToken });
        // At once, too: should the start fail later, this password is known all the same.
        if (createdAdmin) for (const line of adminLines(createdAdmin)) say(line);
        return createdAdmin;
      } catch (error) {
        const probe = await probeDatabase(url);
        if (probe.state === "reachable") throw error;
        if (probe.state === "refused") throw new StartFaults([`DATABASE_URL: ${probe.message}`]);
        const delayMs = restartDelayMs(failures);
        warn(`THE DATABASE ${describeDatabase(url)} CANNOT BE REACHED (${probe.message}).`);
        warn(`The proxies serve the last configuration; everything else waits. Trying again in ${delayMs} ms.`);
        await sleep(delayMs, undefined, { signal: this.#stop.signal });
      }
    }
  }
}
