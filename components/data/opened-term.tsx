"use client";
import { Popover } from "@mantine/core";
import { useTranslations } from "next-intl";
import { useEffect, useRef } from "react";
import classes from "./term.module.css";
import type { TermName } from "./term.tsx";

/** In place of the mark that was pressed, which keeps the focus. It opens beside the word, within what holds the focus. */
export function OpenedTerm({ name }: { name: TermName }) {
  const t = useTranslations("terms");
  const mark = useRef<HTMLButtonElement>(null);
  useEffect(() => mark.current?.focus(), []);
  return (
    <Popover
      defaultOpened
      width={280}
      position="bottom-start"
      withinPortal={false}
      shadow="md"
      withArrow
      trapFocus={false}
    >
      <Popover.Target>
        <button ref={mark} type="button" className={classes.mark} aria-label={t("what", { term: t(`${name}.term`) })} />
      </Popover.Target>
      <Popover.Dropdown className={classes.text}>
        <strong>{t(`${name}.term`)}</strong>
        <span>{t(`${name}.text`)}</span>
      </Popover.Dropdown>
    </Popover>
  );
}
