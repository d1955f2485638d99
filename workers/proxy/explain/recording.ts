// What is kept of the requests of one route, or of a pool that is reached without one: made ready with the configuration, so
// that a request of which nothing is kept costs one subtraction and one comparison.
import { type ConfigPool, RecordingSettings } from "#lib/contracts/config.ts";
import type { RequestRecord } from "#lib/contracts/requests.ts";
import type { Random } from "#lib/core/balance/types.ts";
import { Sampler } from "#lib/core/explain/sampler.ts";

/** Where a configuration leads a request. */
export interface Whereabouts {
  readonly poolId: string | null;
  readonly routeId: string | null;
  readonly revision: number;
  readonly arm: RequestRecord["arm"];
}

export interface RecordSink {
  push(record: RequestRecord): void;
}

export class Recording {
  readonly where: Whereabouts;
  readonly isOn: boolean;
  readonly query: RecordingSettings["query"];
  /** An answer that takes this long is slow; infinite: none is. */
  readonly slowMs: number;
  readonly sink: RecordSink;
  readonly #sampler: Sampler;

  constructor(where: Whereabouts, settings: RecordingSettings, random: Random, sink: RecordSink) {
    this.where = where;
    this.isOn = settings.enabled;
    this.query = settings.query;
    this.slowMs = settings.enabled && settings.slowMs > 0 ? settings.slowMs : Number.POSITIVE_INFINITY;
    this.sink = sink;
    this.#sampler = new Sampler(settings.enabled ? settings.sampleRatio : 0, random);
  }

  /** Whether the next request is a sample. */
  isSample(): boolean {
    return this.#sampler.next();
  }
}

const OF_NO_POOL = RecordingSettings.parse({});

/** @param pool null: the route answers by itself */
export const recordingOf = (where: Whereabouts, pool: ConfigPool | null, random: Random, sink: RecordSink): Recording =>
  new Recording(where, pool?.recording ?? OF_NO_POOL, random, sink);
