// The proxy's settings while they are edited, and how they become the API's input: lists of ranges are text, one a line.
import { ProxySettings } from "#lib/contracts/config.ts";

export type ProxyValues = Omit<ProxySettings, "forwarding" | "proxyProtocol"> & {
  proxyProtocol: { from: string };
  forwarding: Omit<ProxySettings["forwarding"], "trustedProxies"> & { trustedProxies: string };
};

/** The settings' own fields of anything that has at least them, such as what a mutation answers. */
export const proxySettingsOf = (settings: ProxySettings): ProxySettings =>
  Object.fromEntries(
    Object.keys(ProxySettings.shape).map((key) => [key, settings[key as keyof ProxySettings]]),
  ) as ProxySettings;

/** Ranges are parted by lines, commas or spaces, as people paste them. */
const listOf = (text: string): string[] => text.split(/[\s,;,;]+/).filter((entry) => entry !== "");
const textOf = (list: readonly string[]): string => list.join("\n");

export function toProxyValues(settings: ProxySettings): ProxyValues {
  const { forwarding, proxyProtocol, ...rest } = proxySettingsOf(settings);
  return {
    ...rest,
    forwarding: { ...forwarding, trustedProxies: textOf(forwarding.trustedProxies) },
    proxyProtocol: { from: textOf(proxyProtocol.from) },
  };
}

export const toProxyInput = (values: ProxyValues) => ({
  ...values,
  forwarding: { ...values.forwarding, trustedProxies: listOf(values.forwarding.trustedProxies) },
  proxyProtocol: { from: listOf(values.proxyProtocol.from) },
});

/** What is in force until somebody says otherwise: shown beside the fields. */
export const PROXY_DEFAULTS = ProxySettings.parse({});

/** A fault of one entry of a list is told at the list's field. */
export const proxySettingPath = (path: readonly (string | number)[]): string => path.slice(0, 2).join(".");
