// What a request's own trace context makes of it: followed when it is well-formed, else dropped, and a new one begun.
import type { Random } from "#lib/core/balance/types.ts";
import { isSampled, newSpanId, newTraceId, type SamplingRule } from "#lib/core/tracing/sampling.ts";
import { readTraceparent, readTracestate } from "#lib/core/tracing/trace-context.ts";
import type { Fields } from "../http/fields.ts";
import { Trace } from "./trace.ts";

const PARENT = "traceparent";
const STATE = "tracestate";

function valuesOf({ names, values }: Fields, lowerCaseName: string): string[] {
  const found: string[] = [];
  for (let i = 0; i < names.length; i++)
    if ((names[i] as string).length === lowerCaseName.length && (names[i] as string).toLowerCase() === lowerCaseName)
      found.push(values[i] as string);
  return found;
}

/** @returns null: it is not recorded, and its context is passed on as it came */
export function beginTrace(fields: Fields, scheme: "http" | "https", rule: SamplingRule, random: Random): Trace | null {
  const parents = valuesOf(fields, PARENT);
  const parent = parents.length === 1 ? readTraceparent(parents[0] as string) : null;
  const states = valuesOf(fields, STATE);
  const traceState = parent === null ? null : readTracestate(states);
  const traceId = parent?.traceId ?? newTraceId(random);
  const sampled = isSampled(parent, traceId, rule);
  const isStateGood = states.length === 0 || traceState !== null;
  if (parent !== null && !sampled && isStateGood) return null;
  const start = {
    ...{ traceId, scheme, isSampled: sampled, traceState: traceState ?? "" },
    parentSpanId: parent?.spanId ?? "",
    isRandom: parent?.isRandom ?? true,
    dropped: isStateGood && parent !== null ? [PARENT] : [PARENT, STATE],
  };
  // One that is not recorded adds no span between its parent and its nodes.
  const spanId = sampled || parent === null ? newSpanId(random) : parent.spanId;
  return new Trace({ ...start, spanId, isSampled: sampled }, random);
}
