// What is kept of the requests of one route, or of a pool that is reached without one: made ready with the configuration, so
// that a request of which nothing is kept costs one subtraction and one comparison.
import { type ConfigPool, type ConfigRoute, RecordingSettings } from "#lib/contracts/config.ts";
import type { RequestRecord } from "#lib/contracts/requests.ts";
import type { Random } from "#lib/core/balance/types.ts";
import { recordingFor } from "#lib/core/explain/route-recording.ts";
import { Sampler } from "#lib/core/explain/sampler.ts";
import type { Tracing } from "../tracing/tracing.ts";
import type { AccessLog, AccessLogChoice } from "./access-log.ts";

/** Where a configuration leads a request. */
export interface Whereabouts {
  readonly poolId: string | null;
  readonly routeId: string | null;
  readonly revision: number;
  readonly arm: RequestRecord["arm"];
}

export interface RecordSink {
  readonly accessLog: AccessLog;
  readonly tracing: Tracing;
  push(record: RequestRecord): void;
}

export class Recording {
  readonly where: Whereabouts;
  readonly isOn: boolean;
  readonly query: RecordingSettings["query"];
  /** An answer that takes this long is slow; infinite: none is. */
  readonly slowMs: number;
  readonly sink: RecordSink;
  /** Null: traces are off. */
  readonly tracing: Tracing | null;
  /** Whether anything is remembered of requests, to be kept, logged or traced. */
  readonly remembers: boolean;
  /** Null: nothing is logged. */
  readonly #log: AccessLogChoice | null;
  readonly #sampler: Sampler;

  constructor(where: Whereabouts, settings: RecordingSettings, random: Random, sink: RecordSink) {
    this.where = where;
    this.isOn = settings.enabled;
    this.query = settings.query;
    this.slowMs = settings.enabled && settings.slowMs > 0 ? settings.slowMs : Number.POSITIVE_INFINITY;
    this.sink = sink;
    this.#log = sink.accessLog.choice(random, settings.logRatio);
    this.tracing = sink.tracing.active;
    this.remembers = settings.enabled || this.#log !== null || this.tracing !== null;
    if (this.#log !== null && this.#log.slowMs > 0) this.slowMs = Math.min(this.slowMs, this.#log.slowMs);
    this.#sampler = new Sampler(settings.enabled ? settings.sampleRatio : 0, random);
  }

  /** Whether the next request is a sample. */
  isSample(): boolean {
    return this.#sampler.next();
  }

  /** Whether the next request is logged though there is nothing to tell of it. */
  isLogged(): boolean {
    return this.#log === null ? false : this.#log.sampler.next();
  }

  /** @param isLogged whatever it was like */
  take(record: RequestRecord, isLogged: boolean): void {
    const isWorthIt = record.kept.length > 0;
    if (isWorthIt && this.isOn) this.sink.push(record);
    if (this.#log !== null && (isWorthIt || isLogged)) this.sink.accessLog.write(record);
  }
}

const OF_NO_POOL = RecordingSettings.parse({});

/** @param route null: the pool is the default one @param pool null: the route answers by itself */
export const recordingOf = (
  where: Whereabouts,
  route: ConfigRoute | null,
  pool: ConfigPool | null,
  random: Random,
  sink: RecordSink,
): Recording =>
  new Recording(where, recordingFor(pool?.recording ?? OF_NO_POOL, route?.recording ?? null), random, sink);
