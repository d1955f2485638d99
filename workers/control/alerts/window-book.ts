// Measurements of the windows that rules look at, read again when there can be new ones: an evaluation that a flip of a node has
// brought about does not ask for the figures of an hour.
import type { MetricSubject } from "#lib/contracts/alert-metrics.ts";
import type { AlertCondition } from "#lib/contracts/config/alert-rule.ts";
import type { WindowFigures } from "#lib/core/alerts/figures.ts";
import { neededWindows, windowKey } from "#lib/core/alerts/windows.ts";
import { readWindows } from "#lib/store/control/alert-windows.ts";
import type { Queryable } from "#lib/store/control/database.ts";
import type { Attempt } from "./attempt.ts";

const HOUR_MS = 3_600_000;
/** Roll-ups come every ten seconds; what is longer than an hour changes slowly. */
const freshMs = (windowMs: number): number => (windowMs <= HOUR_MS ? 5_000 : 60_000);

/** `figures`: null when they could not be read at all. */
type Known = {
  readMs: number;
  withLatency: boolean;
  figures: ReadonlyMap<string, WindowFigures | "unreadable"> | null;
};

export class WindowBook {
  #known = new Map<string, Known>();

  /** @returns as `World.window` is: what cannot be read is not known, and all else is */
  async read(attempt: Attempt, db: Queryable, conditions: readonly AlertCondition[], nowMs: number) {
    const known = new Map<string, Known>();
    for (const { of, windowMs, withLatency } of neededWindows(conditions)) {
      const key = windowKey(of, windowMs);
      const before = this.#known.get(key);
      const age = before ? nowMs - before.readMs : Number.POSITIVE_INFINITY;
      const isFresh = before && age >= 0 && age < freshMs(windowMs) && (before.withLatency || !withLatency);
      const read = () => readWindows(db, of, windowMs, withLatency, nowMs);
      const figures = isFresh ? before.figures : await attempt(`figures of ${key}`, read);
      for (const [id, one] of isFresh ? [] : (figures ?? []))
        if (one === "unreadable") attempt.failed(`the histogram of ${of} ${id}`);
      known.set(key, isFresh ? before : { readMs: nowMs, withLatency, figures });
    }
    this.#known = known;
    return (of: MetricSubject, id: string, windowMs: number): WindowFigures | null | undefined => {
      const figures = known.get(windowKey(of, windowMs))?.figures ?? undefined;
      const window = figures && (figures.get(id) ?? null);
      return window === "unreadable" ? undefined : window;
    };
  }
}
