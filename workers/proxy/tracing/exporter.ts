// Spans on their way to a collector: a bounded number waits, one batch is out at a time, and what a collector does not take in
// time is tried again as OTLP has it. No request ever waits for it; what does not fit, or is refused, is counted.
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { SpanCounts } from "#lib/contracts/metrics.ts";
import type { Random } from "#lib/core/balance/types.ts";
import { otlpTraces, rejectedSpans } from "#lib/core/tracing/otlp-json.ts";
import { fateOf, type Sent } from "#lib/core/tracing/resend.ts";
import type { Attributes, Span } from "#lib/core/tracing/spans.ts";

export interface Target {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly isCompressed: boolean;
  readonly timeoutMs: number;
  readonly collectMs: number;
  readonly maxQueue: number;
  readonly resource: Attributes;
  readonly version: string;
}

export const BATCH = 512;
/** Of a collector's answer, no more is read. */
const MAX_ANSWER_BYTES = 65_536;

/** On a thread beside: requests do not wait for it. */
const compressed = promisify(gzip);

type Answered = { sent: Sent; text: string };

export class SpanExporter {
  readonly #random: Random;
  #target: Target | null = null;
  #waiting: Span[] = [];
  /** Out, or to be sent again. */
  #batch: Span[] = [];
  #tries = 0;
  #timer: NodeJS.Timeout | undefined;
  #under: Promise<void> | null = null;
  #cut = new AbortController();
  #isStopping = false;
  #counts: SpanCounts = { exported: 0, dropped: 0 };

  constructor(random: Random) {
    this.#random = random;
  }

  /** What waits goes to the new target, too. */
  configure(target: Target): void {
    this.#target = target;
  }

  push(spans: readonly Span[]): void {
    const target = this.#target;
    if (target === null) return;
    const room = target.maxQueue - this.#waiting.length - this.#batch.length;
    // A request's spans go together: half a trace misleads.
    if (this.#isStopping || spans.length > room) {
      this.#counts.dropped += spans.length;
      return;
    }
    for (const span of spans) this.#waiting.push(span);
    if (this.#under !== null || this.#batch.length > 0) return;
    if (this.#waiting.length >= BATCH) this.#sendNow();
    else this.#timer ??= setTimeout(() => this.#sendNow(), target.collectMs);
  }

  takeCounts(): SpanCounts {
    const counts = this.#counts;
    this.#counts = { exported: 0, dropped: 0 };
    return counts;
  }

  #sendNow(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#under ??= this.#send().finally(() => {
      this.#under = null;
      this.#goOn();
    });
  }

  #goOn(): void {
    if (this.#isStopping || this.#timer !== undefined || this.#target === null) return;
    if (this.#waiting.length >= BATCH) this.#sendNow();
    else if (this.#waiting.length > 0) this.#timer = setTimeout(() => this.#sendNow(), this.#target.collectMs);
  }

  /** Sends one batch, the one that is to be sent again before any other. */
  async #send(): Promise<void> {
    const target = this.#target;
    if (target === null) return;
    if (this.#batch.length === 0) {
      this.#batch = this.#waiting.splice(0, BATCH);
      this.#tries = 0;
    }
    if (this.#batch.length === 0) return;
    this.#tries++;
    const { sent, text } = await this.#post(target, otlpTraces(this.#batch, target.resource, target.version));
    const fate = fateOf(sent, this.#tries, Date.now(), this.#random);
    if (fate.is === "again" && !this.#isStopping) {
      this.#timer = setTimeout(() => this.#sendNow(), fate.inMs);
      return;
    }
    const count = this.#batch.length;
    const lost = fate.is === "done" ? Math.min(count, rejectedSpans(text)) : count;
    this.#counts.exported += count - lost;
    this.#counts.dropped += lost;
    this.#batch = [];
  }

  async #post({ url, headers, isCompressed, timeoutMs, version }: Target, text: string): Promise<Answered> {
    try {
      const [encoding, body] = isCompressed ? [{ "content-encoding": "gzip" }, await compressed(text)] : [{}, text];
      const answer = await fetch(url, {
        method: "POST",
        headers: {
          ...headers,
          ...encoding,
          "content-type": "application/json",
          "user-agent": `gemini-balance/${version}`,
        },
        body,
        redirect: "manual",
        signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), this.#cut.signal]),
      });
      const sent = { status: answer.status, retryAfter: answer.headers.get("retry-after") };
      return { sent, text: await textOf(answer) };
    } catch {
      return { sent: null, text: "" };
    }
  }

  /** Sends what is left, once, for at most `withinMs`; the rest is counted as dropped. */
  async stop(withinMs: number): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const late = setTimeout(() => this.#cut.abort(), withinMs);
    await this.#under;
    while (!this.#cut.signal.aborted && this.#waiting.length + this.#batch.length > 0) await this.#send();
    clearTimeout(late);
    this.#counts.dropped += this.#waiting.length + this.#batch.length;
    this.#waiting = [];
    this.#batch = [];
  }
}

async function textOf(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
