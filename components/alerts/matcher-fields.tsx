"use client";
import { MultiSelect, TagsInput } from "@mantine/core";
import { useTranslations } from "next-intl";
import { HELP_BELOW } from "#components/forms/field-order.ts";
import classes from "#components/forms/forms.module.css";
import { matchersInput, matcherValues } from "#components/forms/label-values.ts";
import { LabelsInput } from "#components/forms/labels-input.tsx";
import { useDescribe } from "#components/forms/use-describe.ts";
import { fieldFaults } from "#lib/client/forms.ts";
import { ALERT_KINDS, type AlertKind } from "#lib/contracts/config/alert-rule.ts";
import { LabelMatchers } from "#lib/contracts/config/labels.ts";
import type { AlertMatchers } from "#lib/contracts/silences.ts";
import rules from "./rules-tab.module.css";

export const NO_MATCHERS: AlertMatchers = { kinds: [], rules: [], levels: [], pools: [], nodes: [], labels: [] };
const LEVELS = ["1", "2", "3", "4"];

type Props = { matchers: AlertMatchers; error?: string; onChange: (matchers: AlertMatchers) => void };

/** Which alerts are meant: all that is named must fit; of one list, any. */
export function MatcherFields({ matchers, error, onChange }: Props) {
  const t = useTranslations("silences");
  const kinds = useTranslations("notifications.rules");
  const describe = useDescribe();
  const [fault] = fieldFaults(LabelMatchers, matchers.labels);
  const set = (change: Partial<AlertMatchers>) => onChange({ ...matchers, ...change });
  return (
    <>
      <TagsInput
        label={t("pools")}
        inputWrapperOrder={HELP_BELOW}
        description={t("globHelp")}
        placeholder={matchers.pools.length > 0 ? undefined : t("any")}
        value={matchers.pools}
        error={error}
        onChange={(pools) => set({ pools })}
      />
      <TagsInput
        label={t("nodes")}
        inputWrapperOrder={HELP_BELOW}
        description={t("globHelp")}
        placeholder={matchers.nodes.length > 0 ? undefined : t("any")}
        value={matchers.nodes}
        onChange={(nodes) => set({ nodes })}
      />
      <MultiSelect
        label={t("kinds")}
        searchable
        placeholder={matchers.kinds.length > 0 ? undefined : t("any")}
        value={matchers.kinds}
        data={ALERT_KINDS.map((kind) => ({ value: kind, label: kinds(kind) }))}
        onChange={(chosen) => set({ kinds: chosen as AlertKind[] })}
      />
      <MultiSelect
        label={t("levels")}
        placeholder={matchers.levels.length > 0 ? undefined : t("any")}
        value={matchers.levels.map(String)}
        data={LEVELS}
        onChange={(levels) => set({ levels: levels.map(Number) })}
      />
      <LabelsInput
        className={classes.whole}
        label={t("labels")}
        description={t("labelsHelp")}
        value={matcherValues(matchers.labels)}
        error={fault && describe(fault)}
        onChange={(texts) => set({ labels: matchersInput(texts) })}
      />
    </>
  );
}

/** What is stored, or that it cannot be read: by a newer version, say, before it was taken back. */
export function StoredMatchers({ of: { matchers, unreadable } }: { of: Stored }) {
  const t = useTranslations("silences");
  if (matchers) return <MatcherText matchers={matchers} />;
  return <span className={`${rules.fault} ${rules.unreadable}`}>{t("unreadable", { at: unreadable ?? "" })}</span>;
}
type Stored = { matchers: AlertMatchers | null; unreadable: string | null };

/** Matchers in one line. */
export function MatcherText({ matchers }: { matchers: AlertMatchers }) {
  const t = useTranslations("silences");
  const kinds = useTranslations("notifications.rules");
  const parts = [
    ...matchers.kinds.map((kind) => kinds(kind)),
    ...matchers.rules,
    ...matchers.levels.map((level) => t("levelOf", { level })),
    ...matchers.pools,
    ...matchers.nodes,
    ...matcherValues(matchers.labels),
  ];
  return parts.length === 0 ? t("everything") : parts.join(" · ");
}
