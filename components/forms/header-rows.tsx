"use client";
import { ActionIcon, Button, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import classes from "./header-rows.module.css";

export type HeaderRow = { name: string; value: string };

type Texts = {
  legend: string;
  help?: string;
  add: string;
  name: string;
  value: string;
  nameOf: (number: number) => string;
  valueOf: (number: number) => string;
  remove: (number: number) => string;
};
// biome-ignore lint/suspicious/noExplicitAny: whatever else the form holds
type Props = { form: UseFormReturnType<any>; path: string; rows: readonly HeaderRow[]; texts: Texts };

/** Header names with a value each, row by row; `path` is where the form keeps the rows. */
export function HeaderRows({ form, path, rows, texts }: Props) {
  return (
    <fieldset className={classes.fieldset}>
      <legend className={classes.legend}>{texts.legend}</legend>
      {texts.help && <p className={classes.help}>{texts.help}</p>}
      {rows.map((_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
        <div key={index} className={classes.row}>
          <TextInput
            aria-label={texts.nameOf(index + 1)}
            placeholder={texts.name}
            {...form.getInputProps(`${path}.${index}.name`)}
          />
          <TextInput
            aria-label={texts.valueOf(index + 1)}
            placeholder={texts.value}
            {...form.getInputProps(`${path}.${index}.value`)}
          />
          <ActionIcon aria-label={texts.remove(index + 1)} onClick={() => form.removeListItem(path, index)}>
            <IconTrash size={15} aria-hidden="true" />
          </ActionIcon>
        </div>
      ))}
      <div>
        <Button
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden="true" />}
          onClick={() => form.insertListItem(path, { name: "", value: "" })}
        >
          {texts.add}
        </Button>
      </div>
    </fieldset>
  );
}
