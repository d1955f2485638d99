"use client";
import { Accordion, Button } from "@mantine/core";
import { useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import { Panel } from "#components/data/panel.tsx";
import { FormProblem } from "#components/forms/form-problem.tsx";
import forms from "#components/forms/forms.module.css";
import { GuardedButton, useRefusal } from "#components/forms/guarded.tsx";
import { StaleNotice } from "#components/forms/stale-notice.tsx";
import { type ConfigForm, useConfigForm } from "#components/forms/use-config-form.ts";
import { valueAt } from "#components/pools/setting-groups.ts";
import classes from "#components/pools/settings-form.module.css";
import { changedFields, changedPaths } from "#lib/client/forms.ts";
import { updateProxySettings } from "#lib/client/mutations.ts";
import { ProxySettings } from "#lib/contracts/config.ts";
import { PROXY_ID } from "#lib/contracts/operations.ts";
import { sameValue } from "#lib/core/config/same.ts";
import { PROXY_GROUP_NAMES, PROXY_SETTING_GROUPS, proxyFieldAt } from "./proxy-setting-groups.ts";
import { ProxySettingInput } from "./proxy-setting-input.tsx";
import { type ProxyValues, proxySettingPath, proxySettingsOf, toProxyInput, toProxyValues } from "./proxy-values.ts";
import { useProxySettingText } from "./use-proxy-setting-text.ts";

/** Settings of the proxy in groups. Edits gather until they are saved; the differences are told beside the button. */
export function ProxySettingsForm({ settings }: { settings: ProxySettings }) {
  const t = useTranslations("pool.settings");
  const refusal = useRefusal("publisher");
  const initial = useRef<ProxySettings>(proxySettingsOf(settings));
  const config = useConfigForm<ProxyValues, typeof ProxySettings>({
    initial: toProxyValues(settings),
    schema: ProxySettings,
    toInput: toProxyInput,
    rename: proxySettingPath,
    save: async (input, ifMatch) => {
      const saved = await updateProxySettings(changedFields(initial.current, input), ifMatch);
      initial.current = input;
      return saved;
    },
    onSaved: () => config.restart(toProxyValues(initial.current)),
  });
  const { form, staleSince, problem, isSaving } = config;
  const patch = changedFields(initial.current, toProxyInput(form.values));
  const isChanged = Object.keys(patch).length > 0;
  const takeNewest = () => {
    initial.current = proxySettingsOf(settings);
    config.restart(toProxyValues(settings));
  };

  // Somebody else's publish appears at once, unless something is being edited here: then saving tells of it.
  const newest = proxySettingsOf(settings);
  const adopted = useRef(newest);
  useEffect(() => {
    if (isChanged || isSaving || sameValue(newest, adopted.current)) return;
    adopted.current = newest;
    if (!sameValue(newest, initial.current)) takeNewest();
  });

  return (
    <form onSubmit={config.submit} noValidate className={classes.form}>
      <Groups form={form} disabled={refusal !== undefined} />
      <FormProblem error={problem} />
      {staleSince !== null && (
        <StaleNotice base={staleSince} entityId={PROXY_ID} onTakeNewest={takeNewest} onKeep={config.publishOver} />
      )}
      {refusal !== undefined && <p className={forms.note}>{refusal}</p>}
      {isChanged && (
        <div className={classes.bar} role="status">
          <Differences before={initial.current} patch={patch} />
          <Button variant="default" onClick={takeNewest} disabled={isSaving}>
            {t("discard")}
          </Button>
          <GuardedButton needs="publisher" type="submit" loading={isSaving} disabled={staleSince !== null}>
            {t("save")}
          </GuardedButton>
        </div>
      )}
    </form>
  );
}

function Groups({ form, disabled }: { form: ConfigForm<ProxyValues>["form"]; disabled: boolean }) {
  const t = useTranslations("proxy");
  const [open, setOpen] = useState<string[]>([...PROXY_GROUP_NAMES]);
  // A fault in a closed group must be seen.
  const faulty = Object.keys(form.errors).join();
  useEffect(() => {
    const hidden = PROXY_GROUP_NAMES.filter((group) =>
      PROXY_SETTING_GROUPS[group].some(({ path }) => faulty.split(",").includes(path)),
    );
    if (hidden.length > 0) setOpen((now) => [...new Set([...now, ...hidden])]);
  }, [faulty]);
  return (
    <Panel flush>
      <Accordion multiple value={open} onChange={setOpen} variant="default" order={2} classNames={classes}>
        {PROXY_GROUP_NAMES.map((group) => (
          <Accordion.Item key={group} value={group}>
            <Accordion.Control>
              <span className={classes.title}>{t(`group.${group}`)}</span>{" "}
              <span className={classes.hint}>{t(`groupHelp.${group}`)}</span>
            </Accordion.Control>
            <Accordion.Panel>
              <div className={forms.grid}>
                {PROXY_SETTING_GROUPS[group].map((field) => (
                  <ProxySettingInput key={field.path} field={field} form={form} disabled={disabled} />
                ))}
              </div>
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </Panel>
  );
}

/** What saving would publish: each setting before and after. */
function Differences({ before, patch }: { before: ProxySettings; patch: Record<string, unknown> }) {
  const t = useTranslations("proxy");
  const settings = useTranslations("pool.settings");
  const text = useProxySettingText();
  const paths = changedPaths(patch);
  const labelOf = (path: string) => {
    const field = proxyFieldAt(path);
    return field ? t(`setting.${field.path}.label`) : path;
  };
  return (
    <div className={classes.differences}>
      <strong>{settings("changed", { count: paths.length })}</strong>
      <ul>
        {paths.map((path) => (
          <li key={path}>
            {settings("change", {
              label: labelOf(path),
              before: text(path, valueAt(before, path)),
              after: text(path, valueAt(patch, path)),
            })}
          </li>
        ))}
      </ul>
    </div>
  );
}
