"use client";
import { TagsInput } from "@mantine/core";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { LabelMatcherText, splitLabelMatchers } from "#lib/contracts/config/labels.ts";

type Props = { label: string; onChange: (label: string) => void };

/** Matchers of labels over a list. What is none is said at once, and asks for nothing. */
export function LabelFilter({ label, onChange }: Props) {
  const t = useTranslations("alerts.filter");
  const [wrong, setWrong] = useState<string[]>([]);
  const take = (texts: readonly string[]) => {
    const isGood = (text: string) => LabelMatcherText.safeParse(text).success;
    setWrong(texts.filter((text) => !isGood(text)));
    const next = texts.filter(isGood).join(",");
    if (next !== label) onChange(next);
  };
  return (
    <TagsInput
      size="xs"
      aria-label={t("labels")}
      placeholder={label === "" && wrong.length === 0 ? t("labelsHint") : undefined}
      splitChars={[]}
      acceptValueOnBlur
      value={[...splitLabelMatchers(label), ...wrong]}
      error={wrong.length > 0 && t("labelsWrong")}
      onChange={take}
    />
  );
}
