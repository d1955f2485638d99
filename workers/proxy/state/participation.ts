// Who of a pool takes part, with which weight: decided anew when something about its nodes changed. Where a canary runs, what
// is known of the nodes is brought up to date once, and each of the two arms then decides by its own configuration.
import type { Trip } from "#lib/contracts/bus.ts";
import { decideEligibility } from "#lib/core/balance/eligibility.ts";
import { adaptiveNow } from "./adaptive.ts";
import { nextChangeInMs } from "./next-change.ts";
import { slotsNow } from "./node-slots.ts";
import type { NodeState } from "./node-state.ts";
import type { PoolShell } from "./pool-shell.ts";
import type { PoolState } from "./pool-state.ts";
import type { Selection } from "./selection.ts";

export class Participation {
  readonly #pool: PoolState;
  readonly #selection: Selection;
  readonly #shell: PoolShell;
  #timer: NodeJS.Timeout | undefined;

  constructor(pool: PoolState, selection: Selection, shell: PoolShell) {
    this.#pool = pool;
    this.#selection = selection;
    this.#shell = shell;
  }

  /** Of a pool that has no base: all of it, its twin included. @param trips what a request has just set off */
  recompute(nowMs: number, trips: readonly Trip[] = []): void {
    const { allNodes, line, twin } = this.#pool;
    for (const node of allNodes) {
      node.breakerGate.advance(nowMs);
      node.ejectionGate.advance(nowMs);
      node.coolingGate.advance(nowMs);
      node.adaptive = adaptiveNow(node, this.#shell, nowMs);
      node.slots = slotsNow(node, this.#shell.slots, nowMs);
      node.enforceDrain(nowMs);
    }
    this.#pool.ejected = allNodes.filter((node) => node.ejection.state === "ejected").length;
    const nextChangeMs = earlier(this.decide(nowMs), twin === null ? null : twin.decide(nowMs));
    // Whatever changed them: traffic, a passed check, or time alone.
    const news = allNodes.filter((node) => node.takePassiveNews()).map((node) => node.passiveFacts);
    if (news.length > 0) this.#shell.tellSiblings(news, trips);
    this.#schedule(allNodes, nextChangeMs, nowMs);
    if (line.size > 0) queueMicrotask(() => line.serveAll());
  }

  /** @returns when time alone will change it, Unix milliseconds; null: never */
  decide(nowMs: number): number | null {
    const { config, nodes } = this.#pool;
    for (const node of nodes) node.follow();
    const eligibility = decideEligibility(config, nodes, nowMs, this.#shell.zone);
    this.#pool.mode = eligibility.mode;
    for (const [i, { reason, effectiveWeight, share }] of eligibility.nodes.entries())
      Object.assign(nodes[i] as NodeState, { reason, effectiveWeight, share });
    this.#selection.update(eligibility.tiers, nodes, (i) => eligibility.nodes[i]?.tier ?? -1);
    return eligibility.nextChangeMs;
  }

  #schedule(nodes: readonly NodeState[], nextChangeMs: number | null, nowMs: number): void {
    clearTimeout(this.#timer);
    const inMs = nextChangeInMs(nodes, nextChangeMs, nowMs);
    if (inMs === null) return;
    this.#timer = setTimeout(() => this.recompute(Date.now()), inMs);
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}

const earlier = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b);
