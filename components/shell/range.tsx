"use client";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { parseAsIsoDateTime, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useMemo, useState } from "react";
import { fixedRange, RANGE_NAMES, RANGES, type RangeName, type TimeRange } from "#lib/client/time-range.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import { ChoiceMenu } from "./choice-menu.tsx";

const parsers = {
  range: parseAsStringLiteral(RANGE_NAMES).withDefault("5m"),
  from: parseAsIsoDateTime,
  to: parseAsIsoDateTime,
};

const OwnRange = dynamic(() => import("./own-range.tsx").then((module) => module.OwnRange), { ssr: false });

/** The time range of the page: `name` of one that ends now, null for one between two instants (`toMs` is its end). */
export function useRange(): TimeRange & { name: RangeName | null } {
  const [{ range, from, to }] = useQueryStates(parsers);
  const [fromMs, toMs] = [from?.getTime(), to?.getTime()];
  return useMemo(
    () =>
      fromMs === undefined || toMs === undefined || fromMs === toMs
        ? { name: range, rangeMs: RANGES[range] }
        : { name: null, ...fixedRange(fromMs, toMs) },
    [range, fromMs, toMs],
  );
}

/** Puts another range into the page's address: one by its name, or one between two instants. */
export function useSetRange(): (range: RangeName | { fromMs: number; toMs: number }) => void {
  const [, setValues] = useQueryStates(parsers);
  return (range) =>
    void (typeof range === "string"
      ? setValues({ range, from: null, to: null })
      : // What was looked at before is a step back.
        setValues({ from: new Date(range.fromMs), to: new Date(range.toMs) }, { history: "push" }));
}

export function RangeSelect() {
  const t = useTranslations("shell");
  const formats = useFormats();
  const { name, rangeMs, toMs } = useRange();
  const setRange = useSetRange();
  const [isOwnOpen, setOwnOpen] = useState(false);
  return (
    <>
      <ChoiceMenu
        label={t("range.label")}
        value={name ?? "own"}
        choices={[
          ...RANGE_NAMES.map((value) => ({ value, label: t(`range.${value}`) })),
          { value: "own" as const, label: t("range.own") },
        ]}
        onChoose={(value) => (value === "own" ? setOwnOpen(true) : setRange(value))}
      >
        {name === null && toMs !== undefined ? formats.span(toMs - rangeMs, toMs) : t(`range.${name ?? "own"}`)}
      </ChoiceMenu>
      {isOwnOpen && <OwnRange rangeMs={rangeMs} toMs={toMs} onChoose={setRange} onClose={() => setOwnOpen(false)} />}
    </>
  );
}
