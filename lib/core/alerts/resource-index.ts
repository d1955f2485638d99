// What nodes told of their resources, by span: each figure the mean of its span, as a rule would have seen it on the whole.
import type { ResourceSpan } from "../resources/series.ts";
import type { ResourceFigures } from "./figures.ts";

type Figure = { readonly count: number; readonly sum: number };
const mean = ({ count, sum }: Figure): number | null => (count > 0 ? sum / count : null);

export class ResourceIndex {
  readonly #at = new Map<number, Map<string, ResourceFigures>>();
  readonly #spanMs: number;

  constructor(spans: ReadonlyMap<string, readonly ResourceSpan[]>, spanMs: number) {
    this.#spanMs = spanMs;
    for (const [nodeId, rows] of spans)
      for (const { atMs, cpu, memory, memoryRatio, backlog } of rows) {
        const figures = this.#at.get(atMs) ?? new Map<string, ResourceFigures>();
        figures.set(nodeId, {
          cpuRatio: mean(cpu),
          memoryRatio: mean(memoryRatio),
          memoryBytes: mean(memory),
          backlog: mean(backlog),
        });
        this.#at.set(atMs, figures);
      }
  }

  /** Of the span that ends then; nodes that told nothing in it are not there. */
  before(nowMs: number): ReadonlyMap<string, ResourceFigures> {
    return this.#at.get(Math.floor((nowMs - 1) / this.#spanMs) * this.#spanMs) ?? new Map();
  }
}
