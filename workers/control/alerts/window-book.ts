// Measurements of the windows that rules look at, read again when there can be new ones: an evaluation that a flip of a node has
// brought about does not ask for the figures of an hour.
import type { MetricSubject } from "#lib/contracts/alert-metrics.ts";
import type { AlertCondition } from "#lib/contracts/config/alert-rule.ts";
import type { WindowFigures } from "#lib/core/alerts/figures.ts";
import { neededWindows, windowKey } from "#lib/core/alerts/windows.ts";
import { readWindows } from "#lib/store/control/alert-windows.ts";
import type { Queryable } from "#lib/store/control/database.ts";

const HOUR_MS = 3_600_000;
/** Roll-ups come every ten seconds; what is longer than an hour changes slowly. */
const freshMs = (windowMs: number): number => (windowMs <= HOUR_MS ? 5_000 : 60_000);

type Known = { readMs: number; withLatency: boolean; figures: Map<string, WindowFigures> };

export class WindowBook {
  #known = new Map<string, Known>();

  /** @returns as `World.window` is */
  async read(db: Queryable, conditions: readonly AlertCondition[], nowMs: number) {
    const known = new Map<string, Known>();
    for (const { of, windowMs, withLatency } of neededWindows(conditions)) {
      const key = windowKey(of, windowMs);
      const before = this.#known.get(key);
      const age = before ? nowMs - before.readMs : Number.POSITIVE_INFINITY;
      const isFresh = before && age >= 0 && age < freshMs(windowMs) && (before.withLatency || !withLatency);
      const figures = isFresh ? before.figures : await readWindows(db, of, windowMs, withLatency, nowMs);
      known.set(key, isFresh ? before : { readMs: nowMs, withLatency, figures });
    }
    this.#known = known;
    return (of: MetricSubject, id: string, windowMs: number): WindowFigures | null | undefined => {
      const window = known.get(windowKey(of, windowMs));
      return window && (window.figures.get(id) ?? null);
    };
  }
}
