"use client";
import { TagsInput } from "@mantine/core";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { matchersInput } from "#components/forms/label-values.ts";
import { useDescribe } from "#components/forms/use-describe.ts";
import { fieldFaults } from "#lib/client/forms.ts";
import { LabelMatchers, splitLabelMatchers } from "#lib/contracts/config/labels.ts";

type Props = { label: string; onChange: (label: string) => void };

/** Matchers of labels over a list. What is none is said at once, and asks for nothing. */
export function LabelFilter({ label, onChange }: Props) {
  const t = useTranslations("alerts.filter");
  const describe = useDescribe();
  const [wrong, setWrong] = useState<string[]>([]);
  const faultsOf = (texts: readonly string[]) => fieldFaults(LabelMatchers, matchersInput(texts));
  const [fault] = faultsOf(wrong);
  const take = (texts: readonly string[]) => {
    const isGood = (text: string) => faultsOf([text]).length === 0;
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
      error={fault && describe(fault)}
      onChange={take}
    />
  );
}
