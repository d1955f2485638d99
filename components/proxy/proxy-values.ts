// The proxy's settings while they are edited, and how they become the API's input: lists of ranges are text, one a line.
import { headerRows, rowFaults, rowPath, settingRecord } from "#components/forms/header-edits.ts";
import type { HeaderRow } from "#components/forms/header-rows.tsx";
import type { FieldFault } from "#lib/client/forms.ts";
import { ProxySettings } from "#lib/contracts/config.ts";

export type ProxyValues = Omit<ProxySettings, "forwarding" | "proxyProtocol" | "tracing"> & {
  tracing: Omit<ProxySettings["tracing"], "headers"> & { headers: HeaderRow[] };
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
  const { forwarding, proxyProtocol, tracing, ...rest } = proxySettingsOf(settings);
  return {
    ...rest,
    forwarding: { ...forwarding, trustedProxies: textOf(forwarding.trustedProxies) },
    proxyProtocol: { from: textOf(proxyProtocol.from) },
    tracing: { ...tracing, headers: headerRows(tracing.headers) },
  };
}

export const toProxyInput = (values: ProxyValues) => ({
  ...values,
  forwarding: { ...values.forwarding, trustedProxies: listOf(values.forwarding.trustedProxies) },
  proxyProtocol: { from: listOf(values.proxyProtocol.from) },
  tracing: { ...values.tracing, headers: settingRecord(values.tracing.headers) },
});

/** What is in force until somebody says otherwise: shown beside the fields. */
export const PROXY_DEFAULTS = ProxySettings.parse({});

const TRACE_HEADERS = "tracing.headers";
export const unreadableProxy = ({ tracing }: ProxyValues): FieldFault[] =>
  rowFaults(tracing.headers, TRACE_HEADERS.split("."));

/** A fault of one entry of a list is told at the list's field, one of a header at its row. */
export function proxySettingPath(path: readonly (string | number)[], values?: ProxyValues): string {
  const field = path.slice(0, 2).join(".");
  if (field !== TRACE_HEADERS || path[2] === undefined) return field;
  return typeof path[2] === "number" ? path.join(".") : rowPath(values?.tracing.headers ?? [], field, path[2]);
}
