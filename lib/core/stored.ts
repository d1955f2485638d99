// What is stored by whatever version, older or newer, held against what this one knows.
import type * as z from "zod";

/** `at`: which part is none that is known, `matchers.labels.0.op`. */
export type Stored<T> = { readonly is: "read"; readonly value: T } | { readonly is: "unreadable"; readonly at: string };

/** @param name of the value, where its path is to begin; empty: with its fields */
export function stored<T>(schema: z.ZodType<T>, value: unknown, name: string): Stored<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { is: "read", value: parsed.data };
  const [issue] = parsed.error.issues;
  // Of a field that is not known the path ends before it.
  const unknown = issue?.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
  return {
    is: "unreadable",
    at: [...(name === "" ? [] : [name]), ...(issue?.path ?? []), ...unknown].map(String).join("."),
  };
}
