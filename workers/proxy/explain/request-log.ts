// Requests worth keeping, on their way to control: a bounded number of bounded size waits here, and what does not fit is
// counted and lost. Control takes one batch at a time; while it is away, or behind, nothing is sent.
import type { PublishedConfig } from "#lib/contracts/config.ts";
import type { RequestRecord } from "#lib/contracts/requests.ts";
import type { Random } from "#lib/core/balance/types.ts";
import { clockMs, wallMs } from "../clock.ts";
import type { ExchangeClient } from "../exchange/exchange-client.ts";
import type { OwnAnswer } from "../http/own-answer.ts";
import type { RequestHead } from "../http/request-head.ts";
import { Tracing } from "../tracing/tracing.ts";
import { AccessLog } from "./access-log.ts";
import type { Recording, RecordSink } from "./recording.ts";
import { targetOf } from "./story.ts";

export interface RequestBatch {
  records: RequestRecord[];
  /** Since the batch before. */
  dropped: number;
}

export const MAX_WAITING = 2_000;
const MAX_WAITING_BYTES = 8 * 1024 * 1024;
/** A storm of failures is told of by so many of each second. */
export const MAX_A_SECOND = 1_000;
const BATCH = 200;
/** How long the first of a batch waits for others. */
const COLLECT_MS = 100;
/** Of answers without a route: there is no pool whose settings could say so. */
const NO_SETTINGS = { query: "names" } as const;

export class RequestLog implements RecordSink {
  readonly accessLog: AccessLog;
  readonly tracing: Tracing;
  readonly #send: (batch: RequestBatch) => void;
  #waiting: RequestRecord[] = [];
  #bytes = 0;
  #dropped = 0;
  #second = 0;
  #ofSecond = 0;
  #mayTell = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(send: (batch: RequestBatch) => void, accessLog = new AccessLog(undefined), random: Random = Math.random) {
    this.#send = send;
    this.tracing = new Tracing(random);
    this.accessLog = accessLog;
  }

  /** @param config opened */
  configure(config: PublishedConfig): void {
    this.accessLog.configure(config.document.proxy.accessLog);
    this.tracing.configure(config);
  }

  push(record: RequestRecord): void {
    const second = Math.floor(clockMs() / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#ofSecond = 0;
    }
    const bytes = sizeOf(record);
    const isFull = this.#waiting.length >= MAX_WAITING || this.#bytes + bytes > MAX_WAITING_BYTES;
    if (isFull || this.#ofSecond >= MAX_A_SECOND) {
      this.#dropped++;
      return;
    }
    this.#ofSecond++;
    this.#waiting.push(record);
    this.#bytes += bytes;
    this.#sendSoon();
  }

  /** An answer that the proxy made before any pool was asked. @param head null: there was none that could be read */
  answered(
    answer: OwnAnswer,
    requestId: string,
    { address: clientAddress, connectionFields }: Pick<ExchangeClient, "address" | "connectionFields">,
    head: RequestHead | null,
    recording: Recording | null,
  ): void {
    const trace = head && (this.tracing.active?.begin(head, connectionFields) ?? null);
    const isTraced = trace?.isSampled === true;
    if (answer.problem === undefined && !isTraced) return;
    const code = answer.problem?.code ?? null;
    const target = head && targetOf(head, recording ?? NO_SETTINGS);
    const record: RequestRecord = {
      requestId,
      atMs: wallMs(),
      ...(recording?.where ?? { poolId: null, routeId: null, revision: null, arm: null }),
      algorithm: null,
      ...(target ?? { protocol: "", method: "", host: "", path: "", query: "" }),
      clientAddress,
      status: answer.status,
      code,
      cause: code ?? "ok",
      kept: ["failed"],
      queueMs: 0,
      firstByteMs: 0,
      tookMs: 0,
      bytesIn: 0,
      bytesOut: 0,
      attempts: [],
      picks: [],
    };
    if (isTraced) this.tracing.ended(record, trace);
    if (code === null) return;
    if (recording?.isOn !== false) this.push(record);
    this.accessLog.write(record);
  }

  connected(): void {
    this.#mayTell = true;
    if (this.#waiting.length > 0) this.#sendSoon();
  }
  disconnected(): void {
    this.#mayTell = false;
  }
  /** Control has taken the last batch. */
  taken(): void {
    this.connected();
  }

  #sendSoon(): void {
    if (this.#mayTell) this.#timer ??= setTimeout(() => this.flush(), COLLECT_MS);
  }

  /** Sends what waits, as far as it may be sent. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#mayTell || this.#waiting.length + this.#dropped === 0) return;
    const records = this.#waiting.splice(0, BATCH);
    for (const record of records) this.#bytes -= sizeOf(record);
    const dropped = this.#dropped;
    this.#dropped = 0;
    this.#mayTell = false;
    this.#send({ records, dropped });
  }

  /** What is left goes out: at the latest after a second or so. */
  async stop(): Promise<void> {
    this.flush();
    clearTimeout(this.#timer);
    await Promise.all([this.accessLog.stop(), this.tracing.stop()]);
  }
}

/** About as long as it is as text. */
function sizeOf({ path, query, attempts, picks }: RequestRecord): number {
  let bytes = 700 + path.length + query.length + attempts.length * 220;
  for (const { candidates } of picks) bytes += 80 + candidates.length * 260;
  return bytes;
}
