// One hub per process feeds every open stream: one LISTEN connection and one read per change, however many browsers there
// are. Notifications are only hints; after a lost connection everybody is synchronised from the tables again.
import { CHANNELS } from "#lib/contracts/bus.ts";
import type { LiveNode, LiveTick, StreamEvents, WorkerView } from "#lib/contracts/views.ts";
import { openClient, type StreamClient } from "#lib/server/live/client.ts";
import { EventIds } from "#lib/server/live/event-ids.ts";
import { GatheredIds, NODES_MS, RESOURCES_MS, Timers } from "#lib/server/live/gathered-ids.ts";
import { KnownViewers } from "#lib/server/live/known-viewers.ts";
import { Outage } from "#lib/server/live/outage.ts";
import { type Gathering, gatherSeconds } from "#lib/server/live/seconds.ts";
import { encodeEvent, HEARTBEAT } from "#lib/server/live/sse.ts";
import { TickRing, WINDOW_MS } from "#lib/server/live/tick-ring.ts";
import { readAdmitted } from "#lib/services/admitted.ts";
import { readAlert, readHistory, readLiveNodes, readTicks, readUnsettled } from "#lib/services/live.ts";
import { readLiveResources } from "#lib/services/resources/read-resources.ts";
import { headNumber } from "#lib/services/revisions/read-revisions.ts";
import type { DatabaseState } from "#lib/store/database-pulse.ts";
import { databaseState, onDatabaseState } from "#lib/store/database-watch.ts";
import { db } from "#lib/store/db.ts";
import { subscribe } from "#lib/store/notifications.ts";
import { readWorkers } from "#lib/store/workers.ts";

const HEARTBEAT_MS = 15_000;
/** A worker that dies tells nobody, nor does a drain that runs empty: they are looked at this often. */
const WATCH_MS = 1_000;
const RETRY_MS = 1_000;
/** A page that is loaded again finds the hub still running. */
const LINGER_MS = 15_000;

export class StreamHub {
  #clients = new Set<StreamClient>();
  #ring = new TickRing();
  #seconds: Gathering;
  #nodes = new GatheredIds();
  /** Of which there are other resources to tell. */
  #resources = new GatheredIds();
  /** Status last told of nodes whose status changes by itself. */
  #unsettled = new Map<string, string>();
  #workers = new Map<string, WorkerView>();
  #revision = 0;
  #lastTickMs = 0;
  #synced = false;
  /** Reads of nodes follow one another: told out of turn, an older state would be the last word. */
  #turn: Promise<void> = Promise.resolve();
  readonly #ids = new EventIds();
  /** Set while the hub runs; called once to stop it. */
  #stop: (() => void) | undefined;
  #linger: NodeJS.Timeout | undefined;
  #timers = new Timers();
  readonly #known = new KnownViewers();
  readonly #outage = new Outage();
  /** Pending attempt to synchronise after a failed read. */
  #retry: NodeJS.Timeout | undefined;

  constructor() {
    this.#seconds = gatherSeconds(
      () => [...this.#workers.values()].filter((worker) => worker.state === "live").length,
      (atMs) => this.#attempt(() => this.#tellSecond(atMs)),
    );
  }

  get clientCount(): number {
    return this.#clients.size;
  }

  /** A new stream, which opens with `sync` and ends with `signal`, or when one of its `owners` may not get in any more. */
  open(signal: AbortSignal, owners: readonly string[], credential = ""): ReadableStream<Uint8Array> {
    const client = openClient(signal, (closed) => this.#left(closed), owners, credential);
    if (signal.aborted) return client.body;
    this.#clients.add(client);
    this.#known.came(credential, owners);
    clearTimeout(this.#linger);
    const database = databaseState();
    if (!this.#stop) this.#start();
    else if (database.state === "lost") client.send(encodeEvent("database", database, ""));
    else if (this.#synced) client.send(this.#sync(this.#ids.newest));
    if (database.state === "lost") client.send(this.#sync(this.#ids.newest, this.#outage.ticks));
    return client.body;
  }

  /** The same while the database is lost; null for who was not known when it was. */
  openKnown(signal: AbortSignal, credential: string): ReadableStream<Uint8Array> | null {
    const owners = this.#known.find(credential);
    return owners && this.open(signal, owners, credential);
  }

  /** Ends every stream and stops: the server waits for open answers before it closes. */
  close(): void {
    for (const client of this.#clients) client.close();
    this.#halt();
  }

  #start(): void {
    const unsubscribe = subscribe({
      onConnected: () => this.#attempt(() => this.#resync()),
      onNotification: (channel, payload) => this.#noted(channel, payload),
    });
    const beat = setInterval(() => {
      this.#broadcast(HEARTBEAT);
      this.#attempt(() => this.#lookAtOwners());
    }, HEARTBEAT_MS);
    const watch = setInterval(() => this.#attempt(() => this.#look()), WATCH_MS);
    const unwatch = onDatabaseState((state) => this.#databaseChanged(state));
    const database = databaseState();
    if (database.state === "lost") this.#databaseChanged(database);
    this.#stop = () => {
      unsubscribe();
      unwatch();
      this.#outage.end();
      clearInterval(beat);
      clearInterval(watch);
    };
  }

  /** Told at once, in or out of step: who looks at a page must know why it stands still. When it is back, all is read anew. */
  #databaseChanged(state: DatabaseState): void {
    this.#broadcast(encodeEvent("database", state, this.#ids.next()));
    this.#outage.end();
    if (state.state === "up") {
      this.#attempt(() => this.#resync());
      return;
    }
    this.#synced = false;
    this.#outage.begin((name, payload) => this.#broadcast(encodeEvent(name, payload, this.#ids.next())));
  }

  #left(client: StreamClient): void {
    this.#clients.delete(client);
    this.#known.left(client.credential, Date.now());
    if (this.#clients.size === 0) this.#linger = setTimeout(() => this.#halt(), LINGER_MS).unref();
  }

  #halt(): void {
    clearTimeout(this.#linger);
    this.#stop?.();
    this.#stop = undefined;
    this.#synced = false;
    this.#seconds.stop();
    this.#timers.stop();
    this.#retry = undefined;
    this.#nodes.take();
    this.#resources.take();
    this.#ring.clear();
    this.#lastTickMs = 0;
    // Nobody looks after them; in an outage nobody can, and they are looked at when it is over.
    if (databaseState().state === "up") this.#known.clear();
  }

  /** Reads everything anew and synchronises every stream; until it succeeds, nobody is told a part of it. */
  async #resync(): Promise<void> {
    this.#synced = false;
    await this.#lookAtOwners();
    const now = Date.now();
    const [ticks, revision, workers] = await Promise.all([
      readHistory(now - WINDOW_MS, now + WINDOW_MS),
      headNumber(),
      readWorkers(db()),
    ]);
    if (!this.#stop) return;
    for (const tick of ticks) this.#ring.put(tick);
    this.#lastTickMs = Math.max(this.#lastTickMs, ticks.at(-1)?.atMs ?? 0);
    this.#revision = revision;
    this.#workers = new Map(workers.map((worker) => [worker.id, worker]));
    this.#synced = true;
    this.#broadcast(this.#sync(this.#ids.next()));
  }

  #sync(id: string, ticks = this.#ring.ticks()): Uint8Array {
    const payload = { atMs: Date.now(), revision: this.#revision, ticks };
    return encodeEvent("sync", payload, id);
  }

  #noted(channel: string, payload: string): void {
    if (channel === CHANNELS.tick) {
      const [workerId = "", atMs] = payload.split(" ");
      this.#seconds.noted(workerId, Number(atMs));
    } else if (channel === CHANNELS.facts || channel === CHANNELS.runtime) {
      if (this.#nodes.add(payload)) this.#soon(NODES_MS, () => this.#tellNodes());
    } else if (channel === CHANNELS.resources) {
      if (this.#resources.add(payload)) this.#soon(RESOURCES_MS, () => this.#tellResources());
    } else if (channel === CHANNELS.alert) this.#attempt(() => this.#tellAlert(payload));
    else if (channel === CHANNELS.worker) this.#attempt(() => this.#tellWorkers(payload));
    else if (channel === CHANNELS.access) this.#shutOut(payload.split(","));
    else if (channel === CHANNELS.revision) {
      this.#revision = Math.max(this.#revision, Number(payload));
      this.#tell("revision", { number: Number(payload) });
    }
  }

  #shutOut(ids: readonly string[]): void {
    this.#known.shutOut(ids);
    for (const client of this.#clients) if (client.owners.some((id) => ids.includes(id))) client.close();
  }

  /** Who was told of while nobody listened, or whose time has run out: nobody tells of that. */
  async #lookAtOwners(): Promise<void> {
    const clients = [...this.#clients];
    const admitted = await readAdmitted([...clients.flatMap(({ owners }) => owners), ...this.#known.owners]);
    this.#known.retain(admitted, Date.now());
    for (const client of clients) if (!client.owners.every((id) => admitted.has(id))) client.close();
  }

  async #tellSecond(atMs: number): Promise<void> {
    const [tick] = await readTicks(atMs - 1, atMs);
    if (!tick) return;
    this.#ring.put(tick);
    // A frame that comes after its second was told is in the next sync; browsers take seconds in order.
    if (tick.atMs <= this.#lastTickMs) return;
    this.#lastTickMs = tick.atMs;
    this.#tell("tick", tick satisfies LiveTick);
  }

  #tellNodes(): Promise<void> {
    return this.#inTurn(async () => {
      for (const node of await readLiveNodes(this.#nodes.take())) this.#tellNode(node);
    });
  }

  async #tellResources(): Promise<void> {
    const nodes = await readLiveResources(this.#resources.take());
    if (nodes.length > 0) this.#tell("resources", { nodes });
  }

  #inTurn(read: () => Promise<void>): Promise<void> {
    const mine = this.#turn.then(read);
    this.#turn = mine.catch(() => {});
    return mine;
  }

  #tellNode(node: LiveNode): void {
    this.#unsettled.set(node.nodeId, `${node.status} ${node.statusReason}`);
    this.#tell("node", node);
  }

  async #look(): Promise<void> {
    await this.#tellWorkers();
    await this.#inTurn(() => this.#lookAtUnsettled());
  }

  async #lookAtUnsettled(): Promise<void> {
    const ids = await readUnsettled();
    for (const id of this.#unsettled.keys()) if (!ids.has(id)) this.#unsettled.delete(id);
    if (ids.size === 0) return;
    for (const node of await readLiveNodes(ids))
      if (this.#unsettled.get(node.nodeId) !== `${node.status} ${node.statusReason}`) this.#tellNode(node);
  }

  async #tellAlert(id: string): Promise<void> {
    const alert = await readAlert(id);
    if (alert) this.#tell("alert", alert);
  }

  /** Tells of the worker that made itself known, and of those that came to life or were lost. */
  async #tellWorkers(noted?: string): Promise<void> {
    const before = this.#workers;
    const workers = await readWorkers(db());
    this.#workers = new Map(workers.map((worker) => [worker.id, worker]));
    for (const worker of workers)
      if (worker.id === noted || before.get(worker.id)?.state !== worker.state) this.#tell("worker", worker);
  }

  #tell<K extends keyof StreamEvents>(name: K, payload: StreamEvents[K]): void {
    if (this.#synced) this.#broadcast(encodeEvent(name, payload, this.#ids.next()));
  }

  #broadcast(bytes: Uint8Array): void {
    for (const client of this.#clients) client.send(bytes);
  }

  #soon(delayMs: number, act: () => Promise<void>): NodeJS.Timeout {
    return this.#timers.in(delayMs, () => this.#attempt(act));
  }

  /** A read that fails means that something was missed: everybody is synchronised as soon as reading works again. */
  #attempt(act: () => Promise<void>): void {
    if (databaseState().state === "lost") {
      this.#synced = false;
      return;
    }
    act().catch((cause: unknown) => {
      if (!this.#stop || databaseState().state === "lost") return;
      console.error(JSON.stringify({ level: "warn", message: "live stream cannot read", error: String(cause) }));
      this.#synced = false;
      if (this.#retry) return;
      this.#retry = this.#soon(RETRY_MS, () => {
        this.#retry = undefined;
        return this.#resync();
      });
    });
  }
}

const kept = globalThis as { gbStreamHub?: StreamHub };

/** The process's one hub, also when a bundler holds this module twice. */
export function streamHub(): StreamHub {
  kept.gbStreamHub ??= new StreamHub();
  return kept.gbStreamHub;
}
