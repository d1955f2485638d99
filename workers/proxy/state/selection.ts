// Which node a request goes to: the pool's algorithm over those that take part, less those that must be passed over now.
import type { Algorithm } from "#lib/contracts/config.ts";
import { createPicker } from "#lib/core/balance/create.ts";
import type { Picker, Random, Skip } from "#lib/core/balance/types.ts";
import { clockMs } from "../clock.ts";
import type { NodeState } from "./node-state.ts";

export class Selection {
  readonly #random: Random;
  #picker: Picker<NodeState>;
  #algorithm: Algorithm;
  /** Whether some candidate may have to be passed over even by a request that has tried none. */
  #isAnyGated = false;

  constructor(algorithm: Algorithm, random: Random) {
    this.#random = random;
    this.#algorithm = algorithm;
    this.#picker = createPicker(algorithm, random);
  }

  /** Call `update` next. */
  configure(algorithm: Algorithm): void {
    if (algorithm === this.#algorithm) return;
    this.#algorithm = algorithm;
    this.#picker = createPicker(algorithm, this.#random);
  }

  /** Those that take part from now on, with their effective weights. */
  update(candidates: readonly NodeState[]): void {
    this.#picker.update(candidates);
    this.#isAnyGated = candidates.some((node) => node.isGated);
  }

  loadChanged(node: NodeState): void {
    this.#picker.loadChanged(node);
  }

  /** A node that may be tried now; null when there is none. */
  pick(nowMs: number, hash: number, tried: readonly NodeState[]): NodeState | null {
    return this.#picker.pick(nowMs, hash, this.#skip(tried));
  }

  /** The same while some are suspected of being silent. @param isSafe whether the request may try one of them out */
  pickAmongSuspects(nowMs: number, hash: number, tried: readonly NodeState[], isSafe: boolean): NodeState | null {
    const nowClockMs = clockMs();
    const mayTry = ({ suspicion }: NodeState) => !suspicion.isSuspect || (isSafe && suspicion.isTrialDue(nowClockMs));
    const node = this.#picker.pick(nowMs, hash, (one) => !mayTry(one) || isOut(one, tried));
    if (node === null) return this.#picker.pick(nowMs, hash, (one) => isOut(one, tried));
    node.suspicion.tried(nowClockMs);
    return node;
  }

  /** A node to ask besides one that has been asked; null when there is none worth it. */
  pickOther(nowMs: number, hash: number, tried: readonly NodeState[]): NodeState | null {
    return this.#picker.pick(nowMs, hash, (node) => node.suspicion.isSuspect || isOut(node, tried));
  }

  /** Null for most requests: nobody need be looked at. */
  #skip(tried: readonly NodeState[]): Skip<NodeState> | null {
    if (tried.length === 0 && !this.#isAnyGated) return null;
    return (node) => isOut(node, tried);
  }
}

const isOut = (node: NodeState, tried: readonly NodeState[]): boolean =>
  node.isFull || !node.breakerGate.admits() || tried.includes(node);

/** Whether some of the nodes would do if only it had a free slot. */
export const hasFullNode = (nodes: readonly NodeState[], tried: readonly NodeState[]): boolean =>
  nodes.some((node) => node.effectiveWeight > 0 && node.isFull && node.breakerGate.admits() && !tried.includes(node));
