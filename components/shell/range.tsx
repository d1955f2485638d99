"use client";
import { useTranslations } from "next-intl";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { ChoiceMenu } from "./choice-menu.tsx";

const MINUTE_MS = 60_000;
export const RANGES = {
  "5m": 5 * MINUTE_MS,
  "15m": 15 * MINUTE_MS,
  "30m": 30 * MINUTE_MS,
  "1h": 60 * MINUTE_MS,
  "6h": 360 * MINUTE_MS,
  "24h": 1_440 * MINUTE_MS,
  "7d": 10_080 * MINUTE_MS,
  "30d": 43_200 * MINUTE_MS,
  /** As far back as spans of an hour are kept unless set otherwise. */
  "13mo": 396 * 1_440 * MINUTE_MS,
} as const;
export type RangeName = keyof typeof RANGES;
const NAMES = Object.keys(RANGES) as RangeName[];

const parser = parseAsStringLiteral(NAMES).withDefault("5m");

/** The time range of the page, kept in its address (`?range=1h`). */
export function useRange(): { name: RangeName; rangeMs: number } {
  const [name] = useQueryState("range", parser);
  return { name, rangeMs: RANGES[name] };
}

export function RangeSelect() {
  const t = useTranslations("shell");
  const [name, setName] = useQueryState("range", parser);
  return (
    <ChoiceMenu
      label={t("range.label")}
      value={name}
      choices={NAMES.map((value) => ({ value, label: t(`range.${value}`) }))}
      onChoose={(value) => void setName(value)}
    >
      {t(`range.${name}`)}
    </ChoiceMenu>
  );
}
