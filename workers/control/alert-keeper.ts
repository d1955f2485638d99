// Evaluates the rules of alerts, if this worker has the lease. Each evaluation is a comparison, in one transaction, of what should
// fire with what the database says: it does not matter who raised an alert, what was missed during an outage, or that this
// process began a second ago.
import type { RuleFault } from "#lib/contracts/alert-rules-api.ts";
import type { CertificateSnapshot } from "#lib/contracts/certificates.ts";
import { type EffectiveRule, effectiveRules } from "#lib/core/alerts/defaults.ts";
import { evaluateAlerts } from "#lib/core/alerts/engine.ts";
import { ruleFaults, speaksOfResources } from "#lib/core/alerts/faults.ts";
import type { ResourceFigures } from "#lib/core/alerts/figures.ts";
import { labelsOfNode } from "#lib/core/alerts/labels.ts";
import { type Matchable, mutingOf } from "#lib/core/alerts/silencing.ts";
import { NODE_KINDS, type World, type WorldNode, type WorldPool } from "#lib/core/alerts/world.ts";
import { currentResources, resourceFigures, type ToldResources } from "#lib/core/resources/current.ts";
import { existingNodes, readRolledBack, readTroubles, readWorldWorkers } from "#lib/store/control/alert-facts.ts";
import {
  carryOutAlerts,
  countFiring,
  type FiringCount,
  muteFiring,
  readMutings,
  readTracked,
  releaseAlertLease,
  type TrackedAlert,
  takeAlertLease,
} from "#lib/store/control/alerts.ts";
import { type Database, inTransaction, type Queryable } from "#lib/store/control/database.ts";
import { readChannels } from "#lib/store/control/outages.ts";
import { readTold } from "#lib/store/control/resources.ts";
import { writeRuleFaults } from "#lib/store/control/rule-faults.ts";
import type { DatabaseListener, DatabasePulse } from "#lib/store/database-pulse.ts";
import type { NotifierOptions } from "#workers/notify/notifier.ts";
import { type Attempt, Attempts } from "./alerts/attempt.ts";
import { Expiries } from "./alerts/expiries.ts";
import { startOutageTeller } from "./alerts/outage-file.ts";
import type { OutageMemory } from "./alerts/outage-teller.ts";
import { OutageBook } from "./alerts/outages.ts";
import { WindowBook } from "./alerts/window-book.ts";
import type { Fleet } from "./fleet.ts";
import type { Log } from "./log.ts";
import { type Repeating, repeat } from "./repeat.ts";

const EVERY_MS = 2_000;

export type AlertKeeperOptions = {
  database: Database;
  /** Knows that the database is lost before a query of ours has waited for its time-out. */
  pulse: DatabasePulse;
  workerId: string;
  log: Log;
  fleet: Fleet;
  certificates: () => CertificateSnapshot | null;
  /** How channels are told while the database is lost; null: this process cannot open their targets. */
  telling: Omit<NotifierOptions, "database"> | null;
  /** What was told of an outage is kept there. */
  outageFile: string;
};
export type AlertKeeper = Repeating & {
  /** What fires, as of the last evaluation; nothing while another worker evaluates. */
  firing: () => readonly FiringCount[];
  /** What keeps rules from being judged; nothing while another worker evaluates. */
  faults: () => readonly RuleFault[];
};

/** Evaluates every few seconds and, when kicked, at once. */
export function startAlertKeeper(options: AlertKeeperOptions): AlertKeeper {
  const { database, pulse, workerId, log } = options;
  const evaluator = new Evaluator(options);
  const { teller, file } = startOutageTeller(options, () => evaluator.rules());
  const outages = new OutageBook(workerId, teller);
  let firing: readonly FiringCount[] = [];
  const keeper = repeat("evaluating alerts", EVERY_MS, log, async () => {
    const beganMs = Date.now();
    let evaluated: Evaluation | null = null;
    try {
      // What is asked of it now would wait for its time-out.
      if (pulse.state.state === "lost") return;
      await outages.report(database, evaluator.rules(), beganMs);
      evaluated = await evaluator.run();
      if (evaluated) outages.remember(evaluated.memory, evaluated.outage, beganMs);
    } finally {
      firing = evaluated?.firing ?? [];
    }
  });
  const onPulse: DatabaseListener = (state) => {
    if (state.state === "lost") outages.lost(state.sinceMs);
    else void keeper.kick();
  };
  pulse.listeners.add(onPulse);
  return {
    kick: keeper.kick,
    stop: async () => {
      pulse.listeners.delete(onPulse);
      await keeper.stop();
      await teller.stop();
      await file.stop();
      // Whoever is next need not wait until it would have ended; without the database nobody evaluates anyway.
      if (pulse.state.state === "up") await releaseAlertLease(database, workerId).catch(() => {});
    },
    firing: () => [...firing, ...teller.firing()],
    faults: () => evaluator.faults,
  };
}

/** `memory` null: another worker evaluates. `outage`: what the next loss of the database is named after. */
type Evaluation = { firing: FiringCount[]; memory: OutageMemory | null; outage: string };

class Evaluator {
  readonly #options: AlertKeeperOptions;
  readonly #windows = new WindowBook();
  readonly #expiries = new Expiries();
  readonly #attempts: Attempts;
  /** Why rules could not be judged, as of the last evaluation. */
  faults: readonly RuleFault[] = [];
  /** As they were written last by this worker, while it evaluates. */
  #toldFaults = "";

  constructor(options: AlertKeeperOptions) {
    this.#options = options;
    this.#attempts = new Attempts(options.log);
  }

  rules(): EffectiveRule[] {
    const { config } = this.#options.fleet;
    return config ? effectiveRules(config.document.proxy.alertRules) : [];
  }

  /** @returns what fires now; null: there is no configuration yet */
  async run(): Promise<Evaluation | null> {
    const { database, workerId, fleet } = this.#options;
    if (!fleet.config) return null;
    return inTransaction(database, async (tx) => {
      const lease = await takeAlertLease(tx, workerId);
      if (!lease.isMine) {
        this.#toldFaults = "";
        this.faults = [];
        return { firing: [], memory: null, outage: lease.outage };
      }
      const rules = this.rules();
      const tracked = await readTracked(tx);
      const { attempt, done } = this.#attempts.begin(tx);
      const world = await this.#world(tx, attempt, rules, tracked, lease.nowMs);
      const { silences, windows, unreadable } = await readMutings(tx);
      for (const what of unreadable) attempt.failed(what);
      const mute = (alert: Matchable) => mutingOf(alert, silences, windows, lease.nowMs);
      const faults = ruleFaults(rules, world);
      const fault = (ruleKey: string, cause: unknown) => {
        attempt.failed(`the rule ${ruleKey}`, cause);
        faults.push({ ruleKey, code: "failed", what: String((cause as Error).message).slice(0, 300) });
      };
      await carryOutAlerts(tx, evaluateAlerts(rules, world, tracked, fault), mute);
      await this.#tellFaults(attempt, tx, faults);
      done();
      await muteFiring(tx, mute);
      const memory = { silences, windows, channels: await readChannels(tx) };
      return { firing: await countFiring(tx), memory, outage: lease.outage };
    });
  }

  /** Written when they change, and by whoever takes over. */
  async #tellFaults(attempt: Attempt, tx: Queryable, faults: readonly RuleFault[]): Promise<void> {
    this.faults = faults;
    const text = JSON.stringify(faults);
    if (text === this.#toldFaults) return;
    const isWritten = await attempt("the faults of rules", async () => {
      await writeRuleFaults(tx, faults);
      return true;
    });
    if (isWritten) this.#toldFaults = text;
  }

  async #world(
    tx: Queryable,
    attempt: Attempt,
    rules: readonly EffectiveRule[],
    tracked: ReadonlyMap<string, TrackedAlert>,
    nowMs: number,
  ): Promise<World> {
    const { workerId, certificates } = this.#options;
    const active = rules.filter(({ enabled }) => enabled);
    const nodeIds = [...new Set([...tracked.values()].flatMap(({ nodeId }) => nodeId ?? []))];
    const { nodes, pools } = this.#places();
    const troubles = await attempt("the facts of nodes", () =>
      readTroubles(tx, { workerId, tracked: nodeIds, connectFromMs: connectFrom(active) }),
    );
    const workers = await attempt("the workers", () => readWorldWorkers(tx));
    const canaries = await attempt("the canaries", () => readRolledBack(tx));
    const conditions = active.map(({ condition }) => condition);
    const areWanted = conditions.some(speaksOfResources);
    const told = areWanted ? await attempt("the resources of nodes", () => readTold(tx)) : null;
    const { figures: resources, unread } = this.#resources(told, nowMs);
    return {
      nowMs,
      nodes,
      pools,
      unknownKinds: new Set([
        ...(troubles ? [] : [...NODE_KINDS, "pool-healthy" as const, "expression" as const]),
        ...(areWanted && !told ? (["expression"] as const) : []),
        ...(workers ? [] : (["worker-lost", "stale-metrics", "revision-refused"] as const)),
        ...(canaries ? [] : (["canary-rolled-back"] as const)),
      ]),
      troubles: troubles ?? new Map(),
      unknownNodes: await existingNodes(
        tx,
        nodeIds.filter((id) => !nodes.has(id)),
      ),
      workers: workers ?? [],
      certificates: this.#expiries.of(certificates()),
      canaries: canaries ?? [],
      ...(told && { resources, unreadResources: unread }),
      window: await this.#windows.read(attempt, tx, conditions, nowMs),
    };
  }

  /** As they are known by the database's clock: whoever evaluates finds the same. What one node told may be unreadable. */
  #resources(told: ReadonlyMap<string, ToldResources> | null, nowMs: number) {
    const figures = new Map<string, ResourceFigures>();
    const unread: string[] = [];
    for (const { nodeId, node, pool } of told ? this.#options.fleet.nodes.values() : []) {
      const of = { nodeId, poolId: pool.id, settings: pool.resources };
      try {
        figures.set(nodeId, resourceFigures(currentResources(of, told?.get(nodeId) ?? null, nowMs)));
      } catch {
        unread.push(node.name);
      }
    }
    return { figures, unread };
  }

  #places(): { nodes: Map<string, WorldNode>; pools: Map<string, WorldPool> } {
    const nodes = new Map<string, WorldNode>();
    const pools = new Map<string, WorldPool>();
    for (const { nodeId, node, pool, admin } of this.#options.fleet.nodes.values()) {
      const about = { id: nodeId, name: node.name, poolId: pool.id, poolName: pool.name };
      const labels = labelsOfNode(pool, node);
      nodes.set(nodeId, { ...about, labels, adminState: admin.state, checksEnabled: pool.healthCheck.enabled });
    }
    for (const { id, name, labels, nodes: members } of this.#options.fleet.config?.document.pools ?? [])
      pools.set(id, { id, name, labels, nodeIds: members.map((node) => node.id) });
    return { nodes, pools };
  }
}

/** The least that any rule wants to hear of; null: none does. */
function connectFrom(rules: readonly EffectiveRule[]): number | null {
  const limits = rules.flatMap(({ condition }) => {
    if (condition.kind === "connect-time") return [condition.clearBelowMs ?? condition.aboveMs];
    return condition.kind === "expression" && condition.expression.includes("connect_ms") ? [0] : [];
  });
  return limits.length > 0 ? Math.min(...limits) : null;
}
