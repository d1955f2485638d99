"use client";
import { NumberInput, Select, Textarea } from "@mantine/core";
import { useTranslations } from "next-intl";
import { DurationInput } from "#components/forms/duration-input.tsx";
import { PercentInput } from "#components/forms/percent-input.tsx";
import { parseExpression } from "#lib/contracts/alert-expression.ts";
import type { AlertCondition } from "#lib/contracts/config/alert-rule.ts";
import { detailText } from "#lib/i18n/detail-text.ts";
import { BurnWindows } from "./burn-windows.tsx";
import { RULE_FIELDS, type RuleField } from "./rule-fields.ts";

type Values = Record<string, unknown>;
type Props = {
  condition: AlertCondition;
  errors: Readonly<Record<string, string>>;
  onChange: (condition: AlertCondition) => void;
};

/** The settings that a rule has by its kind. */
export function RuleInputs({ condition, errors, onChange }: Props) {
  const values = condition as unknown as Values;
  const fields = RULE_FIELDS[condition.kind].map((field) => (
    <RuleInput
      key={field.name}
      field={field}
      values={values}
      error={errors[`condition.${field.name}`]}
      onSet={(value) => onChange({ ...condition, [field.name]: value } as AlertCondition)}
    />
  ));
  if (condition.kind !== "slo-burn") return fields;
  return (
    <>
      {fields}
      <BurnWindows
        windows={condition.windows}
        errors={errors}
        onChange={(windows) => onChange({ ...condition, windows })}
      />
    </>
  );
}

type InputProps = { field: RuleField; values: Values; error?: string; onSet: (value: unknown) => void };

function RuleInput({ field: { name, type, isOptional }, values, error, onSet }: InputProps) {
  const t = useTranslations("rules");
  const label = t(`field.${name as "windowMs"}`);
  const value = values[name];
  const optional = isOptional ? t("optional") : undefined;
  const set = (given: unknown) => onSet(given === "" && isOptional ? null : given);
  switch (type) {
    case "ms":
      return (
        <DurationInput
          label={label}
          description={optional}
          value={(value as number) ?? ""}
          onChange={set}
          error={error}
        />
      );
    case "ratio":
      return (
        <PercentInput
          label={label}
          description={optional}
          value={(value as number) ?? ""}
          onChange={set}
          error={error}
        />
      );
    case "count":
      return (
        <NumberInput
          label={label}
          description={optional}
          min={0}
          value={(value as number) ?? ""}
          onChange={set}
          error={error}
        />
      );
    case "of":
      return (
        <Select
          label={label}
          allowDeselect={false}
          value={String(value)}
          data={(["pool", "node"] as const).map((of) => ({ value: of, label: t(`of.${of}`) }))}
          onChange={(of) => onSet(of)}
        />
      );
    case "percentile":
      return (
        <Select
          label={label}
          allowDeselect={false}
          value={String(value)}
          data={[50, 90, 99, 99.9].map((percentile) => ({ value: String(percentile), label: `P${percentile}` }))}
          onChange={(percentile) => onSet(Number(percentile))}
        />
      );
    case "expression":
      return (
        <ExpressionInput label={label} optional={optional} values={values} value={value} error={error} onSet={set} />
      );
  }
}

type ExpressionProps = {
  label: string;
  optional?: string;
  values: Values;
  value: unknown;
  error?: string;
  onSet: (value: unknown) => void;
};

/** Says while it is written where it is wrong. */
function ExpressionInput({ label, optional, values, value, error, onSet }: ExpressionProps) {
  const t = useTranslations("rules");
  const status = useTranslations("status");
  const text = typeof value === "string" ? value : "";
  const parsed = text === "" ? null : parseExpression(text, values.of === "node" ? "node" : "pool");
  const fault = parsed && !parsed.ok ? detailText(status, parsed.detail) : undefined;
  return (
    <Textarea
      style={{ gridColumn: "1 / -1" }}
      label={label}
      description={optional ?? t("expressionHelp")}
      autosize
      minRows={1}
      spellCheck={false}
      value={text}
      error={fault ?? error}
      onChange={(event) => onSet(event.currentTarget.value)}
    />
  );
}
