// Every setting of a pool, in the groups in which people look for it: what the form draws, and how a value is told.

import { HEALTH_FIELDS, type HealthPath } from "./health-fields.ts";
import { RESOURCE_FIELDS, type ResourcePath } from "./resource-fields.ts";
import { STICKINESS_FIELDS, type StickinessPath } from "./stickiness-values.ts";

export type FieldKind =
  | "text"
  | "lines"
  | "labels"
  | "headers"
  | "switch"
  | "count"
  | "decimal"
  | "factor"
  | "duration"
  /** A duration of its own, or none: then that of the whole. */
  | "rhythm"
  | "percent"
  /** A share of its own, or none: then that of the proxy as a whole. */
  | "share"
  | "statuses"
  | "expectations"
  | "classes"
  | "select"
  | "pem"
  | "algorithm";
export type Field = { path: SettingPath; kind: FieldKind; options?: readonly SettingOption[] };
export type SettingOption =
  | "off"
  | "cookie"
  | "learn"
  | "header"
  | "query"
  | "same"
  | "lax"
  | "strict"
  | "none"
  | "auto"
  | "always"
  | "never"
  | "use"
  | "refuse"
  | "http1"
  | "h2"
  | "h2c"
  | "keep"
  | "node"
  | "step"
  | "linear"
  | "exponential"
  | "mean"
  | "p50"
  | "p99"
  | "GET"
  | "HEAD"
  | "OPTIONS"
  | "POST"
  | "TLSv1.2"
  | "TLSv1.3"
  | "drop"
  | "names"
  | "values"
  | "scrape"
  | "push";
export type GroupName = keyof typeof SETTING_GROUPS;
export type SettingField = Field;

export type SettingPath =
  | "name"
  | "description"
  | "labels"
  | "algorithm"
  | "isDefault"
  | "protocol"
  | "hostHeader"
  | HealthPath
  | StickinessPath
  | `breaker.${"enabled" | "windowMs" | "minimumRequests" | "errorRatio" | "slowMs" | "slowRatio" | "openMs" | "maxOpenMs" | "halfOpenRequests"}`
  | `ejection.${"enabled" | "consecutiveFailures" | "brokenAnswers" | "silentMs" | "baseEjectionMs" | "maxEjectionMs" | "maxEjectedRatio" | "sweepMs" | "sweepMinimumRequests" | "failureRatio" | "deviations" | "sweepMinimumNodes"}`
  | `cooling.${"enabled" | "maxMs" | "defaultMs" | "retry" | "whenAll"}`
  | `retry.${"maxRetries" | "budgetRatio" | "minRetries" | "retryStatuses" | "holdAnswerBytes"}`
  | `hedge.${"enabled" | "percentile" | "minDelayMs" | "budgetRatio" | "minHedges" | "raceConnects" | "suspectAfter"}`
  | `warmUp.${"enabled" | "curve" | "windowMs" | "startRatio"}`
  | `dynamicWeights.${"enabled" | "intervalMs" | "windowMs" | "minimumRequests" | "floorRatio" | "ceilingRatio" | "maxStepRatio"}`
  | `degrade.${"enabled" | "measure" | "responseMs" | "errorRatio" | "windowMs" | "minimumRequests" | "stepRatio" | "floorRatio" | "recoveryRatio"}`
  | `timeouts.${"connectMs" | "firstByteMs" | "bodyIdleMs" | "queueMs" | "requestMs" | "tunnelIdleMs"}`
  | `keepAlive.${"maxIdle" | "maxIdlePerNode" | "idleMs"}`
  | `tls.${"verify" | "serverName" | "caPem" | "minVersion"}`
  | `adaptiveConcurrency.${"enabled" | "minLimit" | "maxLimit" | "toleranceRatio" | "windowMs" | "remeasureMs"}`
  | "classes"
  | "maxQueue"
  | "panicThreshold"
  | "overprovisioningFactor"
  | `zonePreference.${"enabled" | "minLocalNodes"}`
  | "drainTimeoutMs"
  | ResourcePath
  | `recording.${"enabled" | "sampleRatio" | "slowMs" | "query" | "logRatio"}`;

const field = (kind: FieldKind, path: SettingPath, options?: readonly SettingOption[]): Field => ({
  path,
  kind,
  options,
});

export const SETTING_GROUPS = {
  general: [
    field("text", "name"),
    field("text", "description"),
    field("labels", "labels"),
    field("algorithm", "algorithm"),
    field("select", "protocol", ["http1", "h2", "h2c"]),
    field("select", "hostHeader", ["keep", "node"]),
    field("switch", "isDefault"),
  ],
  ...HEALTH_FIELDS,
  stickiness: STICKINESS_FIELDS,
  breaker: [
    field("switch", "breaker.enabled"),
    field("duration", "breaker.windowMs"),
    field("count", "breaker.minimumRequests"),
    field("percent", "breaker.errorRatio"),
    field("duration", "breaker.slowMs"),
    field("percent", "breaker.slowRatio"),
    field("duration", "breaker.openMs"),
    field("duration", "breaker.maxOpenMs"),
    field("count", "breaker.halfOpenRequests"),
  ],
  ejection: [
    field("switch", "ejection.enabled"),
    field("count", "ejection.consecutiveFailures"),
    field("count", "ejection.brokenAnswers"),
    field("duration", "ejection.silentMs"),
    field("duration", "ejection.baseEjectionMs"),
    field("duration", "ejection.maxEjectionMs"),
    field("percent", "ejection.maxEjectedRatio"),
    field("duration", "ejection.sweepMs"),
    field("count", "ejection.sweepMinimumRequests"),
    field("percent", "ejection.failureRatio"),
    field("factor", "ejection.deviations"),
    field("count", "ejection.sweepMinimumNodes"),
  ],
  cooling: [
    field("switch", "cooling.enabled"),
    field("duration", "cooling.maxMs"),
    field("duration", "cooling.defaultMs"),
    field("switch", "cooling.retry"),
    field("select", "cooling.whenAll", ["use", "refuse"]),
  ],
  retry: [
    field("count", "retry.maxRetries"),
    field("percent", "retry.budgetRatio"),
    field("count", "retry.minRetries"),
    field("statuses", "retry.retryStatuses"),
    field("count", "retry.holdAnswerBytes"),
  ],
  hedge: [
    field("switch", "hedge.enabled"),
    field("percent", "hedge.percentile"),
    field("duration", "hedge.minDelayMs"),
    field("percent", "hedge.budgetRatio"),
    field("count", "hedge.minHedges"),
    field("switch", "hedge.raceConnects"),
    field("count", "hedge.suspectAfter"),
  ],
  warmUp: [
    field("switch", "warmUp.enabled"),
    field("select", "warmUp.curve", ["step", "linear", "exponential"]),
    field("duration", "warmUp.windowMs"),
    field("percent", "warmUp.startRatio"),
  ],
  dynamicWeights: [
    field("switch", "dynamicWeights.enabled"),
    field("duration", "dynamicWeights.intervalMs"),
    field("duration", "dynamicWeights.windowMs"),
    field("count", "dynamicWeights.minimumRequests"),
    field("percent", "dynamicWeights.floorRatio"),
    field("factor", "dynamicWeights.ceilingRatio"),
    field("percent", "dynamicWeights.maxStepRatio"),
  ],
  degrade: [
    field("switch", "degrade.enabled"),
    field("select", "degrade.measure", ["mean", "p50", "p99"]),
    field("duration", "degrade.responseMs"),
    field("percent", "degrade.errorRatio"),
    field("duration", "degrade.windowMs"),
    field("count", "degrade.minimumRequests"),
    field("percent", "degrade.stepRatio"),
    field("percent", "degrade.floorRatio"),
    field("percent", "degrade.recoveryRatio"),
  ],
  timeouts: [
    field("duration", "timeouts.connectMs"),
    field("duration", "timeouts.firstByteMs"),
    field("duration", "timeouts.bodyIdleMs"),
    field("duration", "timeouts.queueMs"),
    field("duration", "timeouts.requestMs"),
    field("duration", "timeouts.tunnelIdleMs"),
  ],
  keepAlive: [
    field("count", "keepAlive.maxIdle"),
    field("count", "keepAlive.maxIdlePerNode"),
    field("duration", "keepAlive.idleMs"),
  ],
  tls: [
    field("switch", "tls.verify"),
    field("text", "tls.serverName"),
    field("select", "tls.minVersion", ["TLSv1.2", "TLSv1.3"]),
    field("pem", "tls.caPem"),
  ],
  levels: [
    field("factor", "overprovisioningFactor"),
    field("switch", "zonePreference.enabled"),
    field("count", "zonePreference.minLocalNodes"),
  ],
  classes: [field("classes", "classes")],
  adaptiveConcurrency: [
    field("switch", "adaptiveConcurrency.enabled"),
    field("count", "adaptiveConcurrency.minLimit"),
    field("count", "adaptiveConcurrency.maxLimit"),
    field("percent", "adaptiveConcurrency.toleranceRatio"),
    field("duration", "adaptiveConcurrency.windowMs"),
    field("duration", "adaptiveConcurrency.remeasureMs"),
  ],
  limits: [field("count", "maxQueue"), field("percent", "panicThreshold"), field("duration", "drainTimeoutMs")],
  recording: [
    field("switch", "recording.enabled"),
    field("percent", "recording.sampleRatio"),
    field("duration", "recording.slowMs"),
    field("select", "recording.query", ["drop", "names", "values"]),
    field("share", "recording.logRatio"),
  ],
  resources: RESOURCE_FIELDS,
} satisfies Record<string, readonly Field[]>;

/** On which tab of a pool's page each group is drawn. */
export const TAB_GROUPS = {
  health: ["healthCheck", "checkTcp", "checkHttp", "checkBusiness", "checkGrpc", "ejection", "cooling", "degrade"],
  breaker: ["breaker"],
  config: [
    "general",
    "stickiness",
    "retry",
    "hedge",
    "warmUp",
    "dynamicWeights",
    "levels",
    "timeouts",
    "keepAlive",
    "tls",
    "classes",
    "adaptiveConcurrency",
    "limits",
    "recording",
    "resources",
  ],
} as const satisfies Record<string, readonly GroupName[]>;

/** The field at `path`; none for what no group draws (the hash key has its own inputs). */
export const fieldAt = (path: string): Field | undefined =>
  Object.values(SETTING_GROUPS)
    .flat()
    .find((each) => each.path === path);

/** The key of an option's message: a dot would part it, and what sessions stick by is not where a token is. */
export const optionKey = (option: SettingOption, path: string) =>
  path === "stickiness.mode" && option === "cookie"
    ? "ownCookie"
    : (option.replace(".", "_") as Exclude<SettingOption, `${string}.${string}`>);
