"use client";
import { type UseFormReturnType, useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import type { z } from "zod";
import { ApiError } from "#lib/client/api.ts";
import { type Describe, type FieldFault, fieldErrors, fieldFaults } from "#lib/client/forms.ts";
import { useDescribe } from "./use-describe.ts";

type Values = Record<string, unknown>;
type Options<V extends Values, S extends z.ZodType, R> = {
  initial: V;
  /** The contract of the API's input: what it refuses is told at its field before anything is sent. */
  schema: S;
  /** The API's input of what is in the form; the values themselves unless given. */
  toInput?: (values: V) => unknown;
  /** Faults that only the form can have. */
  check?: (values: V) => FieldFault[];
  send: (input: z.output<S>) => Promise<R>;
  onDone: (result: R) => void;
  /** Where a fault is told; its own path unless given. */
  at?: (fault: FieldFault) => FieldFault;
  /** Its words; those of all forms unless given. */
  words?: (fault: FieldFault, describe: Describe) => string;
};

export type ApiForm<V extends Values> = {
  form: UseFormReturnType<V>;
  submit: (event?: React.SyntheticEvent<HTMLFormElement>) => void;
  isPending: boolean;
  /** What is wrong besides fields. */
  problem: unknown;
};

/** A form over one call that is in no revision: validated by its contract here, and by the API again. */
export function useApiForm<V extends Values, S extends z.ZodType, R>(options: Options<V, S, R>): ApiForm<V> {
  const { initial, schema, send, onDone, toInput = (values: V): unknown => values } = options;
  const describe = useDescribe();
  const { at = (fault) => fault, words = (fault, of) => of(fault) } = options;
  const errorsOf = (faults: readonly FieldFault[]) => fieldErrors(faults.map(at), (fault) => words(fault, describe));
  const form = useForm<V>({
    initialValues: initial,
    validate: (values) => errorsOf([...(options.check?.(values) ?? []), ...fieldFaults(schema, toInput(values))]),
  });
  const mutation = useMutation({
    mutationFn: (values: V) => send(schema.parse(toInput(values))),
    onSuccess: onDone,
    onError: (error) => {
      if (error instanceof ApiError) form.setErrors(errorsOf(error.faults));
    },
  });
  const isAtFields = mutation.error instanceof ApiError && mutation.error.faults.some(({ path }) => path.length > 0);
  return {
    form,
    submit: form.onSubmit((values) => mutation.mutate(values)),
    isPending: mutation.isPending,
    problem: isAtFields ? null : mutation.error,
  };
}
