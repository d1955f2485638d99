"use client";
import { NumberInput } from "@mantine/core";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { HELP_BELOW } from "./field-order.ts";
import classes from "./forms.module.css";

const UNITS = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000 } as const;
type Unit = keyof typeof UNITS;
const NAMES = Object.keys(UNITS) as Unit[];

/** The largest unit in which `ms` has at most one decimal: 1,500,000 is 25 min, 1,500 is 1.5 s, 1,234 stays ms. */
export function unitOf(ms: unknown): Unit {
  if (typeof ms !== "number" || ms === 0) return "s";
  return NAMES.findLast((name) => ms >= UNITS[name] && (ms * 10) % UNITS[name] === 0) ?? "ms";
}

type Props = {
  label: string;
  description?: React.ReactNode;
  /** Milliseconds, or "" while the field is empty. */
  value?: number | string;
  onChange?: (ms: number | string) => void;
  error?: React.ReactNode;
  disabled?: boolean;
};

/** A length of time in the unit that suits it; its value is in milliseconds whatever is shown. */
export function DurationInput({ label, description, value = "", onChange, error, disabled }: Props) {
  const t = useTranslations("forms");
  const [unit, setUnit] = useState<Unit>(() => unitOf(value));
  const shown = typeof value === "number" ? value / UNITS[unit] : value;
  const take = (next: number | string) => onChange?.(typeof next === "number" ? Math.round(next * UNITS[unit]) : next);
  const select = (
    <select
      aria-label={t("unit.label", { field: label })}
      className={classes.unit}
      value={unit}
      onChange={(event) => setUnit(event.currentTarget.value as Unit)}
      disabled={disabled}
    >
      {NAMES.map((name) => (
        <option key={name} value={name}>
          {t(`unit.${name}`)}
        </option>
      ))}
    </select>
  );
  return (
    <NumberInput
      inputWrapperOrder={HELP_BELOW}
      label={label}
      description={description}
      value={shown}
      onChange={take}
      error={error}
      disabled={disabled}
      min={0}
      decimalScale={3}
      allowNegative={false}
      hideControls
      inputMode="decimal"
      rightSection={select}
      rightSectionWidth={76}
      rightSectionPointerEvents="all"
    />
  );
}
