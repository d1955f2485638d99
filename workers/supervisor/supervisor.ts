// Starts everything in order, keeps it alive, and stops it in order. It does nothing else: what does nothing else does
// not crash. Serving comes first: a worker that has a configuration on disk proxies before PostgreSQL is even asked for.
import fs from "node:fs";
import type { Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { bootstrapAccess, type CreatedAdmin } from "#lib/store/bootstrap-access.ts";
import { ProductRoleError } from "#lib/store/product-role.ts";
import { requireSecretKey, WrongSecretKeyError } from "#lib/store/secret-check.ts";
import { secretKeyOf } from "#lib/store/secret-key.ts";
import { httpAddress } from "./address.ts";
import { restartDelayMs } from "./backoff.ts";
import { adminLines, banner } from "./banner.ts";
import { ensureBuilt, isBuilt } from "./build.ts";
import { type Command, listenForCommands } from "./commands.ts";
import { describeDatabase, isAnswer } from "./database.ts";
import { StartFaults } from "./faults.ts";
import { bindListeningSocket, type ListeningSocket } from "./listening-socket.ts";
import { say, seconds, warn } from "./log.ts";
import { ManagedProcess, type ProcessSpec } from "./managed-process.ts";
import { embeddedPostgres } from "./postgres/managed.ts";
import { ProxyFleet } from "./proxy-fleet.ts";
import { type DatabaseUrls, givenDatabase, prepareSchema, probeRoles } from "./schema.ts";
import { controlSpec, proxyCount, proxySpec, type Settings, secretKeyText, webEnv, webSpec } from "./specs.ts";
import type { StateFile } from "./state-file.ts";

/** How long an ordered stop waits for an initdb, a build or a migration that was under way. */
const UNFINISHED_LIMIT_MS = 3_000;
/** How long a worker that proxies already waits for the database to be prepared before it does without. */
const DATABASE_AHEAD_MS = 1_500;
/** How long the proxies that start from the disk have the processors to themselves: those that never serve hold up nobody. */
const PROXIES_AHEAD_MS = 3_000;

export class Supervisor {
  readonly #settings: Settings;
  readonly #state: StateFile;
  readonly #isDatabaseAway: boolean;
  readonly #stop = new AbortController();
  /** In the order in which they are stopped. */
  #web: ManagedProcess | undefined;
  #control: ManagedProcess | undefined;
  readonly #proxies: ProxyFleet;
  #proxyCount: number;
  #postgres: ManagedProcess | undefined;
  #socket: ListeningSocket | undefined;
  #tlsSocket: ListeningSocket | undefined;
  #commands: Server | undefined;
  #work: Promise<unknown>[] = [];

  /** @param isDatabaseAway it is known not to answer: what can do without is started without waiting for it */
  constructor(settings: Settings, state: StateFile, isDatabaseAway: boolean) {
    this.#settings = settings;
    this.#state = state;
    this.#isDatabaseAway = isDatabaseAway;
    this.#proxyCount = proxyCount(settings.env);
    const proxy = (index: number, count: number) =>
      proxySpec(settings, index, count, {
        clear: (this.#socket as ListeningSocket).fd,
        tls: this.#tlsSocket?.fd ?? null,
      });
    this.#proxies = new ProxyFleet(proxy, () => this.#record());
  }

  /**
   * Resolves when everything serves and the banner is printed.
   * @throws when something that a restart cannot mend is wrong; call `stop` then.
   */
  async start(): Promise<void> {
    const { env, dir } = this.#settings;
    const { GB_PROXY_BIND: bind, GB_PROXY_TLS_PORT: tlsPort } = env;
    this.#socket = await bindListeningSocket(bind, env.GB_PROXY_PORT);
    if (tlsPort !== undefined) this.#tlsSocket = await bindListeningSocket(bind, tlsPort);
    const proxying = fs.existsSync(dir.config) ? this.#startProxies() : undefined;
    const { DATABASE_URL: given, GB_MIGRATION_DATABASE_URL: owner } = env;
    const urls = given === undefined ? await this.#startPostgres() : givenDatabase(given, owner);
    const databaseUrl = urls.product;
    // The first request is not to wait for processors that others are busy with.
    const proxied = proxying && Promise.race([proxying, sleep(PROXIES_AHEAD_MS, undefined, { ref: false })]);
    // Web takes longest to be ready: it starts beside PostgreSQL, and its build beside everything else.
    const web = proxied ? proxied.then(() => this.#startWeb(databaseUrl)) : this.#startWeb(databaseUrl);
    web.catch(() => {}); // awaited below, after what may fail first
    const prepared = this.#track(
      (async () => {
        await this.#postgres?.start();
        return this.#prepareDatabase(urls);
      })(),
    );
    // What proxies from its disk checks its nodes from there as well, however long the database is away.
    if (proxied === undefined) await prepared;
    else if (this.#isDatabaseAway) await Promise.race([prepared, proxied]);
    else await Promise.race([prepared, sleep(DATABASE_AHEAD_MS, undefined, { ref: false })]);
    this.#control = this.#manage(controlSpec(this.#settings, this.#proxyCount, databaseUrl));
    const serving = Promise.all([this.#control.start(), proxying ?? this.#startProxies(), web]);
    const [admin] = await Promise.all([prepared, serving]);
    const reload = (command: Command, tell: (text: string) => void) => this.#reload(command, tell, urls);
    this.#commands = await listenForCommands(dir.commands, reload);
    process.stdout.write(banner(this.#settings, admin, performance.now()));
  }

  /**
   * Replaces the processes by what the checkout holds now: the proxies first, and one by one, so that a version that
   * cannot serve replaces nothing.
   */
  async #reload({ processes }: Command, tell: (text: string) => void, urls: DatabaseUrls): Promise<void> {
    this.#proxyCount = processes ?? this.#proxyCount;
    const databaseUrl = urls.product;
    const { applied } = await prepareSchema(urls);
    if (applied.length > 0) tell(`Database is up to date (${applied.length} migrations applied)`);
    const { root, dev } = this.#settings;
    if (!dev && !isBuilt(root)) {
      tell("Building the web interface, which takes about half a minute");
      await this.#track(ensureBuilt(root, webEnv(this.#settings, databaseUrl()), this.#stop.signal));
    }
    await this.#proxies.replace(this.#proxyCount);
    tell(`Proxy processes are replaced: ${this.#proxyCount} serve`);
    await this.#control?.stop();
    this.#control = this.#manage(controlSpec(this.#settings, this.#proxyCount, databaseUrl));
    await this.#control.start();
    tell("Control is replaced");
    await this.#web?.stop();
    this.#web = this.#manage(webSpec(this.#settings, databaseUrl));
    await this.#web.start();
    tell("Web is replaced");
    await this.#proxies.allLeft();
    tell("The proxy processes of before have ended");
  }

  /** Stops web, control, the proxies (which finish what is in flight) and PostgreSQL, one after the other. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error("stopped"));
    this.#commands?.close();
    // Whatever still uses PostgreSQL, or is being ended itself, comes first; it is not waited for without end.
    await Promise.race([Promise.allSettled(this.#work), sleep(UNFINISHED_LIMIT_MS)]);
    await this.#web?.stop();
    await this.#control?.stop();
    this.#socket?.close();
    this.#tlsSocket?.close();
    await this.#proxies.stop();
    await this.#postgres?.stop();
    this.#state.release();
  }

  #manage(spec: ProcessSpec): ManagedProcess {
    this.#stop.signal.throwIfAborted();
    return new ManagedProcess(spec, this.#record);
  }

  readonly #record = (): void => {
    const all = [this.#web, this.#control, ...this.#proxies.processes, this.#postgres];
    this.#state.write(all.flatMap((one) => (one?.pid === undefined ? [] : [{ name: one.name, pid: one.pid }])));
  };

  async #startProxies(): Promise<void> {
    const { env } = this.#settings;
    await this.#proxies.start(this.#proxyCount);
    say(`Proxying on ${httpAddress(env.GB_PROXY_BIND, env.GB_PROXY_PORT)} (after ${seconds(performance.now())})`);
  }

  /** Starts PostgreSQL without waiting for it; the address it returns is final once it was ready. */
  async #startPostgres(): Promise<DatabaseUrls> {
    const embedded = await this.#track(embeddedPostgres(this.#settings.dir, this.#record));
    this.#stop.signal.throwIfAborted();
    this.#postgres = embedded.process;
    const expected = embedded.urls.product();
    void this.#postgres.start().then(() => {
      // Somebody took its port in the last instant: whoever was told the old address starts again with the new one.
      if (embedded.urls.product() !== expected) this.#web?.restart();
    });
    return embedded.urls;
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
  async #prepareDatabase(urls: DatabaseUrls): Promise<CreatedAdmin | null> {
    const { GB_ADMIN_EMAIL: adminEmail, GB_ADMIN_PASSWORD: adminPassword, GB_API_TOKEN: apiToken } = this.#settings.env;
    let wasReachable = false;
    for (let failures = 1; ; failures++) {
      try {
        const { applied, changed } = await prepareSchema(urls);
        if (applied.length > 0) say(`Database is up to date (${applied.length} migrations applied)`);
        for (const name of changed) warn(`Migration ${name} was changed after it had been applied`);
        const url = urls.product();
        await requireSecretKey(url, secretKeyOf(secretKeyText(this.#settings)));
        const { createdAdmin } = await bootstrapAccess(url, { adminEmail, adminPassword, apiToken });
        // At once, too: should the start fail later, this password is known all the same.
        if (createdAdmin) for (const line of adminLines(createdAdmin)) say(line);
        return createdAdmin;
      } catch (error) {
        if (error instanceof WrongSecretKeyError || error instanceof ProductRoleError)
          throw new StartFaults([error.message]);
        const { name, url, probe } = await probeRoles(urls);
        // It may have come back between the two: only what it says itself, or goes on, is not mended by trying again.
        if (probe.state === "reachable") {
          if (isAnswer(error) || wasReachable) throw error;
          wasReachable = true;
          continue;
        }
        wasReachable = false;
        if (probe.state === "refused") throw new StartFaults([`${name}: ${probe.message}`]);
        const delayMs = restartDelayMs(failures);
        warn(`THE DATABASE ${describeDatabase(url)} CANNOT BE REACHED (${probe.message}).`);
        warn(`The proxies serve the last configuration; everything else waits. Trying again in ${delayMs} ms.`);
        await sleep(delayMs, undefined, { signal: this.#stop.signal });
      }
    }
  }
}
