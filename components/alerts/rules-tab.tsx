"use client";
import { ActionIcon } from "@mantine/core";
import { IconBellOff, IconBellRinging, IconDots, IconPencil, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { DataTable, tableClasses } from "#components/data/data-table.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { ActionMenu } from "#components/forms/action-menu.tsx";
import { GuardedItem } from "#components/forms/guarded-item.tsx";
import { matcherValues } from "#components/forms/label-values.ts";
import { useNotify } from "#components/forms/use-notify.ts";
import { useActiveChangeSet } from "#components/staging/use-change-set.ts";
import { alertingKeys, alertRulesQuery, updateRule } from "#lib/client/alerting.ts";
import { MISSING } from "#lib/client/format.ts";
import type { AlertRuleView, RuleFaultView, UnknownRule } from "#lib/contracts/alert-rules-api.ts";
import { spanText } from "#lib/i18n/alert-text.ts";
import { AlertLevel } from "./alert-level.tsx";
import { EditablePanel } from "./editable-panel.tsx";
import { RemoveRuleDialog } from "./end-dialogs.tsx";
import { RuleFaults } from "./rule-faults.tsx";
import { RuleForm } from "./rule-form.tsx";
import classes from "./rules-tab.module.css";

const ICON = { size: 15, stroke: 1.7, "aria-hidden": true } as const;

/** What people are told of: the rules, those of the product first. */
export function RulesTab() {
  const t = useTranslations("rules");
  const changeSet = useActiveChangeSet()?.id;
  const query = useQuery(alertRulesQuery(changeSet));
  return (
    <EditablePanel<AlertRuleView>
      title={t("title")}
      hint={t("hint")}
      addLabel={t("new")}
      needs="publisher"
      form={(rule, close) => <RuleForm rule={rule} onClose={close} />}
    >
      {(edit) => (
        <QueryView query={query}>
          {({ items, faults, unknown }) => <RuleTable rules={items} faults={faults} unknown={unknown} onEdit={edit} />}
        </QueryView>
      )}
    </EditablePanel>
  );
}

type TableProps = {
  rules: readonly AlertRuleView[];
  faults: readonly RuleFaultView[];
  unknown: readonly UnknownRule[];
  onEdit: (rule: AlertRuleView) => void;
};

function RuleTable({ rules, faults, unknown, onEdit }: TableProps) {
  const t = useTranslations("rules");
  const kinds = useTranslations("notifications.rules");
  const columns = [
    { key: "level", label: t("level") },
    { key: "name", label: t("name") },
    { key: "when", label: t("when") },
    { key: "scope", label: t("scope") },
    { key: "actions", label: t("actions"), isNumber: true },
  ];
  return (
    <DataTable label={t("title")} columns={columns}>
      {rules.map((rule) => (
        <tr key={rule.key} data-rule={rule.key}>
          <td>
            {/* Red is for what has to be acted on now: a rule is not. */}
            <AlertLevel level={rule.level} isFiring={false} />
          </td>
          <td>
            <b>{rule.name || kinds(rule.condition.kind)}</b>{" "}
            <span className={tableClasses.mute}>
              {rule.key}
              {!rule.enabled && ` · ${t("off")}`}
              {rule.isBuiltIn && rule.isChanged && ` · ${t("changed")}`}
            </span>
            <RuleFaults faults={faults.filter(({ ruleKey }) => ruleKey === rule.key)} />
          </td>
          <td>
            <When rule={rule} />
          </td>
          <td className={tableClasses.mute}>{scopeTexts(rule.scope).join(", ") || t("everywhere")}</td>
          <td className={tableClasses.number}>
            <Actions rule={rule} onEdit={() => onEdit(rule)} />
          </td>
        </tr>
      ))}
      {unknown.map(({ key, kind, name }) => (
        <tr key={key} data-rule={key}>
          <td>{MISSING}</td>
          <td>
            <b>{name || kinds("unknown")}</b> <span className={tableClasses.mute}>{key}</span>
          </td>
          <td colSpan={3}>
            <p className={classes.fault}>{t("unknownKind", { kind })}</p>
          </td>
        </tr>
      ))}
    </DataTable>
  );
}

const scopeTexts = ({ pools, nodes, labels }: AlertRuleView["scope"]) => [...pools, ...nodes, ...matcherValues(labels)];

/** Its settings in short. */
function When({ rule: { condition, forMs, clearForMs } }: { rule: AlertRuleView }) {
  const t = useTranslations("rules");
  const parts = Object.entries(condition).flatMap(([name, value]) => {
    if (name === "kind" || value === null || Array.isArray(value)) return [];
    if (name === "of") return [t(`of.${value as "pool"}`)];
    if (name === "expression" || name === "clear") return [String(value)];
    const told = name.endsWith("Ms")
      ? shortMs(Number(value))
      : name.endsWith("Ratio")
        ? `${Number(value) * 100} %`
        : String(value);
    return [`${t(`field.${name as "windowMs"}`)} ${told}`];
  });
  if (forMs > 0) parts.push(`${t("for")} ${spanText(forMs)}`);
  if (clearForMs > 0) parts.push(`${t("clearFor")} ${spanText(clearForMs)}`);
  return <span className={classes.when}>{parts.join(" · ")}</span>;
}

const shortMs = (ms: number): string => (ms < 1_000 ? `${ms} ms` : spanText(ms));

function Actions({ rule, onEdit }: { rule: AlertRuleView; onEdit: () => void }) {
  const t = useTranslations("rules");
  const notify = useNotify();
  const client = useQueryClient();
  const changeSet = useActiveChangeSet()?.id;
  const onSettled = () => {
    for (const queryKey of [alertingKeys.allRules, ["change-sets"]]) void client.invalidateQueries({ queryKey });
  };
  const onError = (error: unknown) => notify.failed(t("notSaved"), error);
  const toggle = useMutation({
    mutationFn: () => updateRule(rule.key, { enabled: !rule.enabled }, changeSet),
    onSettled,
    onError,
  });
  const [isAsked, setAsked] = useState(false);
  return (
    <>
      <ActionMenu
        width={200}
        target={
          <ActionIcon aria-label={t("actionsOf", { name: rule.key })}>
            <IconDots {...ICON} />
          </ActionIcon>
        }
      >
        <GuardedItem needs="publisher" icon={<IconPencil {...ICON} />} onClick={onEdit}>
          {t("change")}
        </GuardedItem>
        <GuardedItem
          needs="publisher"
          icon={rule.enabled ? <IconBellOff {...ICON} /> : <IconBellRinging {...ICON} />}
          onClick={() => toggle.mutate()}
        >
          {t(rule.enabled ? "disable" : "enable")}
        </GuardedItem>
        {rule.isChanged && (
          <GuardedItem needs="publisher" icon={<IconTrash {...ICON} />} isDangerous onClick={() => setAsked(true)}>
            {t(rule.isBuiltIn ? "reset" : "remove")}
          </GuardedItem>
        )}
      </ActionMenu>
      {isAsked && <RemoveRuleDialog of={rule} onClose={() => setAsked(false)} />}
    </>
  );
}
