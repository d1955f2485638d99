// Brings the database in step with what this worker observes. What is to be written is kept as "this node changed", and
// its state is taken at the time of writing: after an outage the tables get the present, not a replay. Events are history
// and are kept in order, up to a bound.
import type { PassiveFacts } from "#lib/contracts/bus.ts";
import type { NameResolution } from "#lib/contracts/runtime.ts";
import { type Database, inTransaction } from "#lib/store/control/database.ts";
import { type FactEvent, type NodeAdjustment, type NodeHealth, writeFacts } from "#lib/store/control/facts.ts";
import type { Log } from "./log.ts";
import { type Repeating, repeat } from "./repeat.ts";

const MAX_EVENTS = 10_000;
/** How often the figures of a check are refreshed where nothing but them changed. */
const REFRESH_MS = 10_000;

export type FactsWriterOptions = {
  database: Database;
  workerId: string;
  log: Log;
  /** Present facts; undefined when the node is no more. */
  healthOf: (nodeId: string) => (NodeHealth & NodeAdjustment) | undefined;
  passiveOf: (nodeId: string) => PassiveFacts | undefined;
  resolutionOf: (nodeId: string) => NameResolution | null | undefined;
};

export class FactsWriter {
  readonly #options: FactsWriterOptions;
  readonly #writing: Repeating;
  #health = new Set<string>();
  #passive = new Set<string>();
  #names = new Set<string>();
  #refresh = new Set<string>();
  #adjusted = new Set<string>();
  #remeasured = new Set<string>();
  #events: FactEvent[] = [];
  #refreshedMs = performance.now();

  constructor(options: FactsWriterOptions) {
    this.#options = options;
    this.#writing = repeat("writing facts", 1_000, options.log, async () => {
      await this.#write();
      await this.#writeRefresh();
    });
  }

  /** Something about a node's health is news. */
  health(nodeId: string): void {
    this.#health.add(nodeId);
    void this.#writing.kick();
  }

  /** A check confirmed what was known: its time and latency may wait. */
  checked(nodeId: string): void {
    this.#refresh.add(nodeId);
  }

  /** What a node's weight is multiplied with changed, or why. */
  adjusted(nodeId: string): void {
    this.#adjusted.add(nodeId);
    void this.#writing.kick();
  }

  /** Newer figures say the same of its weight: they may wait. */
  remeasured(nodeId: string): void {
    this.#remeasured.add(nodeId);
  }

  passive(nodeId: string): void {
    this.#passive.add(nodeId);
    void this.#writing.kick();
  }

  /** Where the names of these nodes lead is news. */
  names(nodeIds: readonly string[]): void {
    for (const nodeId of nodeIds) this.#names.add(nodeId);
    if (nodeIds.length > 0) void this.#writing.kick();
  }

  event(event: FactEvent): void {
    this.#events.push(event);
    const excess = this.#events.length - MAX_EVENTS;
    if (excess > 0) {
      this.#options.log.warn({ dropped: excess }, "too many unwritten events; the oldest are dropped");
      this.#events.splice(0, excess);
    }
    void this.#writing.kick();
  }

  /** Writes what is left. */
  async stop(): Promise<void> {
    await this.#writing.kick();
    await this.#writing.stop();
  }

  async #write(): Promise<void> {
    const { database, workerId, healthOf, passiveOf, resolutionOf } = this.#options;
    const [health, passive, names, adjusted] = [this.#health, this.#passive, this.#names, this.#adjusted];
    const events = this.#events;
    [this.#health, this.#passive, this.#names, this.#adjusted] = [new Set(), new Set(), new Set(), new Set()];
    this.#events = [];
    if (health.size + passive.size + names.size + adjusted.size + events.length === 0) return;
    const facts = {
      health: [...health].flatMap((id) => healthOf(id) ?? []),
      passive: [...passive].flatMap((id) => passiveOf(id) ?? []),
      resolutions: [...names].flatMap((nodeId) => {
        const resolution = resolutionOf(nodeId);
        return resolution === undefined ? [] : [{ nodeId, resolution }];
      }),
      adjustments: [...adjusted].flatMap((id) => healthOf(id) ?? []),
      events,
    };
    try {
      await inTransaction(database, (tx) => writeFacts(tx, workerId, facts));
    } catch (cause) {
      for (const id of health) this.#health.add(id);
      for (const id of passive) this.#passive.add(id);
      for (const id of names) this.#names.add(id);
      for (const id of adjusted) this.#adjusted.add(id);
      this.#events = [...events, ...this.#events];
      throw cause;
    }
    for (const id of health) this.#refresh.delete(id);
    for (const id of adjusted) this.#remeasured.delete(id);
  }

  async #writeRefresh(): Promise<void> {
    if (performance.now() - this.#refreshedMs < REFRESH_MS) return;
    const [due, remeasured] = [this.#refresh, this.#remeasured];
    [this.#refresh, this.#remeasured] = [new Set(), new Set()];
    this.#refreshedMs = performance.now();
    const { database, workerId, healthOf } = this.#options;
    const rows = [...due].flatMap((id) => healthOf(id) ?? []);
    const adjustments = [...remeasured].flatMap((id) => healthOf(id) ?? []);
    await writeFacts(database, workerId, { health: rows, passive: [], resolutions: [], adjustments, events: [] }, true);
  }
}
