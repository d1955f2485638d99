// History of a node's weight: each step of the degrade rule, and of dynamic weights what is worth telling: a node that came
// to fail or reached a bound, and every move that adds up to a quarter of its base weight. Not each of many small moves.
import type { DynamicReason, DynamicWeight } from "#lib/contracts/runtime.ts";
import type { FactEvent } from "#lib/store/control/facts.ts";
import type { WeightChange } from "./weights.ts";

const TOLD_MOVE = 0.25;
const TOLD_REASONS: ReadonlySet<DynamicReason> = new Set(["failing", "no-success", "floor", "ceiling"]);

export class WeightEvents {
  /** Node → factor and reason as last told. */
  readonly #told = new Map<string, Pick<DynamicWeight, "factor" | "reason">>();

  /** Events of one change. */
  of({ entry: { nodeId }, before, now, degradeCause }: WeightChange, atMs: number): FactEvent[] {
    const events: FactEvent[] = [];
    if (before.degrade?.step !== now.degrade?.step) {
      const reason = degradeCause ?? "settings-changed";
      const [from, to] = [partCode(before.degrade?.factor ?? 1), partCode(now.degrade?.factor ?? 1)];
      events.push({ nodeId, fact: "degrade", from, to, reason, atMs });
    }
    return [...events, ...this.#moved(nodeId, before.dynamic, now.dynamic, atMs)];
  }

  forget(nodeIds: readonly string[]): void {
    for (const nodeId of nodeIds) this.#told.delete(nodeId);
  }

  #moved(nodeId: string, before: DynamicWeight | null, now: DynamicWeight | null, atMs: number): FactEvent[] {
    const told = this.#told.get(nodeId) ?? { factor: before?.factor ?? 1, reason: before?.reason ?? "steady" };
    if (now === null) {
      this.#told.delete(nodeId);
      if (told.factor === 1) return [];
      return [
        { nodeId, fact: "weight", from: partCode(told.factor), to: partCode(1), reason: "settings-changed", atMs },
      ];
    }
    // Small moves add up from here.
    this.#told.set(nodeId, told);
    const isTold = TOLD_REASONS.has(now.reason) && now.reason !== told.reason;
    if (!isTold && Math.abs(now.factor - told.factor) < TOLD_MOVE - 1e-9) return [];
    this.#told.set(nodeId, now);
    return [
      { nodeId, fact: "weight", from: partCode(told.factor), to: partCode(now.factor), reason: reasonCode(now), atMs },
    ];
  }
}

const partCode = (factor: number): string => `at-${Math.round(factor * 100)}-percent`;

/** The reason with its figures: `weight-floor-250-ms-errors-1.2-percent`. */
function reasonCode({ reason, meanMs, errorRatio }: DynamicWeight): string {
  const time = meanMs === null ? "" : `-${Math.round(meanMs * 10) / 10}-ms`;
  return `weight-${reason}${time}-errors-${Math.round(errorRatio * 1_000) / 10}-percent`;
}
