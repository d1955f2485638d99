// Every setting of the proxy as a whole, in the groups in which people look for it: what the form draws.
import { TLS_VERSIONS, TRACE_COMPRESSIONS } from "#lib/contracts/config.ts";

export type ProxyFieldKind =
  | "text"
  | "headers"
  | "switch"
  | "percent"
  | "count"
  | "duration"
  | "ranges"
  | "select"
  | "pem";
export type ProxySettingPath =
  | `forwarding.${"trustedProxies" | "sendForwarded"}`
  | "proxyProtocol.from"
  | `accessLog.${"enabled" | "sampleRatio" | "slowMs" | "query" | "clientAddress" | "attempts"}`
  | `tracing.${"enabled" | "endpoint" | "headers" | "compression" | "serviceName" | "resourceAttributes" | "sampleRatio" | "followParent" | "clientAddress" | "timeoutMs" | "collectMs" | "maxQueue"}`
  | `connections.${"maxPerAddress" | "max"}`
  | `clientLimits.${"headMs" | "idleMs" | "bodyIdleMs" | "minBodyBytesPerSecond" | "stallMs" | "lingerMs" | "maxHeadBytes" | "maxTargetBytes"}`
  | `tlsListener.${"minVersion" | "handshakeMs" | "clientAuth" | "clientAuthorities"}`;
export type ProxyOption =
  | ("TLSv1_2" | "TLSv1_3")
  | ("none" | "optional" | "required")
  | ("drop" | "names" | "values")
  | ("identity" | "gzip");
export type ProxyField = { kind: ProxyFieldKind; path: ProxySettingPath; options?: readonly string[] };
export type ProxyGroupName = keyof typeof PROXY_SETTING_GROUPS;

const field = (kind: ProxyFieldKind, path: ProxySettingPath, options?: readonly string[]): ProxyField => ({
  kind,
  path,
  options,
});

/** The key of an option's message: a dot would part it. */
export const optionKey = (value: string): ProxyOption => value.replace(".", "_") as ProxyOption;

export const PROXY_SETTING_GROUPS = {
  forwarding: [field("ranges", "forwarding.trustedProxies"), field("switch", "forwarding.sendForwarded")],
  proxyProtocol: [field("ranges", "proxyProtocol.from")],
  clientLimits: [
    field("duration", "clientLimits.headMs"),
    field("duration", "clientLimits.idleMs"),
    field("duration", "clientLimits.bodyIdleMs"),
    field("count", "clientLimits.minBodyBytesPerSecond"),
    field("duration", "clientLimits.stallMs"),
    field("duration", "clientLimits.lingerMs"),
    field("count", "clientLimits.maxHeadBytes"),
    field("count", "clientLimits.maxTargetBytes"),
  ],
  tlsListener: [
    field("select", "tlsListener.minVersion", TLS_VERSIONS),
    field("duration", "tlsListener.handshakeMs"),
    field("select", "tlsListener.clientAuth", ["none", "optional", "required"]),
    field("pem", "tlsListener.clientAuthorities"),
  ],
  connections: [field("count", "connections.maxPerAddress"), field("count", "connections.max")],
  accessLog: [
    field("switch", "accessLog.enabled"),
    field("percent", "accessLog.sampleRatio"),
    field("duration", "accessLog.slowMs"),
    field("select", "accessLog.query", ["drop", "names", "values"]),
    field("switch", "accessLog.clientAddress"),
    field("switch", "accessLog.attempts"),
  ],
  tracing: [
    field("switch", "tracing.enabled"),
    field("text", "tracing.endpoint"),
    field("text", "tracing.serviceName"),
    field("text", "tracing.resourceAttributes"),
    field("percent", "tracing.sampleRatio"),
    field("switch", "tracing.followParent"),
    field("switch", "tracing.clientAddress"),
    field("headers", "tracing.headers"),
    field("select", "tracing.compression", TRACE_COMPRESSIONS),
    field("duration", "tracing.timeoutMs"),
    field("duration", "tracing.collectMs"),
    field("count", "tracing.maxQueue"),
  ],
} as const satisfies Record<string, readonly ProxyField[]>;

export const PROXY_GROUP_NAMES = Object.keys(PROXY_SETTING_GROUPS) as ProxyGroupName[];

export const proxyFieldAt = (path: string): ProxyField | undefined =>
  Object.values(PROXY_SETTING_GROUPS)
    .flat()
    .find((each) => each.path === path);
