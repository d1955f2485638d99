// The proxy's settings while they are edited, and how they become the API's input.
import { ProxySettings } from "#lib/contracts/config.ts";

export type ProxyValues = ProxySettings;

/** The settings' own fields of anything that has at least them, such as what a mutation answers. */
export const proxySettingsOf = (settings: ProxySettings): ProxySettings =>
  Object.fromEntries(
    Object.keys(ProxySettings.shape).map((key) => [key, settings[key as keyof ProxySettings]]),
  ) as ProxySettings;

export const toProxyValues = (settings: ProxySettings): ProxyValues => proxySettingsOf(settings);
export const toProxyInput = (values: ProxyValues) => values;

/** What is in force until somebody says otherwise: shown beside the fields. */
export const PROXY_DEFAULTS = ProxySettings.parse({});

/** A fault of one entry of a list is told at the list's field. */
export const proxySettingPath = (path: readonly (string | number)[]): string => path.slice(0, 2).join(".");
