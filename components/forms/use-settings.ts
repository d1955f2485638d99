"use client";
import { useEffect, useRef } from "react";
import type { z } from "zod";
import { changedFields, type FieldFault } from "#lib/client/forms.ts";
import type { Patch } from "#lib/contracts/config.ts";
import { sameValue } from "#lib/core/config/same.ts";
import { type ConfigForm, useConfigForm } from "./use-config-form.ts";

type Fields = Record<string, unknown>;
type Options<V extends Fields, I extends Fields> = {
  /** What is in force, as the API takes it. */
  newest: I;
  toValues: (input: I) => V;
  toInput: (values: V) => Fields;
  schema: z.ZodType<I>;
  check?: (values: V) => FieldFault[];
  rename: (path: readonly (string | number)[]) => string;
  /** Sends only what was changed. */
  save: (patch: Patch, ifMatch: number | undefined) => Promise<{ revision: number } | undefined>;
};

export type Settings<V extends Fields> = ConfigForm<V> & {
  /** What is in the form as long as nothing was edited. */
  before: Fields;
  /** What saving would change. */
  patch: Patch;
  isChanged: boolean;
  takeNewest: () => void;
};

/** Settings that are edited in place: edits gather until they are saved, and what others publish appears meanwhile. */
export function useSettings<V extends Fields, I extends Fields>(options: Options<V, I>): Settings<V> {
  const { newest, toValues, toInput, save, ...rest } = options;
  const initial = useRef<I>(newest);
  const config = useConfigForm<V, z.ZodType<I>>({
    ...rest,
    toInput,
    initial: toValues(newest),
    save: async (input, ifMatch) => {
      const saved = await save(changedFields(initial.current, input), ifMatch);
      initial.current = input;
      return saved;
    },
    onSaved: () => config.restart(toValues(initial.current)),
  });
  const patch = changedFields(initial.current, toInput(config.form.values));
  const isChanged = Object.keys(patch).length > 0;
  const takeNewest = () => {
    initial.current = newest;
    config.restart(toValues(newest));
  };

  // Somebody else's publish appears at once, unless something is being edited here: then saving tells of it. One's own is
  // in the form before it is read again, and must not be undone by the old reading.
  const adopted = useRef(newest);
  useEffect(() => {
    if (isChanged || config.isSaving || sameValue(newest, adopted.current)) return;
    adopted.current = newest;
    if (!sameValue(newest, initial.current)) takeNewest();
  });
  return { ...config, before: initial.current, patch, isChanged, takeNewest };
}
