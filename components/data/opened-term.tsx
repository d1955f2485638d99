"use client";
import { Popover } from "@mantine/core";
import { useTranslations } from "next-intl";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import classes from "./term.module.css";
import type { TermName } from "./term.tsx";

/** In place of the mark that was pressed, which keeps the focus. It opens beside the word, within the dialog or page that holds the focus. */
export function OpenedTerm({ name }: { name: TermName }) {
  const t = useTranslations("terms");
  const mark = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(true);
  // Not within the word's own place: tables and panels clip what reaches beyond them.
  const [home, setHome] = useState<HTMLElement>();
  useLayoutEffect(() => setHome(mark.current?.closest<HTMLElement>('[role="dialog"], #main') ?? document.body), []);
  useEffect(() => mark.current?.focus(), []);
  return (
    <Popover
      opened={isOpen && home !== undefined}
      onChange={setOpen}
      width={280}
      position="bottom-start"
      portalProps={{ target: home }}
      shadow="md"
      withArrow
      trapFocus={false}
    >
      <Popover.Target>
        <button
          ref={mark}
          type="button"
          className={classes.mark}
          aria-label={t("what", { term: t(`${name}.term`) })}
          onClick={() => setOpen(!isOpen)}
        />
      </Popover.Target>
      <Popover.Dropdown className={classes.text}>
        <strong>{t(`${name}.term`)}</strong>
        <span>{t(`${name}.text`)}</span>
      </Popover.Dropdown>
    </Popover>
  );
}
