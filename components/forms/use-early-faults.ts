"use client";
import type { UseFormReturnType } from "@mantine/form";
import { useEffect, useRef } from "react";
import type { FieldErrors } from "#lib/client/forms.ts";

/** After a pause of this length what was typed is meant. */
const PAUSE_MS = 700;

/**
 * Tells what would be refused at its field while it is edited. Fields that nobody has touched are left alone until the form is
 * sent, and what the API refused stays until its field is edited.
 */
export function useEarlyFaults<V extends Record<string, unknown>>(
  form: UseFormReturnType<V>,
  errorsOf: (values: V) => FieldErrors,
): void {
  const latest = useRef({ form, errorsOf });
  latest.current = { form, errorsOf };
  const told = useRef<ReadonlySet<string>>(new Set());
  const { values } = form;
  useEffect(() => {
    const timer = setTimeout(() => {
      const { form, errorsOf } = latest.current;
      if (form.submitting || (!form.isDirty() && told.current.size === 0)) return;
      const found = Object.entries(errorsOf(values)).filter(([path]) => form.isDirty(path as never));
      // A fault of one field may end by an edit of another.
      const others = Object.entries(form.errors).filter(([path]) => !told.current.has(path));
      told.current = new Set(found.map(([path]) => path));
      form.setErrors(Object.fromEntries([...others, ...found]));
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [values]);
}
