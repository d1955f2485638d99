// What a node's checks need, made ready once: settings per pool, requests per node. A check itself only sends and reads.
import type { CheckLevel, ConfigNode, ConfigPool, HealthCheck, NodeCredential, Secret } from "#lib/contracts/config.ts";
import { sameValue } from "#lib/core/config/same.ts";
import { openedText } from "#lib/core/config/secrets.ts";
import { type CheckedAnswer, compileExpectations, type Shortcoming } from "#lib/core/expectations.ts";
import { enabledLevels } from "#lib/core/health.ts";
import type { LevelPlan } from "#lib/core/health-schedule.ts";
import { bareName, type Credentials, compileCredentials, queryWith } from "#lib/core/routing/credentials.ts";
import { type Application, type Origin, originOf } from "./open.ts";

/** Of the pool, shared by its nodes. */
export interface CheckPlan {
  readonly settings: HealthCheck;
  readonly levels: readonly LevelPlan[];
  readonly judge: (answer: CheckedAnswer) => Shortcoming | null;
  /** Two plans with equal keys check alike. */
  readonly key: string;
}
export interface ProbeTarget {
  readonly nodeId: string;
  readonly url: string;
  readonly plan: CheckPlan;
  readonly origin: Origin;
  /** What is spoken at the levels of HTTP, as for requests. */
  readonly application: Application;
  readonly requests: { readonly http: Buffer; readonly business: Buffer };
  readonly grpc: GrpcFields;
  /** Of the node: two targets with the same ones send the same. */
  readonly credentials: ConfigNode["credentials"];
  /** Values in what it sends that nobody may see: an answer that repeats one is told without it. */
  readonly hidden: readonly string[];
}
/** What the call of the gRPC level has besides its own: names and values in turn, and the query. */
export interface GrpcFields {
  readonly fields: Readonly<Record<string, string>>;
  readonly query: string;
}
/** Opens a value of a header or a credential that belongs to an entity. */
export type OpenSecret = (value: string | Secret, ownerId: string) => string;
type CheckedNode = Pick<ConfigNode, "id" | "url"> & Partial<Pick<ConfigNode, "credentials">>;
type CheckedPool = Pick<ConfigPool, "healthCheck" | "tls"> & Partial<Pick<ConfigPool, "protocol" | "id">>;

const plans = new WeakMap<HealthCheck, CheckPlan>();

/** Also of levels that are off: `levels` holds those that are on. */
export function planOf(settings: HealthCheck): CheckPlan {
  const known = plans.get(settings);
  if (known) return known;
  const plan: CheckPlan = {
    settings,
    // A node can be probed by hand while its pool's checks are off.
    levels: enabledLevels({ ...settings, enabled: true }).map((level) => ({ level, ...rhythmOf(settings, level) })),
    judge: compileExpectations(settings.business.expect),
    key: JSON.stringify(settings),
  };
  plans.set(settings, plan);
  return plan;
}

export function targetOf(node: CheckedNode, pool: CheckedPool, open: OpenSecret = openedText): ProbeTarget {
  const { id, url, credentials = [] } = node;
  const { protocol = "http1", healthCheck } = pool;
  const origin = originOf(url, pool.tls, protocol === "h2");
  const hidden = new Set<string>();
  const opened = (value: string | Secret, ownerId: string): string => {
    const text = open(value, ownerId);
    if (typeof value !== "string") hidden.add(text);
    return text;
  };
  const own = healthCheck.credentials ? credentials : [];
  const sent = compileCredentials(
    own.map((one): NodeCredential => ({ ...one, value: { value: opened(one.value, id) } })),
  );
  const requests = ([healthCheck.http, healthCheck.business] as const).map((request) =>
    requestOf(origin, request, sent, (value) => opened(value, pool.id ?? "")),
  );
  return {
    nodeId: id,
    url,
    plan: planOf(healthCheck),
    origin,
    application: protocol === "http1" ? "http/1.1" : "h2",
    requests: { http: requests[0] as Buffer, business: requests[1] as Buffer },
    grpc: grpcFields(sent),
    credentials,
    hidden: [...hidden],
  };
}

function grpcFields(sent: Credentials | null): GrpcFields {
  const lines = sent?.fields.split("\r\n").filter((line) => line !== "") ?? [];
  const fields = lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)] as const);
  return { fields: Object.fromEntries(fields), query: sent && sent.query !== "" ? queryWith("", sent) : "" };
}

export const isSameTarget = (a: ProbeTarget, b: ProbeTarget): boolean =>
  a.url === b.url &&
  a.application === b.application &&
  a.plan.key === b.plan.key &&
  sameValue(a.credentials, b.credentials) &&
  sameValue(a.origin.tls?.settings, b.origin.tls?.settings);

/** A level's own rhythm, or that of the whole. */
function rhythmOf(settings: HealthCheck, level: CheckLevel): { intervalMs: number; timeoutMs: number } {
  const own = settings[level];
  return { intervalMs: own.intervalMs ?? settings.intervalMs, timeoutMs: own.timeoutMs ?? settings.timeoutMs };
}

/** The check's path is taken below the node's base path, as requests are; the node's credentials have the last word. */
function requestOf(
  origin: Origin,
  request: HealthCheck["http"] | HealthCheck["business"],
  credentials: Credentials | null,
  open: (value: string | Secret) => string,
): Buffer {
  const { method, path, host, headers, body } = request;
  const own: Record<string, string | Secret> = {
    "user-agent": "gemini-balance-check",
    accept: "*/*",
    ...(body && { "content-type": "application/json" }),
  };
  const fields = Object.entries({ ...own, ...headers })
    .filter(([name]) => credentials?.headerNames.has(bareName(name)) !== true)
    .map(([name, value]) => `${spelled(name)}: ${open(value)}\r\n`);
  const content = Buffer.from(body, "utf8");
  const length = method === "POST" ? `Content-Length: ${content.length}\r\n` : "";
  const head =
    `${method} ${origin.basePath}${pathWith(path, credentials)} HTTP/1.1\r\nHost: ${host || origin.authority}\r\n` +
    `${fields.join("")}${credentials?.fields ?? ""}${length}Connection: close\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), content]);
}

function pathWith(path: string, credentials: Credentials | null): string {
  if (credentials === null || credentials.query === "") return path;
  const mark = path.indexOf("?");
  const [bare, query] = mark < 0 ? [path, ""] : [path.slice(0, mark), path.slice(mark)];
  return bare + queryWith(query, credentials);
}

/** As most people write them: `User-Agent`. */
const spelled = (name: string): string => name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
