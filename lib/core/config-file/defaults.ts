// Leaves out of a value what its schema would put there anyway, group by group, so that a file shows what somebody chose.
import * as z from "zod";
import { isRecord, sameValue } from "../config/same.ts";

/** The schema of a discriminated union's option that `value` is of; undefined when none is. */
const optionOf = (options: readonly z.core.$ZodType[], value: unknown): z.core.$ZodType | undefined =>
  options.find((option) => option instanceof z.ZodType && option.safeParse(value).success);

/**
 * `value`, which `schema` has made, without its defaults: `schema` makes the very same of the result. Fields come in the
 * order of the schema. Undefined: nothing is left, the whole is the default.
 */
export function withoutDefaults(schema: z.core.$ZodType, value: unknown): unknown {
  if (value === undefined) return undefined;
  if (schema instanceof z.ZodDefault)
    return sameValue(schema.def.defaultValue, value) ? undefined : withoutDefaults(schema.def.innerType, value);
  if (schema instanceof z.ZodPrefault) {
    const rest = withoutDefaults(schema.def.innerType, value);
    return sameValue(schema.def.defaultValue, rest) ? undefined : rest;
  }
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional)
    return value === null ? null : withoutDefaults(schema.def.innerType, value);
  if (schema instanceof z.ZodObject && isRecord(value)) return fieldsOf(schema, value);
  if (schema instanceof z.ZodArray && Array.isArray(value))
    return value.map((item) => withoutDefaults(schema.def.element, item));
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const option = optionOf(schema.def.options, value);
    return option ? withoutDefaults(option, value) : value;
  }
  return value;
}

function fieldsOf(schema: z.ZodObject, value: Record<string, unknown>): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(schema.def.shape)) {
    const rest = withoutDefaults(inner, value[key]);
    if (rest !== undefined) fields[key] = rest;
  }
  return fields;
}
