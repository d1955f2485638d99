// Tells the channels that the database is lost while it is. Whoever evaluated last keeps in mind what that takes: the channels, sealed,
// and what mutes them. What was told is kept on disk, too, so that a control process that is started anew meanwhile knows of it.
import { hostname } from "node:os";
import type { EffectiveRule } from "#lib/core/alerts/defaults.ts";
import { fingerprintOf, isInScope } from "#lib/core/alerts/engine.ts";
import { type ActiveSilence, type KnownWindow, mutingOf } from "#lib/core/alerts/silencing.ts";
import { afterAttempt } from "#lib/core/notifications/pace.ts";
import { isTold } from "#lib/core/notifications/routing.ts";
import type { FiringCount, NewAlert } from "#lib/store/control/alerts.ts";
import type { KnownChannel, OutageDelivery } from "#lib/store/control/outages.ts";
import { type NotifierOptions, sendTo } from "#workers/notify/notifier.ts";
import type { Log } from "../log.ts";
import { type Repeating, repeat } from "../repeat.ts";
import { outageAlertId } from "./outage-id.ts";

/** As of the last evaluation, which was this worker's. */
export type OutageMemory = {
  channels: readonly KnownChannel[];
  silences: readonly ActiveSilence[];
  windows: readonly KnownWindow[];
};
/** What was told of one rule. `channels`: those that have not been told yet can be told no more once it is read from disk. */
export type ToldOutage = { alert: NewAlert; deliveries: OutageDelivery[] };
type Telling = Omit<NotifierOptions, "database">;
/** Since when the database is lost, and what its alerts are named after (outage-id.ts); null: another worker tells. */
export type Loss = { sinceMs: number; seed: string | null };

const EVERY_MS = 1_000;
/** How many channels are sent to at once. */
const AT_ONCE = 4;

export type OutageTellerOptions = {
  workerId: string;
  log: Log;
  rules: () => readonly EffectiveRule[];
  /** Null: this process cannot open the channels' targets. */
  telling: Telling | null;
  /** What was told changed: it is kept. */
  onTold: () => void;
};

export class OutageTeller {
  readonly #options: OutageTellerOptions;
  readonly #told = new Map<string, ToldOutage>();
  readonly #runs: Repeating;
  #memory: OutageMemory | null = null;
  #loss: Loss | null = null;

  constructor(options: OutageTellerOptions) {
    this.#options = options;
    this.#runs = repeat("telling that the database is lost", EVERY_MS, options.log, () => this.#run());
  }

  /** @param memory null: another worker evaluates, and tells */
  remember(memory: OutageMemory | null): void {
    this.#memory = memory;
  }
  get memory(): OutageMemory | null {
    return this.#memory;
  }
  /** Null: the database is there. */
  set loss(loss: Loss | null) {
    this.#loss = loss;
  }
  get told(): ReadonlyMap<string, ToldOutage> {
    return this.#told;
  }
  restore(told: Iterable<[string, ToldOutage]>): void {
    for (const [ruleKey, outage] of told) this.#told.set(ruleKey, outage);
  }
  forget(): void {
    this.#told.clear();
    this.#options.onTold();
  }
  /** Resolves when nothing is on its way. */
  settled(): Promise<void> {
    return this.#runs.kick();
  }
  stop(): Promise<void> {
    return this.#runs.stop();
  }

  /** As Prometheus is told of it. */
  firing(): FiringCount[] {
    if (this.#loss === null) return [];
    return [...this.#told.values()].map(({ alert: { ruleKey, kind, level } }) => ({
      ...{ rule: ruleKey, kind, level, pool: "", state: "firing", count: 1 },
    }));
  }

  async #run(): Promise<void> {
    if (this.#loss === null) return;
    this.#fire(this.#loss, Date.now());
    const due = [...this.#told.values()].flatMap(({ alert, deliveries }) =>
      deliveries
        .filter(({ step }) => step.state === "pending" && step.atMs <= Date.now())
        .map((each) => ({ alert, each })),
    );
    for (let at = 0; at < due.length; at += AT_ONCE)
      await Promise.all(due.slice(at, at + AT_ONCE).map(({ alert, each }) => this.#send(alert, each)));
    if (due.length > 0) this.#options.onTold();
  }

  #fire({ sinceMs, seed }: Loss, nowMs: number): void {
    if (this.#memory === null || seed === null) return;
    const loss = { sinceMs, seed };
    const { channels, silences, windows } = this.#memory;
    for (const rule of this.#options.rules()) {
      const alert = this.#told.has(rule.key) ? null : lostAlert(rule, this.#options.workerId, loss, nowMs);
      if (alert === null) continue;
      const muting = mutingOf(matchableOf(alert), silences, windows, nowMs);
      // When that ends and the database is lost still, it is told then.
      if (muting !== null && muting.kind !== "expected") continue;
      const step = { state: "pending" as const, error: "", atMs: nowMs };
      const deliveries = channels
        .filter(({ match }) => isTold(match, routedOf(alert), "fired"))
        .map(({ id }) => ({ channelId: id, attempts: 0, createdMs: nowMs, step }));
      this.#told.set(rule.key, { alert: { ...alert, muting }, deliveries });
      this.#options.onTold();
    }
  }

  async #send(alert: NewAlert, delivery: OutageDelivery): Promise<void> {
    const { telling } = this.#options;
    const channel = this.#memory?.channels.find(({ id }) => id === delivery.channelId);
    if (!telling || !channel) return;
    const { createdMs } = delivery;
    const expectedBy = alert.muting?.name ?? "";
    const { kind: rule, ...rest } = alert;
    const told = { ...rest, rule, labels: {}, expectedBy };
    const due = [{ id: alert.id, event: "fired" as const, attempts: delivery.attempts, createdMs, alert: told }];
    const outcome = await sendTo(telling, channel, due, `gb-outage-${alert.id}`);
    delivery.attempts++;
    const facts = { attempts: delivery.attempts, createdMs, nowMs: Date.now(), random: Math.random() };
    delivery.step = afterAttempt(outcome, facts);
  }
}

export const matchableOf = ({ kind: rule, ruleKey, level }: NewAlert) => {
  return { rule, ruleKey, level, poolName: "", nodeName: "", labels: null };
};

export const routedOf = ({ kind: rule, level }: NewAlert) => ({ rule, level, poolId: null, labels: null });

/** The alert that a rule makes of an outage so far; null: it is of another kind, off, or waits still. */
export function lostAlert(
  rule: EffectiveRule,
  workerId: string,
  { sinceMs, seed }: { sinceMs: number; seed: string },
  nowMs: number,
): NewAlert | null {
  const { condition } = rule;
  if (!rule.enabled || condition.kind !== "database-lost" || nowMs - sinceMs < condition.afterMs) return null;
  const about = { name: hostname(), poolId: null, poolName: "", labels: null };
  const subject = { kind: "system", id: workerId, ...about } as const;
  if (!isInScope(rule, subject)) return null;
  return {
    id: outageAlertId(seed, rule.key),
    kind: condition.kind,
    ruleKey: rule.key,
    ruleName: rule.name,
    level: rule.level,
    fingerprint: fingerprintOf(rule.key, subject),
    subjectKind: subject.kind,
    subjectId: subject.id,
    subjectName: subject.name,
    poolId: null,
    nodeId: null,
    poolName: "",
    nodeName: "",
    labels: null,
    reason: "no-answer",
    checkLevel: null,
    detail: "",
    consecutiveFailures: 0,
    figures: { value: nowMs - sinceMs, limit: condition.afterMs },
    firedMs: sinceMs,
    resolvedMs: null,
    muting: null,
  };
}
