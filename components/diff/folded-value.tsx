"use client";
import { UnstyledButton } from "@mantine/core";
import { useTranslations } from "next-intl";
import { useState } from "react";
import classes from "./diff.module.css";

/** Longer values are folded: a certificate must not push everything else off the screen. */
const FOLDED_CHARACTERS = 140;
const FOLDED_LINES = 4;

export function FoldedValue({ text }: { text: string }) {
  const t = useTranslations("diff");
  const [isOpen, setOpen] = useState(false);
  const lines = text.split("\n");
  if (text.length <= FOLDED_CHARACTERS && lines.length <= FOLDED_LINES) return text;
  const head = lines.slice(0, FOLDED_LINES).join("\n").slice(0, FOLDED_CHARACTERS);
  return (
    <>
      {isOpen ? text : `${head}…`}{" "}
      <UnstyledButton className={classes.fold} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? t("fold") : t("unfold", { count: text.length })}
      </UnstyledButton>
    </>
  );
}
