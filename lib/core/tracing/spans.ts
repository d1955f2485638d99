// A request's spans, from what is recorded of it anyway: one of the server, and one of the client for each attempt, with its
// phases as events. Names of attributes are those of OpenTelemetry's stable conventions for HTTP (1.23 and later); what is
// ours begins with `gb.`.
import type { RequestAttempt, RequestRecord } from "#lib/contracts/requests.ts";
import { kindOf } from "../explain/attempts.ts";

export type AttributeValue = string | number | boolean;
export type Attributes = Record<string, AttributeValue>;
export interface SpanEvent {
  readonly name: string;
  /** Unix nanoseconds, in decimal digits: a number does not hold them. */
  readonly timeUnixNano: string;
}
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty: it is the root. */
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly name: string;
  readonly kind: "server" | "client";
  readonly startUnixNano: string;
  readonly endUnixNano: string;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  readonly isError: boolean;
}

/** Of a request that is traced. */
export interface TraceIds {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly scheme: "http" | "https";
  /** Of each attempt, in the order of the record's. */
  readonly attemptIds: readonly string[];
}

/** Names of what records only know by ids. */
export interface TraceNames {
  /** Path prefix of a route. */
  route(id: string | null): string | null;
  pool(id: string | null): string | null;
  node(id: string): { name: string; url: string } | null;
}

const METHODS = new Set(["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE", "QUERY"]);
/** Of a method that nobody knows (semantic conventions). */
const OTHER = "_OTHER";

export function spansOf(record: RequestRecord, ids: TraceIds, names: TraceNames, hasClient: boolean): Span[] {
  const common = { traceId: ids.traceId, traceState: ids.traceState };
  const server: Span = {
    ...common,
    spanId: ids.spanId,
    parentSpanId: ids.parentSpanId,
    name: nameOf(record, names.route(record.routeId)),
    kind: "server",
    startUnixNano: nanoOf(record.atMs, 0),
    endUnixNano: nanoOf(record.atMs, record.tookMs),
    attributes: serverAttributes(record, ids, names, hasClient),
    events: [],
    isError: record.status !== null && record.status >= 500,
  };
  const clients = record.attempts.slice(0, ids.attemptIds.length).map((attempt, at): Span => {
    const node = names.node(attempt.nodeId);
    return {
      ...common,
      spanId: ids.attemptIds[at] as string,
      parentSpanId: ids.spanId,
      name: methodOf(record.method),
      kind: "client",
      startUnixNano: nanoOf(record.atMs, attempt.startMs),
      endUnixNano: nanoOf(record.atMs, attempt.endMs),
      attributes: attemptAttributes(record, at, node),
      events: phaseEvents(record.atMs, attempt),
      // An attempt that another one overtook, or that its client left, did not fail.
      isError: attempt.counts === "failure" || (attempt.status !== null && attempt.status >= 400),
    };
  });
  return [server, ...clients];
}

const methodOf = (method: string): string => (METHODS.has(method) ? method : OTHER);
/** Names are of few kinds: a method that nobody knows would make any number of them. */
const nameOf = ({ method }: RequestRecord, route: string | null): string => {
  const known = METHODS.has(method) ? method : "HTTP";
  return route === null ? known : `${known} ${route}`;
};

/** Without what is null or empty: an attribute that says nothing is left out. */
function told(all: Record<string, AttributeValue | null | undefined>): Attributes {
  const kept: Attributes = {};
  for (const [name, value] of Object.entries(all))
    if (value !== null && value !== undefined && value !== "") kept[name] = value;
  return kept;
}

function serverAttributes(record: RequestRecord, ids: TraceIds, names: TraceNames, hasClient: boolean): Attributes {
  const { method, status, code, cause, query } = record;
  const host = hostOf(record.host, ids.scheme);
  const isError = status === null || status >= 500;
  return told({
    "http.request.method": methodOf(method),
    "http.request.method_original": METHODS.has(method) ? null : method,
    "url.scheme": ids.scheme,
    "url.path": record.path,
    "url.query": query.replace(/^\?/, ""),
    "http.route": names.route(record.routeId),
    "server.address": host.address,
    "server.port": host.port,
    "client.address": hasClient ? record.clientAddress : null,
    "network.protocol.name": "http",
    "network.protocol.version": record.protocol.replace(/^HTTP\//, ""),
    "http.response.status_code": status,
    "error.type": isError ? (code ?? (cause === "ok" ? String(status ?? "") : cause)) : null,
    "http.request.body.size": record.bytesIn,
    "http.response.body.size": record.bytesOut,
    "gb.request_id": record.requestId,
    "gb.pool.id": record.poolId,
    "gb.pool.name": names.pool(record.poolId),
    "gb.route.id": record.routeId,
    "gb.revision": record.revision,
    "gb.arm": record.arm,
    "gb.cause": cause,
    "gb.attempts": record.attempts.length,
    "gb.queue_ms": record.queueMs,
  });
}

function attemptAttributes(record: RequestRecord, at: number, node: ReturnType<TraceNames["node"]>): Attributes {
  const attempt = record.attempts[at] as RequestAttempt;
  const kind = kindOf(record.attempts, at);
  const url = node && URL.canParse(node.url) ? new URL(node.url) : null;
  const isError = attempt.counts === "failure" || (attempt.status !== null && attempt.status >= 400);
  return told({
    "http.request.method": methodOf(record.method),
    "http.request.method_original": METHODS.has(record.method) ? null : record.method,
    "server.address": url?.hostname.replace(/^\[|\]$/g, ""),
    "server.port": url && portOf(url),
    "url.full": url && `${url.origin}${url.pathname.replace(/\/$/, "")}${record.path}${record.query}`,
    "http.response.status_code": attempt.status,
    "http.request.resend_count": kind === "retry" ? at : null,
    "error.type": isError ? (attempt.cause === "ok" ? String(attempt.status) : attempt.cause) : null,
    "gb.node.id": attempt.nodeId,
    "gb.node.name": node?.name,
    "gb.attempt.kind": kind,
    "gb.attempt.number": at,
    "gb.cause": attempt.cause,
    "gb.connection.reused": attempt.reused,
  });
}

const portOf = (url: URL): number => (url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port));

function hostOf(authority: string, scheme: TraceIds["scheme"]): { address: string; port: number | null } {
  if (authority === "" || !URL.canParse(`${scheme}://${authority}`)) return { address: "", port: null };
  const url = new URL(`${scheme}://${authority}`);
  return { address: url.hostname.replace(/^\[|\]$/g, ""), port: portOf(url) };
}

/** When each phase was over. */
function phaseEvents(atMs: number, { tcpMs, connectedMs, sentMs, firstByteMs }: RequestAttempt): SpanEvent[] {
  const phases = [
    ["tcp connected", tcpMs],
    ["connected", connectedMs],
    ["request sent", sentMs],
    ["first byte", firstByteMs],
  ] as const;
  return phases.flatMap(([name, ms]) => (ms === null ? [] : [{ name, timeUnixNano: nanoOf(atMs, ms) }]));
}

/** @param sinceMs milliseconds after `atMs`, exact to the microsecond */
export function nanoOf(atMs: number, sinceMs: number): string {
  const us = Math.max(0, Math.round(sinceMs * 1_000));
  const ms = Math.round(atMs) + Math.floor(us / 1_000);
  return `${ms}${String((us % 1_000) * 1_000).padStart(6, "0")}`;
}
