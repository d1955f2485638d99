// The pools and nodes of a process and what is known of them: the configuration's, what control tells, and what sibling
// processes saw.
import type { PassiveFacts } from "#lib/contracts/bus.ts";
import type { ConfigPool } from "#lib/contracts/config.ts";
import type { CanaryArm, MetricFrame } from "#lib/contracts/metrics.ts";
import type { NodeRuntime } from "#lib/contracts/runtime.ts";
import type { SharedPool } from "#lib/core/canary/documents.ts";
import { overCap } from "#lib/core/over-cap.ts";
import type { Name } from "#workers/names/name.ts";
import type { SpanCounts } from "../recorder.ts";
import type { NodeState } from "./node-state.ts";
import { takeFigures } from "./pool-figures.ts";
import type { PoolShell } from "./pool-shell.ts";
import { PoolState } from "./pool-state.ts";
import { partTwin } from "./twin.ts";

/** Who counts what the clients of both arms meet. */
interface Tallies {
  tally(arm: CanaryArm, poolId: string): SpanCounts;
}

export class Fleet {
  readonly #shell: PoolShell;
  #pools = new Map<string, PoolState>();
  #nodes = new Map<string, NodeState>();
  #runtime = new Map<string, NodeRuntime>();

  constructor(shell: PoolShell) {
    this.#shell = shell;
  }

  get pools(): ReadonlyMap<string, PoolState> {
    return this.#pools;
  }
  get nodes(): ReadonlyMap<string, NodeState> {
    return this.#nodes;
  }

  /** Nodes and pools that stay keep their state; the others are closed. A canary that ran is over. */
  configure(pools: readonly SharedPool[], nowMs: number): void {
    const before = this.#pools;
    this.#pools = new Map();
    this.#nodes = new Map();
    for (const { pool: config, canaryNodes } of pools) {
      const known = before.get(config.id);
      before.delete(config.id);
      if (known !== undefined) partTwin(known);
      // The very same object, and nobody else's nodes beside its own: nothing about it changed (lib/core/config/change.ts).
      const isSame =
        known?.config === config && canaryNodes.length === 0 && known.allNodes.length === known.nodes.length;
      if (!isSame) known?.configure(config, nowMs, canaryNodes);
      this.#add(known ?? new PoolState(config, this.#shell, nowMs, null, canaryNodes), nowMs);
    }
    for (const gone of before.values()) gone.close();
    const nodes = [...this.#nodes.values()];
    this.#shell.names.retain(new Set(nodes.flatMap(({ connections }) => connections.address.name?.hostname ?? [])));
  }

  #add(pool: PoolState, nowMs: number): void {
    this.#pools.set(pool.config.id, pool);
    for (const node of pool.allNodes) {
      this.#nodes.set(node.id, node);
      const runtime = this.#runtime.get(node.id);
      if (runtime && runtime.admin !== node.admin) node.applyRuntime(runtime, nowMs);
    }
    pool.recompute(nowMs);
  }

  /** Makes the pools ready as a canary's clients get them. @returns them by id */
  beginCanary(pools: readonly ConfigPool[], canary: Tallies, nowMs: number): ReadonlyMap<string, PoolState> {
    const twins = new Map<string, PoolState>();
    for (const base of this.#pools.values()) base.tally = canary.tally("control", base.config.id);
    for (const config of pools) {
      const base = this.#pools.get(config.id);
      if (base === undefined) continue;
      const twin = new PoolState(config, this.#shell, nowMs, base);
      twin.tally = canary.tally("canary", config.id);
      twins.set(config.id, twin);
    }
    return twins;
  }

  /** Of each pool as everybody gets it, and as the clients of a canary do. */
  *bothArms(): Iterable<PoolState> {
    for (const pool of this.#pools.values()) {
      yield pool;
      if (pool.twin !== null) yield pool.twin;
    }
  }

  endCanary(): void {
    for (const pool of this.#pools.values()) partTwin(pool);
  }

  /** What it resolves to changed: connections to addresses that it left are not used again. */
  nameChanged(name: Name): void {
    for (const { connections } of this.#nodes.values()) if (connections.address.name === name) connections.closeMoved();
  }

  /** Takes the whole state, as control keeps it. */
  replaceRuntime(nodes: readonly NodeRuntime[]): void {
    this.#runtime.clear();
    this.applyRuntime(nodes);
  }

  /** Takes changed facts of some nodes. Facts of nodes that no configuration holds yet are kept for when one does. */
  applyRuntime(nodes: readonly NodeRuntime[]): void {
    const nowMs = Date.now();
    const touched = new Set<PoolState>();
    for (const runtime of nodes) {
      this.#runtime.set(runtime.nodeId, runtime);
      const node = this.#nodes.get(runtime.nodeId);
      if (node?.applyRuntime(runtime, nowMs)) touched.add(node.pool);
    }
    for (const pool of touched) pool.recompute(nowMs);
  }

  /**
   * Takes what a sibling observed. @param process which one; none: it is what was saved
   * @returns the facts that are others now
   */
  applyPassive(facts: readonly PassiveFacts[], process?: number): PassiveFacts[] {
    const nowMs = Date.now();
    const adopted: NodeState[] = [];
    const touched = new Set<PoolState>();
    for (const { nodeId, ejection, breaker, cooling, trialsPassed } of facts) {
      const node = this.#nodes.get(nodeId);
      if (!node) continue;
      const breakerFlip = node.breakerGate.adopt(
        breaker,
        nowMs,
        process === undefined ? undefined : { process, trialsPassed },
      );
      const ejectionFlip = node.ejectionGate.adopt(ejection, nowMs);
      const cools = node.coolingGate.adopt(cooling, nowMs);
      if (!breakerFlip && !ejectionFlip && !cools) continue;
      if (node.takePassiveNews()) adopted.push(node);
      touched.add(node.pool);
    }
    for (const pool of touched) {
      // Together with those, this process may have taken out more than the pool's share.
      for (const node of overCap(pool.allNodes, pool.config.ejection.maxEjectedRatio))
        node.ejectionGate.yieldToCap(nowMs);
      pool.recompute(nowMs);
    }
    return adopted.map((node) => node.passiveFacts);
  }

  /** @param idleNowMs of the clock that connections are aged by */
  everySecond(idleNowMs: number, nowMs: number): void {
    for (const pool of this.#pools.values()) pool.everySecond(idleNowMs, nowMs);
  }

  /** Figures since the last call, of every pool and node. */
  takeFigures(): Pick<MetricFrame, "pools" | "nodes" | "flows"> {
    const figures = [...this.#pools.values()].map(takeFigures);
    const flows = figures.flatMap((each) => each.flows);
    return {
      pools: figures.map(({ pool }) => pool),
      nodes: figures.flatMap(({ nodes }) => nodes),
      ...(flows.length > 0 && { flows }),
    };
  }

  close(): void {
    for (const pool of this.#pools.values()) pool.close();
  }
}
