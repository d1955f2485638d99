// What a node's checks need, made ready once: settings per pool, requests per node. A check itself only sends and reads.
import type { CheckLevel, ConfigNode, ConfigPool, HealthCheck } from "#lib/contracts/config.ts";
import { sameValue } from "#lib/core/config/same.ts";
import { type CheckedAnswer, compileExpectations, type Shortcoming } from "#lib/core/expectations.ts";
import { enabledLevels } from "#lib/core/health.ts";
import type { LevelPlan } from "#lib/core/health-schedule.ts";
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
}

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

export function targetOf(
  { id, url }: Pick<ConfigNode, "id" | "url">,
  pool: Pick<ConfigPool, "healthCheck" | "tls"> & Partial<Pick<ConfigPool, "protocol">>,
): ProbeTarget {
  const { protocol = "http1" } = pool;
  const origin = originOf(url, pool.tls, protocol === "h2");
  const { http, business } = pool.healthCheck;
  return {
    nodeId: id,
    url,
    plan: planOf(pool.healthCheck),
    origin,
    application: protocol === "http1" ? "http/1.1" : "h2",
    requests: { http: requestOf(origin, http), business: requestOf(origin, business) },
  };
}

export const isSameTarget = (a: ProbeTarget, b: ProbeTarget): boolean =>
  a.url === b.url &&
  a.application === b.application &&
  a.plan.key === b.plan.key &&
  sameValue(a.origin.tls?.settings, b.origin.tls?.settings);

/** A level's own rhythm, or that of the whole. */
function rhythmOf(settings: HealthCheck, level: CheckLevel): { intervalMs: number; timeoutMs: number } {
  const own = settings[level];
  return { intervalMs: own.intervalMs ?? settings.intervalMs, timeoutMs: own.timeoutMs ?? settings.timeoutMs };
}

/** The check's path is taken below the node's base path, as requests are. */
function requestOf(origin: Origin, request: HealthCheck["http"] | HealthCheck["business"]): Buffer {
  const { method, path, host, headers, body } = request;
  const own = {
    "user-agent": "gemini-balance-check",
    accept: "*/*",
    ...(body && { "content-type": "application/json" }),
  };
  const fields = Object.entries({ ...own, ...headers }).map(([name, value]) => `${spelled(name)}: ${value}\r\n`);
  const content = Buffer.from(body, "utf8");
  const length = method === "POST" ? `Content-Length: ${content.length}\r\n` : "";
  const head =
    `${method} ${origin.basePath}${path} HTTP/1.1\r\nHost: ${host || origin.authority}\r\n` +
    `${fields.join("")}${length}Connection: close\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), content]);
}

/** As most people write them: `User-Agent`. */
const spelled = (name: string): string => name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
