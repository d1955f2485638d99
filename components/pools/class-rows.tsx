"use client";
import { ActionIcon, Button, Input, NumberInput, Textarea, TextInput } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import { DurationInput } from "#components/forms/duration-input.tsx";
import forms from "#components/forms/forms.module.css";
import { PercentInput } from "#components/forms/percent-input.tsx";
import list from "#components/forms/row-list.module.css";
import type { ConfigForm } from "#components/forms/use-config-form.ts";
import classes from "./class-rows.module.css";
import { NEW_CLASS } from "./class-values.ts";
import type { PoolValues } from "./setting-values.ts";

const PATH = "classes";
const MAX_CLASSES = 8;

type Props = { form: ConfigForm<PoolValues>["form"]; label: string; help: string; disabled: boolean };

/** The pool's request classes in order of priority, the highest first. */
export function ClassRows({ form, label, help, disabled }: Props) {
  const t = useTranslations("pool.requestClass");
  const rows = form.values.classes;
  return (
    <fieldset className={`${forms.whole} ${list.rows}`} disabled={disabled}>
      <legend className={list.legend}>{label}</legend>
      <p className={list.help}>{help}</p>
      {form.errors[PATH] && <Input.Error>{form.errors[PATH]}</Input.Error>}
      {rows.map((_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
        <ClassFields key={index} form={form} index={index} />
      ))}
      <div>
        <Button
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden="true" />}
          disabled={rows.length >= MAX_CLASSES}
          onClick={() => form.insertListItem(PATH, { ...NEW_CLASS })}
        >
          {t("add")}
        </Button>
      </div>
    </fieldset>
  );
}

function ClassFields({ form, index }: Pick<Props, "form"> & { index: number }) {
  const t = useTranslations("pool.requestClass");
  const number = index + 1;
  const props = (field: keyof typeof NEW_CLASS) => form.getInputProps(`${PATH}.${index}.${field}`);
  return (
    // biome-ignore lint/a11y/useSemanticElements: fieldsets cannot be laid out as a grid in every browser
    <div className={classes.row} role="group" aria-label={t("of", { number })}>
      <div className={classes.head}>
        <span className={classes.rank}>{number}</span>
        <TextInput className={classes.name} label={t("name")} placeholder="interactive" {...props("name")} />
        <ClassTools form={form} index={index} />
      </div>
      <TextInput label={t("header")} placeholder="x-priority" {...props("headerName")} />
      <Textarea label={t("values")} placeholder="high" autosize minRows={1} maxRows={6} {...props("headerValues")} />
      <Textarea label={t("paths")} placeholder="/v1/chat" autosize minRows={1} maxRows={6} {...props("pathPrefixes")} />
      <NumberInput
        label={t("maxQueue")}
        min={0}
        allowDecimal={false}
        clampBehavior="none"
        thousandSeparator=","
        {...props("maxQueue")}
      />
      <DurationInput label={t("queueMs")} {...props("queueMs")} />
      <PercentInput label={t("reservedRatio")} description={t("reservedHelp")} {...props("reservedRatio")} />
    </div>
  );
}

function ClassTools({ form, index }: Pick<Props, "form"> & { index: number }) {
  const t = useTranslations("pool.requestClass");
  const number = index + 1;
  const move = (to: number) => form.reorderListItem(PATH, { from: index, to });
  return (
    <span className={classes.tools}>
      <ActionIcon aria-label={t("up", { number })} disabled={index === 0} onClick={() => move(index - 1)}>
        <IconArrowUp size={15} aria-hidden="true" />
      </ActionIcon>
      <ActionIcon
        aria-label={t("down", { number })}
        disabled={number === form.values.classes.length}
        onClick={() => move(index + 1)}
      >
        <IconArrowDown size={15} aria-hidden="true" />
      </ActionIcon>
      <ActionIcon aria-label={t("remove", { number })} onClick={() => form.removeListItem(PATH, index)}>
        <IconTrash size={15} aria-hidden="true" />
      </ActionIcon>
    </span>
  );
}
