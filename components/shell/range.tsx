"use client";
import { ActionIcon } from "@mantine/core";
import { IconZoomOut, IconZoomReset } from "@tabler/icons-react";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { parseAsIsoDateTime, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useEffect, useMemo, useRef, useState } from "react";
import { patiently } from "#lib/client/patiently.ts";
import {
  aroundMiddle,
  fixedRange,
  RANGE_NAMES,
  RANGES,
  type RangeName,
  type TimeRange,
  twiceAsLong,
} from "#lib/client/time-range.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import { ChoiceMenu } from "./choice-menu.tsx";

const parsers = {
  range: parseAsStringLiteral(RANGE_NAMES).withDefault("5m"),
  from: parseAsIsoDateTime,
  to: parseAsIsoDateTime,
};

const OwnRange = dynamic(
  patiently(() => import("./own-range.tsx").then((module) => module.OwnRange)),
  { ssr: false },
);

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

/** Closer, or less close: by dragging over a chart, and back. */
export function useRangeSteps(): { zoomTo: (fromMs: number, toMs: number) => void; zoomOut: () => void } {
  const { rangeMs, toMs } = useRange();
  const setRange = useSetRange();
  const latest = useRef({ rangeMs, toMs, setRange });
  useEffect(() => {
    latest.current = { rangeMs, toMs, setRange };
  });
  // The same functions for good: whatever draws with them is not drawn again for their sake.
  return useMemo(
    () => ({
      zoomTo: (fromMs, toMs) => latest.current.setRange(aroundMiddle(fromMs, toMs)),
      zoomOut: () => {
        const { rangeMs, toMs, setRange } = latest.current;
        setRange(twiceAsLong({ rangeMs, toMs }, Date.now()));
      },
    }),
    [],
  );
}

export function RangeSelect() {
  const t = useTranslations("shell");
  const formats = useFormats();
  const { name, rangeMs, toMs } = useRange();
  const setRange = useSetRange();
  const { zoomOut } = useRangeSteps();
  const [, setValues] = useQueryStates(parsers);
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
      {name === null && (
        <>
          <ActionIcon variant="default" size={30} aria-label={t("range.zoomOut")} onClick={zoomOut}>
            <IconZoomOut size={15} aria-hidden="true" />
          </ActionIcon>
          <ActionIcon
            variant="default"
            size={30}
            aria-label={t("range.toNow")}
            onClick={() => void setValues({ from: null, to: null })}
          >
            <IconZoomReset size={15} aria-hidden="true" />
          </ActionIcon>
        </>
      )}
      {isOwnOpen && <OwnRange rangeMs={rangeMs} toMs={toMs} onChoose={setRange} onClose={() => setOwnOpen(false)} />}
    </>
  );
}
