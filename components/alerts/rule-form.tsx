"use client";
import { NumberInput, Select, Switch, TagsInput, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { DurationInput } from "#components/forms/duration-input.tsx";
import classes from "#components/forms/forms.module.css";
import { labelsPath, matchersInput, matcherValues } from "#components/forms/label-values.ts";
import { LabelsInput } from "#components/forms/labels-input.tsx";
import { useDescribe } from "#components/forms/use-describe.ts";
import { useNotify } from "#components/forms/use-notify.ts";
import { useActiveChangeSet } from "#components/staging/use-change-set.ts";
import { alertingKeys, createRule, updateRule } from "#lib/client/alerting.ts";
import { ApiError } from "#lib/client/api.ts";
import { type Describe, type FieldErrors, fieldErrors, fieldFaults } from "#lib/client/forms.ts";
import { keys } from "#lib/client/queries.ts";
import type { AlertRuleView } from "#lib/contracts/alert-rules-api.ts";
import { ALERT_KINDS, type AlertKind, AlertRule, RuleKey } from "#lib/contracts/config/alert-rule.ts";
import { BackTestPanel } from "./back-test-panel.tsx";
import { MutationModal } from "./mutation-modal.tsx";
import { freshCondition } from "./rule-fields.ts";
import { RuleInputs } from "./rule-inputs.tsx";

type Draft = AlertRule & { key: string };
type Props = { rule?: AlertRuleView; onClose: () => void };

const draftOf = (rule?: AlertRuleView): Draft => {
  if (!rule) return { key: "", ...AlertRule.parse({ condition: freshCondition("expression") }) };
  const { isBuiltIn: _, isChanged: __, ...fields } = rule;
  return fields;
};

/** Faults by the field that they are about. */
function faultsOf(draft: Draft, error: unknown, describe: Describe): FieldErrors {
  const { key, ...rule } = draft;
  const told = error instanceof ApiError ? error.faults : [];
  const ofKey = fieldFaults(RuleKey, key).map((fault) => ({ ...fault, path: ["key"] }));
  const all = [...ofKey, ...fieldFaults(AlertRule, rule), ...told];
  return fieldErrors(all, describe, (path) => labelsPath(path.join(".")));
}

function useRuleForm({ rule, onClose }: Props) {
  const t = useTranslations("rules");
  const notify = useNotify();
  const client = useQueryClient();
  const changeSet = useActiveChangeSet()?.id;
  const [draft, setDraft] = useState(draftOf(rule));
  const [wasSent, setWasSent] = useState(false);
  const describe = useDescribe();
  const mutation = useMutation({
    mutationFn: () => {
      const { key, ...fields } = draft;
      return rule ? updateRule(key, fields, changeSet) : createRule(draft, changeSet);
    },
    onSuccess: () => {
      for (const queryKey of [alertingKeys.allRules, keys.proxySettings, ["change-sets"]])
        void client.invalidateQueries({ queryKey });
      notify.done(t("saved", { name: draft.name || draft.key }));
      onClose();
    },
  });
  const errors = wasSent ? faultsOf(draft, mutation.error, describe) : {};
  const submit = () => {
    setWasSent(true);
    if (Object.keys(faultsOf(draft, null, describe)).length === 0) mutation.mutate();
  };
  const set = (change: Partial<Draft>) => setDraft((before) => ({ ...before, ...change }));
  return { draft, set, errors, submit, mutation };
}

/** A rule, as it is written: with what it would have done in the past. */
export function RuleForm(props: Props) {
  const { rule, onClose } = props;
  const t = useTranslations("rules");
  const { draft, set, errors, submit, mutation } = useRuleForm(props);
  const { key, ...tested } = draft;
  return (
    <MutationModal
      title={rule ? t("edit", { name: key }) : t("new")}
      submitLabel={t("save")}
      needs="publisher"
      size={760}
      isKept
      isPending={mutation.isPending}
      error={Object.keys(errors).length > 0 ? null : mutation.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <Head draft={draft} set={set} errors={errors} isNew={!rule} />
      <div className={classes.grid}>
        <RuleInputs condition={draft.condition} errors={errors} onChange={(condition) => set({ condition })} />
      </div>
      <Timing draft={draft} set={set} errors={errors} />
      <BackTestPanel rule={tested} />
    </MutationModal>
  );
}

type PartProps = {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
  errors: Readonly<Record<string, string>>;
};

function Head({ draft, set, errors, isNew }: PartProps & { isNew: boolean }) {
  const t = useTranslations("rules");
  const kinds = useTranslations("notifications.rules");
  return (
    <div className={classes.grid}>
      {isNew && (
        <TextInput
          label={t("key")}
          description={t("keyHelp")}
          data-autofocus
          value={draft.key}
          error={errors.key}
          onChange={(event) => set({ key: event.currentTarget.value })}
        />
      )}
      <TextInput
        label={t("name")}
        value={draft.name}
        error={errors.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <Select
        label={t("kind")}
        allowDeselect={false}
        searchable
        value={draft.condition.kind}
        data={ALERT_KINDS.map((kind) => ({ value: kind, label: kinds(kind) }))}
        onChange={(kind) => set({ condition: freshCondition(kind as AlertKind) })}
      />
      <NumberInput
        label={t("level")}
        description={t("levelHelp")}
        min={1}
        max={4}
        value={draft.level}
        error={errors.level}
        onChange={(level) => set({ level: Number(level) })}
      />
      <Switch
        label={t("enabled")}
        checked={draft.enabled}
        onChange={(event) => set({ enabled: event.currentTarget.checked })}
      />
    </div>
  );
}

function Timing({ draft, set, errors }: PartProps) {
  const t = useTranslations("rules");
  const { scope } = draft;
  return (
    <div className={classes.grid}>
      <DurationInput
        label={t("for")}
        value={draft.forMs}
        error={errors.forMs}
        onChange={(forMs) => set({ forMs: Number(forMs) })}
      />
      <DurationInput
        label={t("clearFor")}
        value={draft.clearForMs}
        error={errors.clearForMs}
        onChange={(clearForMs) => set({ clearForMs: Number(clearForMs) })}
      />
      <TagsInput
        label={t("pools")}
        description={t("globHelp")}
        value={scope.pools}
        onChange={(pools) => set({ scope: { ...scope, pools } })}
      />
      <TagsInput
        label={t("nodes")}
        description={t("globHelp")}
        value={scope.nodes}
        onChange={(nodes) => set({ scope: { ...scope, nodes } })}
      />
      <LabelsInput
        className={classes.whole}
        label={t("labels")}
        description={t("labelsHelp")}
        value={matcherValues(scope.labels)}
        error={errors["scope.labels"]}
        onChange={(texts) => set({ scope: { ...scope, labels: matchersInput(texts) } })}
      />
      <Select
        label={t("groupBy")}
        allowDeselect={false}
        value={draft.groupBy}
        data={(["none", "pool"] as const).map((value) => ({ value, label: t(`group.${value}`) }))}
        onChange={(groupBy) => set({ groupBy: groupBy as "none" | "pool" })}
      />
    </div>
  );
}
