// What real traffic taught the proxy processes about the nodes. Each process has its own view, so several may differ:
// the worst is shown, as it is the one that costs somebody requests.
import type { PassiveFacts } from "#lib/contracts/bus.ts";
import type { BreakerState, CoolingState, EjectionState } from "#lib/contracts/runtime.ts";

/** How long the word of a process that is gone counts beyond its own deadline, should the process not come back. */
const GRACE_MS = 60_000;

const NO_FACTS = {
  ejection: { state: "in", timesEjected: 0 },
  breaker: { state: "closed" },
  cooling: { state: "not-cooling" },
  trialsPassed: 0,
} as const;

export class PassiveBook {
  /** Process number → node → its facts. Numbers outlive processes: a new process with an old number takes over. */
  readonly #byProcess = new Map<number, Map<string, PassiveFacts>>();
  readonly #merged = new Map<string, PassiveFacts>();

  /** Starts from what an earlier control process left, until the proxies say otherwise. */
  restore(facts: readonly PassiveFacts[]): void {
    for (const fact of facts) this.#merged.set(fact.nodeId, fact);
    this.#byProcess.set(-1, new Map(this.#merged));
  }

  /** Takes in what a process says. Returns the nodes whose merged facts changed, with what they were before. */
  record(process: number, facts: readonly PassiveFacts[]): PassiveChange[] {
    const own = this.#byProcess.get(process) ?? new Map<string, PassiveFacts>();
    this.#byProcess.set(process, own);
    const restored = this.#byProcess.get(-1);
    for (const fact of facts) {
      own.set(fact.nodeId, fact);
      restored?.delete(fact.nodeId);
    }
    return this.#merge(facts.map((fact) => fact.nodeId));
  }

  /** Forgets what nobody vouches for any more: the word of processes that are gone, and of nodes that are. */
  sweep(
    isConnected: (process: number) => boolean,
    nodeExists: (nodeId: string) => boolean,
    nowMs: number,
  ): PassiveChange[] {
    const touched: string[] = [];
    for (const [process, facts] of this.#byProcess) {
      for (const [nodeId, fact] of facts) {
        if (nodeExists(nodeId) && (isConnected(process) || nowMs < endMs(fact) + GRACE_MS)) continue;
        facts.delete(nodeId);
        touched.push(nodeId);
      }
    }
    return this.#merge(touched).filter((change) => nodeExists(change.now.nodeId));
  }

  all(): PassiveFacts[] {
    return [...this.#merged.values()];
  }

  get(nodeId: string): PassiveFacts {
    return this.#merged.get(nodeId) ?? { nodeId, ...NO_FACTS };
  }

  #merge(nodeIds: readonly string[]): PassiveChange[] {
    const changes: PassiveChange[] = [];
    for (const nodeId of new Set(nodeIds)) {
      const before = this.get(nodeId);
      const views = [...this.#byProcess.values()].flatMap((facts) => facts.get(nodeId) ?? []);
      const now: PassiveFacts = {
        nodeId,
        ejection: views.map((view) => view.ejection).reduce(worseEjection, NO_FACTS.ejection),
        breaker: views.map((view) => view.breaker).reduce(worseBreaker, NO_FACTS.breaker),
        cooling: views.map((view) => view.cooling).reduce(worseCooling, NO_FACTS.cooling),
        // Each process counts for itself, and hears of the others.
        trialsPassed: 0,
      };
      if (views.length === 0) this.#merged.delete(nodeId);
      else this.#merged.set(nodeId, now);
      if (JSON.stringify(now) !== JSON.stringify(before)) changes.push({ before, now });
    }
    return changes;
  }
}

export type PassiveChange = { before: PassiveFacts; now: PassiveFacts };

function worseEjection(a: EjectionState, b: EjectionState): EjectionState {
  if (a.state === "ejected" && b.state === "ejected") return b.untilMs > a.untilMs ? b : a;
  if (a.state === "ejected" || b.state === "ejected") return a.state === "ejected" ? a : b;
  return b.timesEjected > a.timesEjected ? b : a;
}

const BREAKER_RANK = { closed: 0, "half-open": 1, open: 2 } as const;
function worseBreaker(a: BreakerState, b: BreakerState): BreakerState {
  if (a.state === "open" && b.state === "open") return b.untilMs > a.untilMs ? b : a;
  return BREAKER_RANK[b.state] > BREAKER_RANK[a.state] ? b : a;
}

const coolsUntilMs = (cooling: CoolingState): number => (cooling.state === "cooling" ? cooling.untilMs : 0);
const worseCooling = (a: CoolingState, b: CoolingState): CoolingState => (coolsUntilMs(b) > coolsUntilMs(a) ? b : a);

/** When a fact stops to matter by itself. */
function endMs({ ejection, breaker, cooling }: PassiveFacts): number {
  const outUntilMs = Math.max(ejection.state === "ejected" ? ejection.untilMs : 0, coolsUntilMs(cooling));
  if (breaker.state === "closed") return outUntilMs;
  return Math.max(outUntilMs, breaker.state === "open" ? breaker.untilMs : breaker.sinceMs);
}
