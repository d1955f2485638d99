// What nodes told of their resources, as the rule would have read it: it looks at what was told last, so that each reading of a span
// counts, not their mean. Stored of a span are how many readings there were, their sum and the highest. Of two, that is both; of more,
// the highest and the mean are looked at, one after the other: a peak is seen, how long it lasted is not known.
import type { ResourceSpan, SpanFigure } from "../resources/series.ts";
import type { ResourceFigures } from "./figures.ts";

/** What the rule read in the middle of a span and at its end; alike where nothing else is known. */
type Readings = readonly [first: number | null, last: number | null];
type Figure = Pick<SpanFigure, "count" | "sum" | "max">;
type Moment = ReadonlyMap<string, ResourceFigures>;

/** What is not known of readings that spans hold together. */
export type ReadingsNote = "reading-order" | "readings-together";

const NOBODY: Moment = new Map();

export class ResourceIndex {
  readonly notes: ReadonlySet<ReadingsNote>;
  readonly #middles = new Map<number, Map<string, ResourceFigures>>();
  readonly #ends = new Map<number, Map<string, ResourceFigures>>();
  readonly #spanMs: number;

  /** @param spans of each node, the oldest first */
  constructor(spans: ReadonlyMap<string, readonly ResourceSpan[]>, spanMs: number) {
    this.#spanMs = spanMs;
    const notes = new Set<ReadingsNote>();
    for (const [nodeId, rows] of spans) {
      let before: ResourceFigures | undefined;
      for (const span of rows) {
        for (const figure of [span.cpu, span.memory, span.backlog]) note(notes, figure);
        const cpu = readingsOf(span.cpu, before?.cpuRatio);
        const memory = readingsOf(span.memory, before?.memoryBytes);
        const ratio = readingsOf(withHighest(span.memoryRatio, span.memory), before?.memoryRatio);
        const backlog = readingsOf(span.backlog, before?.backlog);
        const at = (n: 0 | 1): ResourceFigures => ({
          ...{ cpuRatio: cpu[n], memoryRatio: ratio[n], memoryBytes: memory[n], backlog: backlog[n] },
        });
        before = at(1);
        put(this.#middles, span.atMs, nodeId, at(0));
        put(this.#ends, span.atMs, nodeId, before);
      }
    }
    this.notes = notes;
  }

  /** In the middle of the span that ends then; nodes that told nothing in it are not there. */
  within(endMs: number): Moment {
    return this.#middles.get(this.#startOf(endMs)) ?? NOBODY;
  }

  /** At its end. */
  before(endMs: number): Moment {
    return this.#ends.get(this.#startOf(endMs)) ?? NOBODY;
  }

  #startOf(endMs: number): number {
    return Math.floor((endMs - 1) / this.#spanMs) * this.#spanMs;
  }
}

function put(moments: Map<number, Map<string, ResourceFigures>>, atMs: number, nodeId: string, told: ResourceFigures) {
  const moment = moments.get(atMs);
  if (moment) moment.set(nodeId, told);
  else moments.set(atMs, new Map([[nodeId, told]]));
}

/** @param before what was read last: of two readings the nearer one is taken to have come first */
function readingsOf({ count, sum, max }: Figure, before: number | null | undefined): Readings {
  if (count === 0) return [null, null];
  const mean = sum / count;
  if (count === 1 || max === null) return [mean, mean];
  if (count > 2) return [max, mean];
  const other = sum - max;
  const from = before ?? other;
  return Math.abs(max - from) < Math.abs(other - from) ? [max, other] : [other, max];
}

function note(notes: Set<ReadingsNote>, { count, sum, max }: Figure): void {
  if (count > 2) notes.add("readings-together");
  else if (count === 2 && max !== null && max !== sum - max) notes.add("reading-order");
}

/** Of a part of the memory no highest is stored: it is that of the memory, by its limit. */
function withHighest(ratio: Figure, memory: Figure): Figure {
  const isOfSame = memory.max !== null && memory.sum > 0 && memory.count === ratio.count;
  return isOfSame ? { ...ratio, max: (memory.max as number) * (ratio.sum / memory.sum) } : ratio;
}
