// When what came of an attempt: kept by the attempt as it goes, in times that it reads anyway, and told when somebody asks.
import type { RequestAttempt } from "#lib/contracts/requests.ts";
import type { Outcome } from "#lib/core/classify.ts";
import { clockMs } from "../clock.ts";
import type { ResponseHead } from "../http/response-head.ts";
import { Pending } from "../state/pending-list.ts";

export abstract class TimedAttempt extends Pending {
  /** When it began: monotonic, and as Unix time. */
  protected readonly startedMs = clockMs();
  readonly startedAtMs: number;
  abstract readonly answerHead: ResponseHead | null;
  protected firstByteMs = 0;
  // Null for most: their connection was there, and their request was written at once. No number is boxed for those.
  protected connectedMs: number | null = null;
  protected tcpMs: number | null = null;
  protected sentMs: number | null = null;
  protected isReused = true;
  /** Whether it stands in a story already. */
  isNoted = false;

  constructor(nowMs: number) {
    super();
    this.startedAtMs = nowMs;
    this.waitsSinceMs = this.startedMs;
  }

  /** How it ended, now. @param originMs of the request, monotonic: what its times are told from */
  told(outcome: Outcome, originMs: number): RequestAttempt {
    this.isNoted = true;
    const since = (ms: number | null) =>
      ms === null ? null : Math.max(0, Math.round((ms - originMs) * 1_000) / 1_000);
    return {
      nodeId: this.node.id,
      startMs: since(this.startedMs) as number,
      reused: this.isReused,
      tcpMs: since(this.tcpMs),
      connectedMs: since(this.connectedMs),
      sentMs: since(this.sentMs),
      firstByteMs: this.answerHead === null ? null : since(this.firstByteMs),
      endMs: since(clockMs()) as number,
      status: this.answerHead?.status ?? null,
      cause: outcome.cause,
      counts: outcome.counts,
    };
  }
}
