"use client";
import { ActionIcon } from "@mantine/core";
import { IconZoomOut, IconZoomReset } from "@tabler/icons-react";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { parseAsIsoDateTime, parseAsStringLiteral, useQueryStates } from "nuqs";
import { createContext, useContext, useEffect, useMemo, useRef, useState } from "react";
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
  compare: parseAsStringLiteral(["before"]),
};

const OwnRange = dynamic(
  patiently(() => import("./own-range.tsx").then((module) => module.OwnRange)),
  { ssr: false },
);

type PageRange = {
  range: TimeRange & { name: RangeName | null };
  isComparing: boolean;
  setComparing: (isComparing: boolean) => void;
  setRange: (range: RangeName | { fromMs: number; toMs: number }) => void;
  toNow: () => void;
  steps: { zoomTo: (fromMs: number, toMs: number) => void; zoomOut: () => void };
};
const RangeContext = createContext<PageRange | null>(null);

/**
 * Reads the range of the page from its address, once for all that look at it: to read the address is slow, and every chart
 * asks with each of its drawings.
 */
export function RangeProvider({ children }: { children: React.ReactNode }) {
  const [{ range: name, from, to, compare }, setValues] = useQueryStates(parsers);
  const [fromMs, toMs, isComparing] = [from?.getTime(), to?.getTime(), compare !== null];
  const range = useMemo(
    () =>
      fromMs === undefined || toMs === undefined || fromMs === toMs
        ? { name, rangeMs: RANGES[name] }
        : { name: null, ...fixedRange(fromMs, toMs) },
    [name, fromMs, toMs],
  );
  const latest = useRef({ range, setValues });
  useEffect(() => {
    latest.current = { range, setValues };
  });
  // The same functions for good: whatever draws with them is not drawn again for their sake.
  const changes = useMemo(() => {
    const set: typeof setValues = (...values) => latest.current.setValues(...values);
    const setRange: PageRange["setRange"] = (range) =>
      void (typeof range === "string"
        ? set({ range, from: null, to: null })
        : // What was looked at before is a step back.
          set({ from: new Date(range.fromMs), to: new Date(range.toMs) }, { history: "push" }));
    return {
      setRange,
      toNow: () => void set({ from: null, to: null }),
      setComparing: (isComparing: boolean) => void set({ compare: isComparing ? "before" : null }),
      steps: {
        zoomTo: (fromMs: number, toMs: number) => setRange(aroundMiddle(fromMs, toMs)),
        zoomOut: () => setRange(twiceAsLong(latest.current.range, Date.now())),
      },
    };
  }, []);
  const value = useMemo(() => ({ range, isComparing, ...changes }), [range, isComparing, changes]);
  return <RangeContext value={value}>{children}</RangeContext>;
}

function usePageRange(): PageRange {
  const value = useContext(RangeContext);
  if (!value) throw new Error("RangeProvider is missing above this component");
  return value;
}

/** The time range of the page: `name` of one that ends now, null for one between two instants (`toMs` is its end). */
export const useRange = (): PageRange["range"] => usePageRange().range;

/** Closer, or less close: by dragging over a chart, and back. */
export const useRangeSteps = (): PageRange["steps"] => usePageRange().steps;

/** Whether charts show the period before, too: in the page's address, `?compare=before`. */
export function useComparison(): Pick<PageRange, "isComparing" | "setComparing"> {
  const { isComparing, setComparing } = usePageRange();
  return { isComparing, setComparing };
}

export function RangeSelect() {
  const t = useTranslations("shell");
  const formats = useFormats();
  const { range, setRange, toNow, steps } = usePageRange();
  const { name, rangeMs, toMs } = range;
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
          <ActionIcon variant="default" size={30} aria-label={t("range.zoomOut")} onClick={steps.zoomOut}>
            <IconZoomOut size={15} aria-hidden="true" />
          </ActionIcon>
          <ActionIcon variant="default" size={30} aria-label={t("range.toNow")} onClick={toNow}>
            <IconZoomReset size={15} aria-hidden="true" />
          </ActionIcon>
        </>
      )}
      {isOwnOpen && <OwnRange rangeMs={rangeMs} toMs={toMs} onChoose={setRange} onClose={() => setOwnOpen(false)} />}
    </>
  );
}
