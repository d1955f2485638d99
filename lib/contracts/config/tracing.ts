// OpenTelemetry traces of requests, sent to a collector by OTLP over HTTP.
import { z } from "zod";
import { durationMs, Ratio } from "../common.ts";
import { HeaderName, HeaderValue } from "./header.ts";
import { openOrSecret } from "./secret.ts";

/** Written by the exporter itself. */
const OWN_FIELDS =
  /^(host|connection|content-length|content-type|content-encoding|transfer-encoding|expect|user-agent)$/;

const ENDPOINT = "must be an http or https URL without user, query and fragment";
function isEndpoint(text: string): boolean {
  if (text === "") return true;
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && /^https?:$/.test(url.protocol) && url.username + url.password + url.search + url.hash === "";
}

export const TRACE_COMPRESSIONS = ["identity", "gzip"] as const;

/** Written by the exporter itself: what it says of who sends must not be said twice. */
const OWN_ATTRIBUTE = /^(service\.(name|instance\.id|version)|telemetry\.sdk\..*)$/;

/**
 * Reads what OTEL_RESOURCE_ATTRIBUTES has: `deployment.environment=prod,team=a%2Cb`, values percent-encoded where they must be.
 * Never throws. @returns what is wrong with it, as text, when it is none
 */
export function resourceAttributesOf(text: string): Record<string, string> | string {
  const attributes = new Map<string, string>();
  for (const part of text.split(",").filter((one) => one.trim() !== "")) {
    const at = part.indexOf("=");
    const name = part.slice(0, Math.max(0, at)).trim();
    if (!/^[\x21-\x7e]+$/.test(name)) return "must be like deployment.environment=prod,region=eu";
    if (OWN_ATTRIBUTE.test(name)) return `must not have ${name}: the exporter writes it itself`;
    if (attributes.has(name)) return `has ${name} twice`;
    try {
      attributes.set(name, decodeURIComponent(part.slice(at + 1).trim()));
    } catch {
      return `has a value of ${name} that is not percent-encoded`;
    }
  }
  return Object.fromEntries(attributes);
}

export const TracingSettings = z
  .strictObject({
    enabled: z.boolean().default(false),
    /** Of the collector: `http://collector:4318/v1/traces`; without a path, `/v1/traces`. Sent as JSON. */
    endpoint: z.string().trim().max(2_000).refine(isEndpoint, ENDPOINT).default(""),
    /** Sent along, such as a token; a value may be a secret. */
    headers: z
      .record(HeaderName.toLowerCase(), openOrSecret(HeaderValue))
      .superRefine((headers, ctx) => {
        if (Object.keys(headers).length > 20) ctx.addIssue({ code: "custom", message: "has more than 20 headers" });
        for (const name of Object.keys(headers))
          if (OWN_FIELDS.test(name))
            ctx.addIssue({ code: "custom", path: [name], message: "is written by the exporter itself" });
      })
      .default({}),
    /** Of what is sent; gzip takes some time of a thread beside, and a tenth of the bytes. */
    compression: z.enum(TRACE_COMPRESSIONS).default("identity"),
    serviceName: z.string().trim().min(1, "must not be empty").max(200).default("gemini-balance"),
    /** What else is said of who sends, as OTEL_RESOURCE_ATTRIBUTES has it: `deployment.environment=prod,region=eu`. */
    resourceAttributes: z
      .string()
      .trim()
      .max(2_000)
      .superRefine((text, ctx) => {
        const read = resourceAttributesOf(text);
        if (typeof read === "string") ctx.addIssue({ code: "custom", message: read });
      })
      .default(""),
    /** Share of traces that is recorded, decided by the trace's id: everybody who uses it the same way agrees. */
    sampleRatio: Ratio.default(0.01),
    /** Whether what the client's own trace context says of it counts before the share does (OpenTelemetry's ParentBased). */
    followParent: z.boolean().default(true),
    /** Whether the client's address is in spans. */
    clientAddress: z.boolean().default(false),
    /** For one batch. */
    timeoutMs: durationMs(100, 60_000).default(10_000),
    /** How long the first span of a batch waits for others. */
    collectMs: durationMs(10, 60_000).default(1_000),
    /** Spans that wait, per process; what does not fit is dropped and counted. */
    maxQueue: z.int().min(100).max(100_000).default(4_096),
  })
  .superRefine(({ enabled, endpoint }, ctx) => {
    if (enabled && endpoint === "")
      ctx.addIssue({ code: "custom", path: ["endpoint"], message: "is needed where traces are on" });
  });
export type TracingSettings = z.infer<typeof TracingSettings>;
