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
import { changedFields, changedPaths } from "#lib/client/forms.ts";
import { updatePool } from "#lib/client/mutations.ts";
import { PoolInput } from "#lib/contracts/config.ts";
import type { PoolView } from "#lib/contracts/views.ts";
import { sameValue } from "#lib/core/config/same.ts";
import { fieldAt, type GroupName, SETTING_GROUPS, valueAt } from "./setting-groups.ts";
import { SettingInput } from "./setting-input.tsx";
import { type PoolValues, poolInputOf, settingPath, toPoolInput, toValues, unreadable } from "./setting-values.ts";
import classes from "./settings-form.module.css";
import { useSettingText } from "./use-setting-text.ts";

type Props = { pool: PoolView; groups: readonly GroupName[]; openAtFirst: readonly GroupName[] };

/** Settings of a pool in groups. Edits gather until they are saved; the differences are told beside the button. */
export function SettingsForm({ pool, groups, openAtFirst }: Props) {
  const t = useTranslations("pool");
  const refusal = useRefusal("publisher");
  const initial = useRef<PoolInput>(poolInputOf(pool));
  const config = useConfigForm<PoolValues, typeof PoolInput>({
    initial: toValues(pool),
    schema: PoolInput,
    toInput: toPoolInput,
    check: unreadable,
    rename: settingPath,
    save: async (input, ifMatch) => {
      const saved = await updatePool(pool.id, changedFields(initial.current, input), ifMatch);
      initial.current = input;
      return saved;
    },
    onSaved: () => config.restart(toValues(initial.current)),
  });
  const { form, staleSince, problem, isSaving } = config;
  const patch = changedFields(initial.current, toPoolInput(form.values));
  const isChanged = Object.keys(patch).length > 0;
  const takeNewest = () => {
    initial.current = poolInputOf(pool);
    config.restart(toValues(pool));
  };

  // Somebody else's publish appears at once, unless something is being edited here: then saving tells of it. One's own is
  // in the form before the pool is read again, and must not be undone by the old reading.
  const newest = poolInputOf(pool);
  const adopted = useRef(newest);
  useEffect(() => {
    if (isChanged || isSaving || sameValue(newest, adopted.current)) return;
    adopted.current = newest;
    if (!sameValue(newest, initial.current)) takeNewest();
  });

  return (
    <form onSubmit={config.submit} noValidate className={classes.form}>
      <Groups form={form} groups={groups} openAtFirst={openAtFirst} disabled={refusal !== undefined} />
      <FormProblem error={problem} />
      {staleSince !== null && (
        <StaleNotice base={staleSince} entityId={pool.id} onTakeNewest={takeNewest} onKeep={config.publishOver} />
      )}
      {refusal !== undefined && <p className={forms.note}>{refusal}</p>}
      {isChanged && (
        <div className={classes.bar} role="status">
          <Differences before={initial.current} patch={patch} />
          <Button variant="default" onClick={takeNewest} disabled={isSaving}>
            {t("settings.discard")}
          </Button>
          <GuardedButton needs="publisher" type="submit" loading={isSaving} disabled={staleSince !== null}>
            {t("settings.save")}
          </GuardedButton>
        </div>
      )}
    </form>
  );
}

type GroupsProps = {
  form: ConfigForm<PoolValues>["form"];
  groups: readonly GroupName[];
  openAtFirst: readonly GroupName[];
  disabled: boolean;
};

function Groups({ form, groups, openAtFirst, disabled }: GroupsProps) {
  const t = useTranslations("pool");
  const [open, setOpen] = useState<string[]>([...openAtFirst]);
  // A fault in a closed group must be seen.
  const faulty = Object.keys(form.errors).join();
  useEffect(() => {
    const hidden = groups.filter((group) => SETTING_GROUPS[group].some(({ path }) => faulty.split(",").includes(path)));
    if (hidden.length > 0) setOpen((now) => [...new Set([...now, ...hidden])]);
  }, [faulty, groups]);
  return (
    <Panel flush>
      <Accordion multiple value={open} onChange={setOpen} variant="default" order={2} classNames={classes}>
        {groups.map((group) => (
          <Accordion.Item key={group} value={group}>
            <Accordion.Control>
              <span className={classes.title}>{t(`group.${group}`)}</span>{" "}
              <span className={classes.hint}>{t(`groupHelp.${group}`)}</span>
            </Accordion.Control>
            <Accordion.Panel>
              <div className={forms.grid}>
                {SETTING_GROUPS[group].map((field) => (
                  <SettingInput key={field.path} field={field} form={form} disabled={disabled} />
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
function Differences({ before, patch }: { before: PoolInput; patch: Record<string, unknown> }) {
  const t = useTranslations("pool");
  const text = useSettingText();
  const paths = changedPaths(patch);
  const labelOf = (path: string) => {
    const field = fieldAt(path);
    return t(field ? `setting.${field.path}.label` : "setting.hashKey.label");
  };
  return (
    <div className={classes.differences}>
      <strong>{t("settings.changed", { count: paths.length })}</strong>
      <ul>
        {paths.map((path) => (
          <li key={path}>
            {t("settings.change", {
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
