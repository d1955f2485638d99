"use client";
import { Popover } from "@mantine/core";
import { useTranslations } from "next-intl";
import classes from "./term.module.css";

const TERMS = [
  "p99",
  "p50",
  "queue",
  "adminState",
  "drain",
  "health",
  "ejection",
  "breaker",
  "cooling",
  "warmUp",
  "weight",
  "hedge",
  "retry",
  "stickiness",
  "panic",
  "twoChoices",
] as const;
export type TermName = (typeof TERMS)[number];

/** A small question mark that explains a word of the field, after the word itself if asked for. It opens beside the word, within what holds the focus. */
export function Term({ name, withWord = false }: { name: TermName; withWord?: boolean }) {
  const t = useTranslations("terms");
  return (
    <>
      {withWord && t(`${name}.term`)}
      {/* The mark is drawn by the style sheet: the text beside it stays the word alone. */}
      <Popover width={280} position="bottom-start" withinPortal={false} shadow="md" withArrow trapFocus={false}>
        <Popover.Target>
          <button type="button" className={classes.mark} aria-label={t("what", { term: t(`${name}.term`) })} />
        </Popover.Target>
        <Popover.Dropdown className={classes.text}>
          <strong>{t(`${name}.term`)}</strong>
          <span>{t(`${name}.text`)}</span>
        </Popover.Dropdown>
      </Popover>
    </>
  );
}
