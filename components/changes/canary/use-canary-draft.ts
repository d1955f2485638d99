"use client";
import { useState } from "react";
import { CanarySettings } from "#lib/contracts/config.ts";

/** Numbers are texts while they are being typed. */
type Values = { [F in keyof CanarySettings]: CanarySettings[F] extends number ? number | string : CanarySettings[F] };
export type CanaryDraft = {
  values: Values;
  set: <F extends keyof Values>(field: F, value: Values[F]) => void;
  /** Fields that cannot be used as they are. */
  faults: ReadonlySet<string>;
  /** Null while there are faults. */
  settings: CanarySettings | null;
};

/** Settings of a canary that is about to start, held to the contract as they are typed. */
export function useCanaryDraft(): CanaryDraft {
  const [values, setValues] = useState<Values>(() => CanarySettings.parse({}));
  const parsed = CanarySettings.safeParse(values);
  return {
    values,
    set: (field, value) => setValues((before) => ({ ...before, [field]: value })),
    faults: new Set(parsed.error?.issues.map(({ path }) => String(path[0]))),
    settings: parsed.data ?? null,
  };
}
