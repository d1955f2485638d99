// The trace of one request, while traces are on: what its nodes are told of it, and the ids of its spans. One that is not
// recorded tells nodes so as well, that they need not decide anew.

import type { Random } from "#lib/core/balance/types.ts";
import { newSpanId } from "#lib/core/tracing/sampling.ts";
import type { TraceIds } from "#lib/core/tracing/spans.ts";
import { traceparent } from "#lib/core/tracing/trace-context.ts";
import type { Attempt } from "../exchange/attempt.ts";
import { withEdit } from "../http/edit-fields.ts";
import type { RequestHead } from "../http/request-head.ts";

export interface TraceStart extends Omit<TraceIds, "attemptIds"> {
  readonly isSampled: boolean;
  readonly isRandom: boolean;
  /** Fields of the client's that go no further, in lower case. */
  readonly dropped: readonly string[];
}

export class Trace {
  readonly isSampled: boolean;
  readonly #start: TraceStart;
  readonly #random: Random;
  /** Of attempts that are out, and of those that have ended, in their order. */
  readonly #spanIds = new Map<Attempt, string>();
  readonly #ended: string[] = [];

  constructor(start: TraceStart, random: Random) {
    this.isSampled = start.isSampled;
    this.#start = start;
    this.#random = random;
  }

  get ids(): TraceIds {
    return { ...this.#start, attemptIds: this.#ended };
  }

  /** The request without what is told anew for each attempt. */
  forNodes(head: RequestHead): RequestHead {
    const { dropped } = this.#start;
    const has = head.fields.names.some((name) => dropped.includes(name.toLowerCase()));
    return has ? withEdit(head, { dropped: [...dropped], set: [], text: "" }) : head;
  }

  /** What the node of an attempt is told, serialised: a request that goes out a second time goes out as the same span. */
  fieldFor(attempt: Attempt): string {
    const { traceId, spanId, isSampled, isRandom } = this.#start;
    const own = isSampled ? this.#spanIdOf(attempt) : spanId;
    return `traceparent: ${traceparent(traceId, own, isSampled, isRandom)}\r\n`;
  }

  /** An attempt has ended, and is recorded. */
  ended(attempt: Attempt): void {
    this.#ended.push(this.#spanIdOf(attempt));
  }

  #spanIdOf(attempt: Attempt): string {
    const known = this.#spanIds.get(attempt);
    if (known !== undefined) return known;
    const made = newSpanId(this.#random);
    this.#spanIds.set(attempt, made);
    return made;
  }
}
