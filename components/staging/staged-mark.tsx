"use client";
import { Tooltip } from "@mantine/core";
import { IconClockEdit } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import { useFieldWords } from "#components/diff/use-field-words.ts";
import type { ComparedChange } from "#lib/contracts/comparison.ts";
import classes from "./staging.module.css";
import { useStagedChange } from "./use-change-set.ts";

const TOLD = 8;

/** Marks what the active change set does to an entity; nothing where it leaves it alone. */
export function StagedMark({ entityId }: { entityId: string }) {
  const change = useStagedChange(entityId);
  return change ? <Mark change={change} /> : null;
}

function Mark({ change }: { change: ComparedChange }) {
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

/** A staged value of one field beside the one in force; nothing where it is not staged. */
export function StagedValue({ entityId, path }: { entityId: string; path: string }) {
  const t = useTranslations("staging");
  const words = useFieldWords();
  const change = useStagedChange(entityId);
  const field = change?.change === "changed" ? change.fields.find((each) => each.path === path) : undefined;
  if (!change || !field) return null;
  const value = words.value(change.kind, path, field.after);
  return (
    <span className={classes.value} title={t("stagedValue", { value })}>
      <span aria-hidden="true">→ </span>
      <span className={classes.hidden}>{t("stagedValue", { value: "" })}</span>
      {value}
    </span>
  );
}
