// Every setting of the proxy as a whole, in the groups in which people look for it: what the form draws.

export type ProxyFieldKind = "switch" | "count" | "duration" | "ranges";
export type ProxySettingPath =
  | `forwarding.${"trustedProxies" | "sendForwarded"}`
  | `clientLimits.${"headMs" | "idleMs" | "bodyIdleMs" | "stallMs" | "lingerMs" | "maxHeadBytes" | "maxTargetBytes"}`;
export type ProxyField = { kind: ProxyFieldKind; path: ProxySettingPath };
export type ProxyGroupName = keyof typeof PROXY_SETTING_GROUPS;

const field = (kind: ProxyFieldKind, path: ProxySettingPath): ProxyField => ({ kind, path });

export const PROXY_SETTING_GROUPS = {
  forwarding: [field("ranges", "forwarding.trustedProxies"), field("switch", "forwarding.sendForwarded")],
  clientLimits: [
    field("duration", "clientLimits.headMs"),
    field("duration", "clientLimits.idleMs"),
    field("duration", "clientLimits.bodyIdleMs"),
    field("duration", "clientLimits.stallMs"),
    field("duration", "clientLimits.lingerMs"),
    field("count", "clientLimits.maxHeadBytes"),
    field("count", "clientLimits.maxTargetBytes"),
  ],
} as const satisfies Record<string, readonly ProxyField[]>;

export const PROXY_GROUP_NAMES = Object.keys(PROXY_SETTING_GROUPS) as ProxyGroupName[];

export const proxyFieldAt = (path: string): ProxyField | undefined =>
  Object.values(PROXY_SETTING_GROUPS)
    .flat()
    .find((each) => each.path === path);
