// Spans as OTLP/HTTP's JSON (opentelemetry-proto 1.x): lowerCamelCase, ids in hexadecimal digits, 64-bit numbers as text,
// enumerations as numbers.
import type { Attributes, AttributeValue, Span } from "./spans.ts";

const KINDS = { server: 2, client: 3 } as const;
const STATUS_ERROR = 2;
/** Flags of a span: those of W3C, which say that it is sampled. */
const SAMPLED = 1;

const typedValue = (value: AttributeValue) => {
  switch (typeof value) {
    case "string":
      return { stringValue: value };
    case "boolean":
      return { boolValue: value };
    case "number":
      return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  }
};
const attributesOf = (attributes: Attributes) =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: typedValue(value) }));

const spanOf = (span: Span) => ({
  traceId: span.traceId,
  spanId: span.spanId,
  ...(span.parentSpanId !== "" && { parentSpanId: span.parentSpanId }),
  ...(span.traceState !== "" && { traceState: span.traceState }),
  flags: SAMPLED,
  name: span.name,
  kind: KINDS[span.kind],
  startTimeUnixNano: span.startUnixNano,
  endTimeUnixNano: span.endUnixNano,
  attributes: attributesOf(span.attributes),
  ...(span.events.length > 0 && { events: span.events }),
  status: span.isError ? { code: STATUS_ERROR } : {},
});

/** A whole request's body. @param resource who sends them */
export function otlpTraces(spans: readonly Span[], resource: Attributes, version: string): string {
  const scope = { name: "gemini-balance.proxy", version };
  return JSON.stringify({
    resourceSpans: [
      { resource: { attributes: attributesOf(resource) }, scopeSpans: [{ scope, spans: spans.map(spanOf) }] },
    ],
  });
}

/** What a collector says that it did not take of a batch; 0: it took all. */
export function rejectedSpans(answer: string): number {
  try {
    const parsed: unknown = JSON.parse(answer);
    const partial = (parsed as { partialSuccess?: { rejectedSpans?: unknown } } | null)?.partialSuccess;
    const count = Number(partial?.rejectedSpans ?? 0);
    return Number.isSafeInteger(count) && count > 0 ? count : 0;
  } catch {
    return 0;
  }
}
