// The nodes of the configuration in force with the facts that control keeps about them. Only memory and decisions live
// here; whoever calls it tells the proxies and the database what changed.
import type { RuntimeState } from "#lib/contracts/bus.ts";
import type { ConfigNode, ConfigPool, PublishedConfig } from "#lib/contracts/config.ts";
import type {
  Adjustment,
  AdminState,
  BreakerOrder,
  HealthState,
  NodeChecks,
  NodeRuntime,
  WarmUpState,
} from "#lib/contracts/runtime.ts";
import { sharedPools } from "#lib/core/canary/documents.ts";
import { type HealthFlip, NO_CHECKS, pendingHealth, resetHealth, unknownHealth } from "#lib/core/health.ts";
import { isPoolCold, warmUpFactor } from "#lib/core/warm-up.ts";
import { NO_ADJUSTMENT } from "#lib/core/weights/adjustment.ts";

export type FleetNode = {
  readonly nodeId: string;
  node: ConfigNode;
  pool: ConfigPool;
  admin: AdminState;
  health: HealthState;
  /** What `health` is made of, level by level; the proxies need not know. */
  checks: NodeChecks;
  warmUp: WarmUpState | null;
  breakerOrder: BreakerOrder | null;
  /** What the worker's own measurements make of its weight. */
  adjustment: Adjustment;
};
/** Health of a node was set; `flip` is null when its state is the one it had. */
export type FleetFlip = { entry: FleetNode; flip: HealthFlip | null };
export type FleetChange = { added: FleetNode[]; removed: string[]; flips: FleetFlip[] };

/** Admin state of a node that no operator touched. */
export const READY: AdminState = { state: "ready", sinceMs: 0, deadlineMs: null, keepSessions: false, by: "" };
/** Health that was observed longer ago says nothing about now. */
const HEALTH_KEEPS_MS = 120_000;

export class Fleet {
  readonly nodes = new Map<string, FleetNode>();
  /** Null until a configuration is loaded. */
  config: PublishedConfig | null = null;
  /** Pool id → when its first request was served, Unix ms. */
  servingSince: Record<string, number> = {};

  /**
   * Brings the nodes in step with a configuration. A node with another address is another node: unchecked. One that joins
   * a pool that is at work is pending: it takes no requests before its first pass.
   */
  load(config: PublishedConfig, nowMs: number): FleetChange {
    const change: FleetChange = { added: [], removed: [], flips: [] };
    const atWork = new Set([...this.nodes.values()].map((entry) => entry.pool.id));
    const wanted = new Set<string>();
    for (const { pool, canaryNodes } of sharedPools(config.document, config.canary?.document)) {
      for (const node of [...pool.nodes, ...canaryNodes]) {
        wanted.add(node.id);
        this.#place(node, pool, atWork.has(pool.id), nowMs, change);
      }
    }
    for (const id of this.nodes.keys()) {
      if (wanted.has(id)) continue;
      this.nodes.delete(id);
      change.removed.push(id);
    }
    const pools = new Set([...config.document.pools, ...(config.canary?.document.pools ?? [])].map(({ id }) => id));
    this.servingSince = Object.fromEntries(Object.entries(this.servingSince).filter(([id]) => pools.has(id)));
    this.config = config;
    return change;
  }

  #place(node: ConfigNode, pool: ConfigPool, joins: boolean, nowMs: number, change: FleetChange): void {
    const known = this.nodes.get(node.id);
    if (!known) {
      const entry: FleetNode = { ...this.#fresh(pool, joins, nowMs), nodeId: node.id, node, pool };
      this.nodes.set(node.id, entry);
      change.added.push(entry);
      return;
    }
    const readdressed = known.node.url !== node.url;
    Object.assign(known, { node, pool });
    if (readdressed) {
      known.adjustment = NO_ADJUSTMENT;
      this.#reset(known, true, nowMs, change.flips);
    }
    this.settleChecks(known, false, nowMs, change.flips);
  }

  #fresh({ healthCheck }: ConfigPool, joins: boolean, nowMs: number) {
    const unchecked = unknownHealth(nowMs, healthCheck.enabled ? "not-checked-yet" : "checks-off");
    const health = healthCheck.enabled && joins ? pendingHealth(nowMs) : unchecked;
    return { admin: READY, health, checks: NO_CHECKS, warmUp: null, breakerOrder: null, adjustment: NO_ADJUSTMENT };
  }

  /**
   * Health of a node that is not checked is unknown; adds to `flips` when it has to be set. `joins`: the node took no
   * requests so far, and is checked before it does; one that served unchecked goes on serving.
   */
  settleChecks(entry: FleetNode, joins: boolean, nowMs: number, flips: FleetFlip[]): void {
    const isOff = entry.health.reason === "checks-off";
    if (isChecked(entry) === isOff) this.#reset(entry, joins, nowMs, flips);
  }

  #reset(entry: FleetNode, joins: boolean, nowMs: number, flips: FleetFlip[]): void {
    const unchecked = isChecked(entry) && joins ? pendingHealth(nowMs) : unknownHealth(nowMs, uncheckedReason(entry));
    const { health, checks, flip } = resetHealth(entry.health, unchecked);
    Object.assign(entry, { health, checks });
    flips.push({ entry, flip });
  }

  /** Takes over what an earlier control process knew of the nodes; old observations are left behind. */
  restore(state: RuntimeState, checks: Record<string, NodeChecks>, nowMs: number): void {
    for (const past of state.nodes) {
      const entry = this.nodes.get(past.nodeId);
      if (!entry) continue;
      entry.admin = past.admin;
      entry.warmUp = past.warmUp;
      entry.breakerOrder = past.breakerOrder;
      entry.adjustment = past.adjustment;
      const age = past.health.lastCheckMs === null ? Number.POSITIVE_INFINITY : nowMs - past.health.lastCheckMs;
      // Who waited for a first check still does.
      if ((age >= 0 && age < HEALTH_KEEPS_MS) || past.health.state === "pending") {
        entry.health = past.health;
        entry.checks = checks[past.nodeId] ?? NO_CHECKS;
      }
      this.settleChecks(entry, false, nowMs, []);
    }
    this.servingSince = { ...state.servingSinceMs };
  }

  /** Whether warming nodes of this pool up would only shift load among equals; `except` are the nodes in question. */
  isCold(pool: ConfigPool, except: ReadonlySet<string>, nowMs: number): boolean {
    const warmNodes = pool.nodes.filter((node) => {
      const entry = except.has(node.id) ? undefined : this.nodes.get(node.id);
      return (
        entry !== undefined &&
        entry.admin.state === "ready" &&
        entry.health.state !== "unhealthy" &&
        entry.node.weight > 0 &&
        warmUpFactor(entry.warmUp, nowMs, pool.warmUp) === 1
      );
    }).length;
    return isPoolCold({ servingSinceMs: this.servingSince[pool.id] ?? null, warmNodes, nowMs });
  }
}

export const isChecked = (entry: FleetNode): boolean =>
  entry.pool.healthCheck.enabled && entry.admin.state !== "maintenance";

const uncheckedReason = (entry: FleetNode) => (isChecked(entry) ? "not-checked-yet" : "checks-off");

/** The facts of a node as the proxies are told them. */
export const runtimeOf = ({ nodeId, admin, health, warmUp, breakerOrder, adjustment }: FleetNode): NodeRuntime => ({
  nodeId,
  admin,
  health,
  warmUp,
  breakerOrder,
  adjustment,
});
