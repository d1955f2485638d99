"use client";
import { type UseFormReturnType, useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useRef, useState } from "react";
import type { z } from "zod";
import { useActiveChangeSet } from "#components/staging/use-change-set.ts";
import { ApiError } from "#lib/client/api.ts";
import { type FieldFault, fieldErrors, fieldFaults } from "#lib/client/forms.ts";
import { newestRevision, rememberOwnRevision } from "#lib/client/head-revision.ts";
import { CONFIGURATION_KEYS } from "#lib/client/live-cache.ts";
import { useDescribe } from "./use-describe.ts";
import { useEarlyFaults } from "./use-early-faults.ts";
import { useNotify } from "./use-notify.ts";

type Values = Record<string, unknown>;
type Options<V extends Values, S extends z.ZodType> = {
  initial: V;
  /** The contract of the API's input: what it refuses is told at its field before anything is sent. */
  schema: S;
  /** The API's input of what is in the form; the values themselves unless given. */
  toInput?: (values: V) => unknown;
  /** Faults that only the form can have, in paths of the input. */
  check?: (values: V) => FieldFault[];
  /** The form's path of a fault's path in the input. */
  rename?: (path: readonly (string | number)[], values: V) => string;
  /** Sends it. `ifMatch` is the revision that the person was looking at when the form opened. */
  save: (input: z.output<S>, ifMatch: number | undefined) => Promise<{ revision: number } | undefined>;
  onSaved: () => void;
  /** Takes back what was just published, where that can be; asked once it is. */
  undo?: (saved: { revision: number }) => (() => void) | undefined;
};

export type ConfigForm<V extends Values> = {
  form: UseFormReturnType<V>;
  submit: (event?: React.SyntheticEvent<HTMLFormElement>) => void;
  isSaving: boolean;
  /** What is wrong besides fields. */
  problem: unknown;
  /** Somebody published since: the revision this was opened at. */
  staleSince: number | null;
  /** Send again, on top of revision `head`, which the person has now seen. */
  publishOver: (head: number) => void;
  /** Begin anew with `values` of the revision in force. */
  restart: (values: V) => void;
};

/** A form over one input of the API: validated by its contract here and there, saved whole or not at all. */
export function useConfigForm<V extends Values, S extends z.ZodType>(options: Options<V, S>): ConfigForm<V> {
  const { initial, schema, save, onSaved } = options;
  const toInput = options.toInput ?? ((values: V): unknown => values);
  const t = useTranslations("forms");
  const describe = useDescribe();
  const notify = useNotify();
  const client = useQueryClient();
  const changeSet = useActiveChangeSet()?.name;
  const savedText = (saved: { revision: number } | undefined) =>
    !saved ? t("unchanged") : changeSet ? t("staged", { name: changeSet }) : t("saved", { revision: saved.revision });
  const readAgain = () => {
    for (const queryKey of CONFIGURATION_KEYS) void client.invalidateQueries({ queryKey });
  };
  const headNow = () => newestRevision(client);
  // A ref: publishing over a newer revision sends in the same event that moves the base.
  const base = useRef<number | undefined>(undefined);
  base.current ??= headNow();
  const [staleSince, setStaleSince] = useState<number | null>(null);
  const [problem, setProblem] = useState<unknown>(null);

  const errorsOf = (values: V, faults: readonly FieldFault[]) =>
    fieldErrors(faults, describe, options.rename && ((path) => options.rename?.(path, values) ?? path.join(".")));
  const validate = (values: V) =>
    errorsOf(values, [...(options.check?.(values) ?? []), ...fieldFaults(schema, toInput(values))]);
  const form = useForm<V>({ initialValues: initial, validate });
  useEarlyFaults(form, validate);

  const fail = (error: unknown, values: V) => {
    if (error instanceof ApiError && error.code === "stale-revision") {
      setStaleSince(base.current ?? 0);
      readAgain();
      return;
    }
    // A fault of the whole (`[]`) has no field; its words stand above the buttons.
    const ofFields = error instanceof ApiError ? error.faults.filter((fault) => fault.path.length > 0) : [];
    form.setErrors(errorsOf(values, ofFields));
    setProblem(ofFields.length > 0 ? null : error);
    if (ofFields.length > 0) focusFirstError();
  };

  const submit = form.onSubmit(async (values) => {
    setProblem(null);
    try {
      const saved = await save(schema.parse(toInput(values)), base.current);
      if (saved && !changeSet) base.current = rememberOwnRevision(client, saved.revision);
      readAgain();
      notify.done(savedText(saved), saved && !changeSet ? options.undo?.(saved) : undefined);
      onSaved();
    } catch (error) {
      fail(error, values);
    }
  }, focusFirstError);

  const publishOver = (head: number) => {
    base.current = head;
    setStaleSince(null);
    submit();
  };
  const restart = (values: V) => {
    base.current = headNow() ?? base.current;
    setStaleSince(null);
    setProblem(null);
    form.setInitialValues(values);
    form.setValues(values);
    form.resetDirty(values);
    form.clearErrors();
  };
  return { form, submit, isSaving: form.submitting, problem, staleSince, publishOver, restart };
}

/** Errors are marked after the next drawing; only then can the first one be found. */
function focusFirstError(): void {
  requestAnimationFrame(() => {
    document.querySelector<HTMLElement>('form [aria-invalid="true"], form [data-error="true"]')?.focus();
  });
}
