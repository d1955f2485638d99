"use client";
import { Tooltip } from "@mantine/core";
import { IconClockEdit } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import { useFieldWords } from "#components/diff/use-field-words.ts";
import type { ComparedChange } from "#lib/contracts/comparison.ts";
import classes from "./staging.module.css";

const TOLD = 8;

export function ChangeMark({ change }: { change: ComparedChange }) {
  const t = useTranslations("staging");
  const words = useFieldWords();
  const told = change.fields.slice(0, TOLD).map(({ path, before, after }) => {
    const label = words.label(change.kind, path);
    return t("fieldChange", {
      label,
      before: words.value(change.kind, path, before),
      after: words.value(change.kind, path, after),
    });
  });
  const mark = (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what is staged must be read by keyboard, too
    <span className={classes.mark} data-staged={change.change} tabIndex={0}>
      <IconClockEdit size={12} aria-hidden="true" />
      {t(`mark.${change.change}`)}
    </span>
  );
  if (change.change !== "changed" || told.length === 0) return mark;
  return (
    <Tooltip
      multiline
      label={told.join("\n")}
      events={{ hover: true, focus: true, touch: true }}
      className={classes.told}
    >
      {mark}
    </Tooltip>
  );
}

type Props = { change: ComparedChange; field: ComparedChange["fields"][number] };

export function ChangedValue({ change, field }: Props) {
  const t = useTranslations("staging");
  const words = useFieldWords();
  const value = words.value(change.kind, field.path, field.after);
  return (
    <span className={classes.value} title={t("stagedValue", { value })}>
      <span aria-hidden="true">→ </span>
      <span className={classes.hidden}>{t("stagedValue", { value: "" })}</span>
      {value}
    </span>
  );
}
