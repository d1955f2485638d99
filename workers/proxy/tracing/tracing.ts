// OpenTelemetry traces of a process: made ready with the configuration. Off, no request meets any of it but one comparison
// with null.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { type ConfigDocument, type PublishedConfig, resourceAttributesOf } from "#lib/contracts/config.ts";
import type { MetricFrame } from "#lib/contracts/metrics.ts";
import type { RequestRecord } from "#lib/contracts/requests.ts";
import type { Random } from "#lib/core/balance/types.ts";
import { openedText } from "#lib/core/config/secrets.ts";
import { spansOf, type TraceNames } from "#lib/core/tracing/spans.ts";
import type { RequestHead } from "../http/request-head.ts";
import { beginTrace } from "./begin-trace.ts";
import { SpanExporter, type Target } from "./exporter.ts";
import type { Trace } from "./trace.ts";

/** How long the last spans may take when the process stops. */
const STOP_MS = 1_000;
const HTTPS = "X-Forwarded-Proto: https";
const DEFAULT_PATH = "/v1/traces";

type Settings = ConfigDocument["proxy"]["tracing"];

export class Tracing {
  readonly #random: Random;
  readonly #exporter: SpanExporter;
  readonly #instance = randomUUID();
  #settings: Settings | null = null;
  #names: TraceNames = namesOf([]);

  constructor(random: Random) {
    this.#random = random;
    this.#exporter = new SpanExporter(random);
  }

  /** This, while traces are on; null: they are off. */
  get active(): Tracing | null {
    return this.#settings === null ? null : this;
  }

  /** @param config opened */
  configure({ document, canary }: Pick<PublishedConfig, "document" | "canary">): void {
    const { tracing } = document.proxy;
    this.#settings = tracing.enabled ? tracing : null;
    if (this.#settings === null) return;
    this.#names = namesOf(canary === undefined ? [document] : [document, canary.document]);
    this.#exporter.configure(targetOf(this.#settings, this.#instance));
  }

  /** @param connectionFields what nodes are told of the client's connection @returns null: nothing is to be done */
  begin(head: RequestHead, connectionFields: string): Trace | null {
    const scheme = connectionFields.startsWith(HTTPS) ? "https" : "http";
    return this.#settings && beginTrace(head.fields, scheme, this.#settings, this.#random);
  }

  /** A traced request is over. */
  ended(record: RequestRecord, trace: Trace): void {
    if (this.#settings === null || !trace.isSampled) return;
    this.#exporter.push(spansOf(record, trace.ids, this.#names, this.#settings.clientAddress));
  }

  takeCounts(): Pick<MetricFrame, "spans"> {
    const spans = this.#exporter.takeCounts();
    return spans.exported + spans.dropped > 0 ? { spans } : {};
  }

  stop(): Promise<void> {
    return this.#exporter.stop(STOP_MS);
  }
}

function targetOf(settings: Settings, instance: string): Target {
  const url = new URL(settings.endpoint);
  if (url.pathname === "/") url.pathname = DEFAULT_PATH;
  const { timeoutMs, collectMs, maxQueue, compression, resourceAttributes } = settings;
  const headers = Object.entries(settings.headers).map(([name, value]) => [name, openedText(value)]);
  return {
    ...{ url: url.href, headers: Object.fromEntries(headers), isCompressed: compression === "gzip" },
    ...{ timeoutMs, collectMs, maxQueue, version: VERSION },
    resource: {
      "service.name": settings.serviceName,
      "service.instance.id": instance,
      "service.version": VERSION,
      "host.name": hostname(),
      // After the host's name: who runs in a container may say another one.
      ...readAttributes(resourceAttributes),
      "telemetry.sdk.name": "gemini-balance",
      "telemetry.sdk.language": "nodejs",
      "telemetry.sdk.version": VERSION,
    },
  };
}

/** Checked with the configuration. */
function readAttributes(text: string): Record<string, string> {
  const read = resourceAttributesOf(text);
  return typeof read === "string" ? {} : read;
}

const { version: VERSION }: { version: string } = JSON.parse(
  readFileSync(new URL("../../../package.json", import.meta.url), "utf8"),
);

function namesOf(documents: readonly ConfigDocument[]): TraceNames {
  const [routes, pools] = [new Map<string, string>(), new Map<string, string>()];
  const nodes = new Map<string, { name: string; url: string }>();
  // What is in force last, so that its names count.
  for (const document of documents.toReversed()) {
    for (const { id, match } of document.routes) if (match.pathPrefix !== undefined) routes.set(id, match.pathPrefix);
    for (const pool of document.pools) {
      pools.set(pool.id, pool.name);
      for (const { id, name, url } of pool.nodes) nodes.set(id, { name, url });
    }
  }
  return {
    route: (id) => (id === null ? null : (routes.get(id) ?? null)),
    pool: (id) => (id === null ? null : (pools.get(id) ?? null)),
    node: (id) => nodes.get(id) ?? null,
  };
}
