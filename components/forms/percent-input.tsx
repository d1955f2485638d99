"use client";
import { NumberInput } from "@mantine/core";
import { HELP_BELOW } from "./field-order.ts";

type Props = {
  label: string;
  description?: React.ReactNode;
  /** 0–1, or "" while the field is empty. */
  value?: number | string;
  onChange?: (ratio: number | string) => void;
  error?: React.ReactNode;
  disabled?: boolean;
};

/** A share as a percentage; its value is from 0 to 1. */
export function PercentInput({ value = "", onChange, ...rest }: Props) {
  return (
    <NumberInput
      {...rest}
      inputWrapperOrder={HELP_BELOW}
      value={typeof value === "number" ? Math.round(value * 10_000) / 100 : value}
      onChange={(next) => onChange?.(typeof next === "number" ? Math.round(next * 100) / 10_000 : next)}
      min={0}
      max={100}
      clampBehavior="none"
      decimalScale={2}
      allowNegative={false}
      suffix=" %"
      hideControls
    />
  );
}
