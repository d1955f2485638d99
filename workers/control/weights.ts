// Decides for the whole worker, from the frames of all its proxy processes, what its nodes' weights are multiplied with, so
// that every process spreads requests alike. Only memory and decisions live here; the time is that of the frames.
import type { ConfigPool } from "#lib/contracts/config.ts";
import type { MetricFrame } from "#lib/contracts/metrics.ts";
import type { Adjustment, DegradeState, DynamicWeight } from "#lib/contracts/runtime.ts";
import { adjustmentFactor } from "#lib/core/weights/adjustment.ts";
import { decideDegrade, fitDegrade, worthMeasuring } from "#lib/core/weights/degrade.ts";
import { decideDynamicWeights, type WeightDecision } from "#lib/core/weights/dynamic.ts";
import { type Figures, FiguresWindow, partOf } from "#lib/core/weights/figures.ts";
import type { Fleet, FleetNode } from "./fleet.ts";

/** What became of one node's weight. */
export type WeightChange = {
  entry: FleetNode;
  before: Adjustment;
  now: Adjustment;
  /** Why the degrade rule took a step; null: it did not. */
  degradeCause: string | null;
};

/** Of one node, as far as its pool's settings ask for them. `url`: another address is another node. */
type Windows = { url: string; dynamic: FiguresWindow | null; degrade: FiguresWindow | null };

const NO_FIGURES: Figures = { requests: 0, errorRatio: 0, refusedRatio: 0, goodMeanMs: null };
const SECOND_MS = 1_000;

export class Weights {
  readonly #fleet: Fleet;
  readonly #windows = new Map<string, Windows>();
  /** Pool → when its dynamic weights were last decided. */
  readonly #decidedMs = new Map<string, number>();

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  /** Takes in a second of the worker, and decides by all that is known then. Returns the nodes of which anything changed. */
  take(frame: MetricFrame): WeightChange[] {
    for (const node of frame.nodes) {
      if (node.successes + node.failures === 0 && node.unfit === undefined) continue;
      const entry = this.#fleet.nodes.get(node.nodeId);
      if (!entry || !(entry.pool.dynamicWeights.enabled || entry.pool.degrade.enabled)) continue;
      const { dynamic, degrade } = this.#windowsOf(entry, frame.atMs - SECOND_MS);
      if (dynamic === null && degrade === null) continue;
      const part = partOf(node);
      dynamic?.add(part, frame.atMs);
      degrade?.add(part, frame.atMs);
    }
    return this.#decide(frame.atMs);
  }

  /** Drops what the configuration no longer holds. */
  keepOnly(poolIds: ReadonlySet<string>, nodeIds: ReadonlySet<string>): void {
    for (const id of this.#decidedMs.keys()) if (!poolIds.has(id)) this.#decidedMs.delete(id);
    for (const id of this.#windows.keys()) if (!nodeIds.has(id)) this.#windows.delete(id);
  }

  #known({ nodeId, node }: FleetNode): Windows | undefined {
    const known = this.#windows.get(nodeId);
    return known?.url === node.url ? known : undefined;
  }

  #windowsOf(entry: FleetNode, sinceMs: number): Windows {
    const { dynamicWeights, degrade } = entry.pool;
    const known = this.#known(entry);
    const windows = known ?? { url: entry.node.url, dynamic: null, degrade: null };
    if (!known) this.#windows.set(entry.nodeId, windows);
    if (!dynamicWeights.enabled) windows.dynamic = null;
    else if (windows.dynamic?.windowMs !== dynamicWeights.windowMs)
      windows.dynamic = new FiguresWindow(dynamicWeights.windowMs, sinceMs);
    if (!degrade.enabled) windows.degrade = null;
    else if (windows.degrade?.windowMs !== degrade.windowMs || windows.degrade.measure !== degrade.measure)
      windows.degrade = new FiguresWindow(degrade.windowMs, sinceMs, degrade.measure);
    return windows;
  }

  #entriesOf({ nodes }: ConfigPool): FleetNode[] {
    const entries: FleetNode[] = [];
    for (const { id } of nodes) {
      const entry = this.#fleet.nodes.get(id);
      if (entry) entries.push(entry);
    }
    return entries;
  }

  #decide(nowMs: number): WeightChange[] {
    const changes: WeightChange[] = [];
    for (const pool of this.#fleet.config?.document.pools ?? []) {
      const entries = this.#entriesOf(pool);
      const dynamic = this.#dynamicOf(pool, entries, nowMs);
      for (const [at, entry] of entries.entries()) {
        const before = entry.adjustment;
        const degraded = this.#degradeOf(entry, nowMs);
        const now = { dynamic: dynamic === null ? before.dynamic : (dynamic[at] ?? null), degrade: degraded.state };
        if (now.dynamic === before.dynamic && now.degrade === before.degrade) continue;
        entry.adjustment = now;
        changes.push({ entry, before, now, degradeCause: degraded.cause });
      }
    }
    return changes;
  }

  /** New weights of a pool's nodes, null for those without; null in all while the present ones stand. */
  #dynamicOf(pool: ConfigPool, entries: readonly FleetNode[], nowMs: number): (DynamicWeight | null)[] | null {
    const settings = pool.dynamicWeights;
    if (!settings.enabled) {
      this.#decidedMs.delete(pool.id);
      return entries.some((entry) => entry.adjustment.dynamic !== null) ? entries.map(() => null) : null;
    }
    const sinceMs = nowMs - (this.#decidedMs.get(pool.id) ?? Number.NEGATIVE_INFINITY);
    // A clock that was set back must not stop the weights for as long.
    if (sinceMs >= 0 && sinceMs < settings.intervalMs) return null;
    this.#decidedMs.set(pool.id, nowMs);
    const weighed = entries.map((entry) => ({
      weight: entry.node.weight,
      factor: entry.adjustment.dynamic?.factor ?? 1,
      score: entry.adjustment.dynamic?.score ?? null,
      figures: this.#known(entry)?.dynamic?.figures(nowMs) ?? NO_FIGURES,
    }));
    const decided = decideDynamicWeights(weighed, settings);
    return decided.map((one, at) => dynamicWeight(one, weighed[at]?.figures ?? NO_FIGURES, settings, nowMs));
  }

  #degradeOf(entry: FleetNode, nowMs: number): { state: DegradeState | null; cause: string | null } {
    const settings = entry.pool.degrade;
    const state = fitDegrade(entry.adjustment.degrade, settings);
    if (!settings.enabled || (this.#known(entry) === undefined && state === null)) return { state, cause: null };
    const { degrade: window } = this.#windowsOf(entry, nowMs);
    if (!window?.isFull(nowMs)) return { state, cause: null };
    const { requests, errorRatio } = window.figures(nowMs);
    if (state === null && !worthMeasuring(errorRatio, settings)) return { state, cause: null };
    const responseMs = window.responseMs(settings.measure, nowMs);
    const step = decideDegrade(state, { requests, errorRatio, responseMs }, settings, nowMs);
    if (step === null) return { state, cause: null };
    window.restart(nowMs);
    return step;
  }
}

function dynamicWeight(
  { factor, target, score, reason }: WeightDecision,
  { requests, errorRatio, goodMeanMs }: Figures,
  { minimumRequests }: ConfigPool["dynamicWeights"],
  decidedMs: number,
): DynamicWeight {
  return { factor, target, reason, requests, minimumRequests, errorRatio, meanMs: goodMeanMs, score, decidedMs };
}

/** Whether the proxies must know of it. */
export const isFactorChanged = ({ before, now }: WeightChange): boolean =>
  adjustmentFactor(before) !== adjustmentFactor(now);

/** Whether people want to see it now: more than newer figures for the same. */
export const isAdjustmentNews = ({ before, now }: WeightChange): boolean =>
  now.degrade !== before.degrade ||
  now.dynamic?.factor !== before.dynamic?.factor ||
  now.dynamic?.reason !== before.dynamic?.reason;
