// Which node a request goes to: the pool's algorithm over those that take part, less those that must be passed over now.
// A request that these have failed may have a node in reserve, as nginx passes it on to backups: a pool of one primary and
// one backup loses nothing while the primary's death is still being found out.
import type { Algorithm } from "#lib/contracts/config.ts";
import { TieredPicker } from "#lib/core/balance/tiered-picker.ts";
import type { Tier } from "#lib/core/balance/tiers.ts";
import type { Random, Skip } from "#lib/core/balance/types.ts";
import { clockMs } from "../clock.ts";
import type { NodeState } from "./node-state.ts";

export class Selection {
  readonly #random: Random;
  #picker: TieredPicker<NodeState>;
  #algorithm: Algorithm;
  /** Whether some candidate may have to be passed over even by a request that has tried none. */
  #isAnyGated = false;
  /** All that take part, when all of them may only be sent so many. */
  #budgeted: readonly NodeState[] = [];

  constructor(algorithm: Algorithm, random: Random) {
    this.#random = random;
    this.#algorithm = algorithm;
    this.#picker = new TieredPicker(algorithm, random);
  }

  /** Call `update` next. */
  configure(algorithm: Algorithm): void {
    if (algorithm === this.#algorithm) return;
    this.#algorithm = algorithm;
    this.#picker = new TieredPicker(algorithm, this.#random);
  }

  /**
   * Those that take part from now on, with their effective weights.
   * @param placeOf of each node, in `tiers`; -1: it takes no part
   */
  update(tiers: readonly Tier[], nodes: readonly NodeState[], placeOf: (i: number) => number): void {
    const candidates = tiers.map((): NodeState[] => []);
    for (const [i, node] of nodes.entries()) candidates[placeOf(i)]?.push(node);
    this.#picker.update(tiers, candidates);
    const inUse = nodes.filter((node) => node.share > 0);
    this.#budgeted = inUse.every((node) => node.budgets !== null) ? inUse : [];
    this.#isAnyGated = candidates.some((own, at) => (tiers[at] as Tier).share > 0 && own.some((node) => node.isGated));
  }

  loadChanged(node: NodeState): void {
    this.#picker.loadChanged(node);
  }

  /**
   * A node that may be tried now; null when there is none.
   * @param withheld share of a node's slots that is kept from the request
   */
  pick(nowMs: number, hash: number, tried: readonly NodeState[], withheld: number): NodeState | null {
    const node = this.#picker.pick(nowMs, hash, this.#skip(tried, withheld));
    return node === null && this.#mayUseReserve(tried) ? this.#fromReserve(nowMs, hash, tried, withheld) : node;
  }

  /** The same while some are suspected of being silent. @param isSafe whether the request may try one of them out */
  pickAmongSuspects(
    nowMs: number,
    hash: number,
    tried: readonly NodeState[],
    isSafe: boolean,
    withheld: number,
  ): NodeState | null {
    const nowClockMs = clockMs();
    const mayTry = ({ suspicion }: NodeState) => !suspicion.isSuspect || (isSafe && suspicion.isTrialDue(nowClockMs));
    const node = this.#picker.pick(nowMs, hash, (one) => !mayTry(one) || isOut(one, tried, withheld));
    if (node === null) {
      const suspect = this.#picker.pick(nowMs, hash, (one) => isOut(one, tried, withheld));
      return suspect === null && this.#mayUseReserve(tried) ? this.#fromReserve(nowMs, hash, tried, withheld) : suspect;
    }
    node.suspicion.tried(nowClockMs);
    return node;
  }

  /**
   * A node to ask besides one that has been asked; null when there is none worth it.
   * @param isLost whether that one takes no connection, or says nothing at all: then one in reserve will do, too
   */
  pickOther(
    nowMs: number,
    hash: number,
    tried: readonly NodeState[],
    isLost: boolean,
    withheld: number,
  ): NodeState | null {
    const skip = (node: NodeState) => node.suspicion.isSuspect || isOut(node, tried, withheld);
    const node = this.#picker.pick(nowMs, hash, skip);
    return node === null && isLost ? this.#picker.pickReserve(nowMs, hash, skip) : node;
  }

  /** Whether those that take part have failed the request, or may be sent no more for a moment. */
  #mayUseReserve(tried: readonly NodeState[]): boolean {
    return tried.length > 0 || (this.#budgeted.length > 0 && this.#budgeted.every((node) => node.spent !== null));
  }

  #fromReserve(nowMs: number, hash: number, tried: readonly NodeState[], withheld: number): NodeState | null {
    return this.#picker.pickReserve(nowMs, hash, (node) => isOut(node, tried, withheld));
  }

  /** Null for most requests: nobody need be looked at. */
  #skip(tried: readonly NodeState[], withheld: number): Skip<NodeState> | null {
    if (tried.length === 0 && !this.#isAnyGated) return null;
    return (node) => isOut(node, tried, withheld);
  }
}

const isOut = (node: NodeState, tried: readonly NodeState[], withheld: number): boolean =>
  node.isFullBut(withheld) || !node.breakerGate.admits() || tried.includes(node);

/**
 * Whether some of the nodes would do if only it had a free slot. Those that would ask for one. Nobody waits for one
 * in reserve.
 */
export function hasFullNode(nodes: readonly NodeState[], tried: readonly NodeState[], withheld: number): boolean {
  let hasOne = false;
  for (const node of nodes) {
    if (
      !node.isFullBut(withheld) ||
      node.share === 0 ||
      node.spent !== null ||
      !node.breakerGate.admits() ||
      tried.includes(node)
    )
      continue;
    if (node.slots !== null && (withheld > 0 || node.slots.isFull)) node.slots.wanted();
    hasOne = true;
  }
  return hasOne;
}
