"use client";
import { useTranslations } from "next-intl";
import { SettingsFrame } from "#components/forms/settings-frame.tsx";
import { useSettings } from "#components/forms/use-settings.ts";
import { useConfigWriter, useStagedProxy } from "#components/staging/use-change-set.ts";
import { ProxySettings } from "#lib/contracts/config.ts";
import { PROXY_ID } from "#lib/contracts/operations.ts";
import { PROXY_GROUP_NAMES, PROXY_SETTING_GROUPS, proxyFieldAt } from "./proxy-setting-groups.ts";
import { ProxySettingInput } from "./proxy-setting-input.tsx";
import {
  type ProxyValues,
  proxySettingPath,
  proxySettingsOf,
  toProxyInput,
  toProxyValues,
  unreadableProxy,
} from "./proxy-values.ts";
import { useProxySettingText } from "./use-proxy-setting-text.ts";

/** Settings of the proxy as a whole. */
export function ProxySettingsForm({ settings: inForce }: { settings: ProxySettings }) {
  const t = useTranslations("proxy");
  const staged = useStagedProxy();
  const writer = useConfigWriter();
  const settings = useSettings<ProxyValues, ProxySettings>({
    newest: proxySettingsOf(staged ?? inForce),
    toValues: toProxyValues,
    toInput: toProxyInput,
    schema: ProxySettings,
    check: unreadableProxy,
    rename: proxySettingPath,
    save: writer.updateProxySettings,
  });
  return (
    <SettingsFrame
      settings={settings}
      entityId={PROXY_ID}
      groups={PROXY_GROUP_NAMES.map((name) => ({
        name,
        title: t(`group.${name}`),
        help: t(`groupHelp.${name}`),
        paths: PROXY_SETTING_GROUPS[name].map(({ path }) => path),
      }))}
      openAtFirst={PROXY_GROUP_NAMES}
      draw={(path, disabled) => {
        const field = proxyFieldAt(path);
        return field && <ProxySettingInput key={path} field={field} form={settings.form} disabled={disabled} />;
      }}
      labelOf={(path) => {
        const field = proxyFieldAt(path);
        return field ? t(`setting.${field.path}.label`) : path;
      }}
      text={useProxySettingText()}
    />
  );
}
