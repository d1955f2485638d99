// Reading a message of the bus. Both ends are replaced one after the other at a reload, so that for some seconds they may be
// of different versions: what the other end adds (a field, a kind of message) is passed over, since the reader never knew
// it and does without. What it must know and cannot read is malformed, as before.
import type { z } from "zod";

export type Read<T> =
  | { kind: "message"; message: T; unknownFields: string[] }
  /** Of a kind that only the other end knows. */
  | { kind: "unknown"; type: string }
  | { kind: "malformed"; reason: string };

/**
 * The message in a line, by a union of strict schemas over `type`. The strict parse comes first: among ends of one version
 * nothing is looked for, and nothing is parsed twice.
 */
export function readMessage<T>(schema: z.ZodType<T>, types: ReadonlySet<string>, line: string): Read<T> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { kind: "malformed", reason: "not JSON" };
  }
  const type = (value as { type?: unknown } | null)?.type;
  if (typeof type === "string" && !types.has(type)) return { kind: "unknown", type };
  const { result, unknownFields } = parseKnown(schema, value);
  if (result.success) return { kind: "message", message: result.data, unknownFields };
  const issue = result.error.issues[0];
  return { kind: "malformed", reason: `bad message: ${issue?.path.join(".")} ${issue?.message}` };
}

/** Parses by a strict schema all that it knows of `value`, which is given up to it: fields that it does not know are taken out. */
export function parseKnown<T>(schema: z.ZodType<T>, value: unknown) {
  const strict = schema.safeParse(value);
  const unknownFields = strict.success ? [] : removeUnknown(value, strict.error.issues);
  return { result: unknownFields.length === 0 ? strict : schema.safeParse(value), unknownFields };
}

/** Removes from `value` the fields that the schema did not know, and names each once, whatever its place in a list. */
function removeUnknown(value: unknown, issues: readonly z.core.$ZodIssue[]): string[] {
  const names = new Set<string>();
  for (const issue of issues) {
    if (issue.code !== "unrecognized_keys") continue;
    const holder = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)[key], value);
    const place = issue.path.filter((key) => typeof key !== "number");
    for (const key of issue.keys) {
      delete (holder as Record<string, unknown>)[key];
      names.add([...place, key].join("."));
    }
  }
  return [...names];
}

/** The kinds of message that a union of the bus knows. */
export const typesOf = (schema: { options: readonly z.ZodObject<{ type: z.ZodLiteral<string> }>[] }): Set<string> =>
  new Set(schema.options.flatMap(({ shape }) => [...shape.type.values]));
