// Edits of a head's fields, as the configuration wants them (lib/core/routing/header-edit.ts). The head stays as it is: other
// copies of the request may be edited otherwise.
import type { HeaderEdit } from "#lib/core/routing/header-edit.ts";
import { Field, type Fields, noFields } from "./fields.ts";

interface Head {
  fields: Fields;
  connectionTokens: string[] | null;
}

export function withEdit<H extends Head>(head: H, edit: HeaderEdit): H {
  const { fields, connectionTokens } = head;
  const names: string[] = [];
  const values: string[] = [];
  const kinds: number[] = [];
  for (const [i, name] of fields.names.entries()) {
    if (edit.dropped.includes(name.toLowerCase())) continue;
    names.push(name);
    values.push(fields.values[i] as string);
    kinds.push(fields.kinds[i] as number);
  }
  // Nobody may have what is set here taken away by naming it in Connection.
  const tokens = connectionTokens?.filter((token) => !edit.dropped.includes(token)) ?? null;
  return withFields({ ...head, fields: { ...noFields(), names, values, kinds }, connectionTokens: tokens }, edit.set);
}

/** The head with these fields besides. */
export function withFields<H extends Head>(head: H, set: readonly (readonly [string, string])[]): H {
  const { names, values, kinds } = head.fields;
  return {
    ...head,
    fields: {
      ...noFields(),
      names: [...names, ...set.map(([name]) => name)],
      values: [...values, ...set.map(([, value]) => value)],
      kinds: [...kinds, ...set.map(() => Field.other)],
    },
  };
}
