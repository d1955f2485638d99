"use client";
import { useTranslations } from "next-intl";
import type { TermName } from "#components/data/term.tsx";
import { EarlyStatus } from "#components/forms/early-notes.tsx";
import { SettingsFrame } from "#components/forms/settings-frame.tsx";
import { useSettings } from "#components/forms/use-settings.ts";
import { useConfigWriter, useStagedPools } from "#components/staging/use-change-set.ts";
import { PoolInput } from "#lib/contracts/config.ts";
import type { PoolView } from "#lib/contracts/views.ts";
import { type Proposal, useProposed } from "./proposal.tsx";
import { fieldAt, type GroupName, SETTING_GROUPS } from "./setting-groups.ts";
import { SettingInput } from "./setting-input.tsx";
import { type PoolValues, poolInputOf, settingPath, toPoolInput, toValues, unreadable } from "./setting-values.ts";
import { isDrawn } from "./stickiness-values.ts";
import { useEarlyWarnings } from "./use-early-warnings.ts";
import { useSettingText } from "./use-setting-text.ts";

type Props = {
  pool: PoolView;
  groups: readonly GroupName[];
  openAtFirst: readonly GroupName[];
  proposal?: Proposal | null;
};

/** Of the pool as it stands in the form; none while that is not valid. */
function usePoolWarnings(pool: PoolView, values: PoolValues) {
  const parsed = PoolInput.safeParse(toPoolInput(values));
  return useEarlyWarnings(pool, parsed.success ? { ...parsed.data, id: pool.id, nodes: pool.nodes } : null, "all");
}

/** What is explained of the groups. */
const TERM_OF: Partial<Record<GroupName, TermName>> = {
  general: "twoChoices",
  breaker: "breaker",
  ejection: "ejection",
  cooling: "cooling",
  hedge: "hedge",
  retry: "retry",
  stickiness: "stickiness",
  warmUp: "warmUp",
  limits: "panic",
};

/** Settings of a pool. */
export function SettingsForm({ pool, groups, openAtFirst, proposal = null }: Props) {
  const t = useTranslations("pool");
  const staged = useStagedPools()?.find(({ id }) => id === pool.id);
  const writer = useConfigWriter();
  const settings = useSettings<PoolValues, PoolInput>({
    newest: poolInputOf(staged ?? pool),
    toValues,
    toInput: toPoolInput,
    schema: PoolInput,
    check: unreadable,
    rename: settingPath,
    save: (patch, ifMatch) => writer.updatePool(pool.id, patch, ifMatch),
  });
  const proposed = useProposed(proposal, settings.form);
  const early = usePoolWarnings(staged ?? pool, settings.form.values);
  const drawn = groups.flatMap((name) => SETTING_GROUPS[name].map(({ path }): string => path));
  return (
    <SettingsFrame
      settings={settings}
      entityId={pool.id}
      groups={groups.map((name) => ({
        name,
        title: t(`group.${name}`),
        help: t(`groupHelp.${name}`),
        term: TERM_OF[name],
        paths: SETTING_GROUPS[name].map(({ path }) => path),
      }))}
      openAtFirst={openAtFirst}
      reveal={proposed}
      draw={(path, disabled) => {
        const field = isDrawn(path, settings.form.values.stickiness) ? fieldAt(path) : undefined;
        const warnings = early.filter((warning) => warning.path === path);
        return field && <SettingInput key={path} field={field} form={settings.form} {...{ disabled, warnings }} />;
      }}
      below={<EarlyStatus warnings={settings.isChanged ? early.filter(({ path }) => !drawn.includes(path)) : []} />}
      labelOf={(path) => {
        const field = fieldAt(path);
        if (path === "stickiness") return t("group.stickiness");
        return t(field ? `setting.${field.path}.label` : "setting.hashKey.label");
      }}
      text={useSettingText()}
    />
  );
}
