"use client";
import { ActionIcon, Button, Select, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import forms from "#components/forms/forms.module.css";
import list from "#components/forms/row-list.module.css";
import type { ConfigForm } from "#components/forms/use-config-form.ts";
import { EXPECTATION_KINDS } from "#lib/contracts/config.ts";
import classes from "./expectation-rows.module.css";
import { hasOperand, hasSubject, NEW_EXPECTATION } from "./health-values.ts";
import type { PoolValues } from "./setting-values.ts";

const PATH = "healthCheck.business.expect";

type Props = { form: ConfigForm<PoolValues>["form"]; label: string; help: string; disabled: boolean };

/** What an answer must hold, one row each. */
export function ExpectationRows({ form, label, help, disabled }: Props) {
  const t = useTranslations("pool.expectation");
  return (
    <fieldset className={`${forms.whole} ${list.rows}`} disabled={disabled}>
      <legend className={list.legend}>{label}</legend>
      <p className={list.help}>{help}</p>
      {form.values.healthCheck.business.expect.map((_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
        <ExpectationFields key={index} form={form} index={index} />
      ))}
      <div>
        <Button
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden="true" />}
          onClick={() => form.insertListItem(PATH, { ...NEW_EXPECTATION })}
        >
          {t("add")}
        </Button>
      </div>
    </fieldset>
  );
}

function ExpectationFields({ form, index }: Pick<Props, "form"> & { index: number }) {
  const t = useTranslations("pool.expectation");
  const number = index + 1;
  const { kind = "body-contains" } = form.values.healthCheck.business.expect[index] ?? {};
  const path = `${PATH}.${index}`;
  return (
    <div className={classes.row}>
      <Select
        aria-label={t("kindOf", { number })}
        data={EXPECTATION_KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))}
        allowDeselect={false}
        {...form.getInputProps(`${path}.kind`)}
      />
      {hasSubject(kind) && (
        <TextInput
          aria-label={t("subjectOf", { number })}
          placeholder={kind.startsWith("header") ? "x-ready" : "$.status"}
          {...form.getInputProps(`${path}.subject`)}
        />
      )}
      {hasOperand(kind) && (
        <TextInput
          aria-label={t("operandOf", { number })}
          placeholder={t(kind.endsWith("matches") ? "pattern" : "value")}
          {...form.getInputProps(`${path}.operand`)}
        />
      )}
      <ActionIcon aria-label={t("remove", { number })} onClick={() => form.removeListItem(PATH, index)}>
        <IconTrash size={15} aria-hidden="true" />
      </ActionIcon>
    </div>
  );
}
