// Stored spans by subject, so that any window of them is summed in time proportional to the spans within it.
import { mergeAllSparse } from "../histogram.ts";
import type { RollUp } from "../roll-up.ts";
import type { WindowFigures } from "./figures.ts";

export class SpanIndex {
  readonly #of = new Map<string, Map<number, RollUp[]>>();
  readonly #spanMs: number;

  constructor(rows: readonly RollUp[], spanMs: number) {
    this.#spanMs = spanMs;
    for (const row of rows) {
      const spans = this.#of.get(row.targetId) ?? new Map<number, RollUp[]>();
      const at = Math.floor(row.atMs / spanMs) * spanMs;
      const same = spans.get(at);
      if (same) same.push(row);
      else spans.set(at, [row]);
      this.#of.set(row.targetId, spans);
    }
  }

  /** Spans that begin from `fromMs` on and before `toMs`; null: there are none. */
  over(id: string, fromMs: number, toMs: number): WindowFigures | null {
    const spans = this.#of.get(id);
    if (!spans) return null;
    const instants: RollUp[][] = [];
    for (let at = Math.floor(fromMs / this.#spanMs) * this.#spanMs; at < toMs; at += this.#spanMs) {
      const rows = spans.get(at);
      if (rows) instants.push(rows);
    }
    return instants.length === 0 ? null : sumOf(instants, this.#spanMs);
  }
}

function sumOf(instants: readonly RollUp[][], spanMs: number): WindowFigures {
  const rows = instants.flat();
  const sum = (of: (row: RollUp) => number): number => rows.reduce((total, row) => total + of(row), 0);
  const highest = (of: (row: RollUp) => number): number =>
    Math.max(...instants.map((instant) => instant.reduce((total, row) => total + of(row), 0)));
  return {
    requests: sum(({ counts }) => counts.requests),
    successes: sum(({ counts }) => counts.successes),
    failures: sum(({ counts }) => counts.failures),
    status4xx: sum(({ counts }) => counts.status4xx),
    status5xx: sum(({ counts }) => counts.status5xx),
    retries: sum(({ counts }) => counts.retries),
    aborted: sum(({ counts }) => counts.aborted),
    bytesIn: sum(({ counts }) => counts.bytesIn),
    bytesOut: sum(({ counts }) => counts.bytesOut),
    inFlightMax: highest(({ inFlightMax }) => inFlightMax),
    queuedMax: highest(({ queuedMax }) => queuedMax),
    measuredMs: instants.length * spanMs,
    latencyUs: mergeAllSparse(rows.map(({ counts }) => counts.latencyUs)),
  };
}
