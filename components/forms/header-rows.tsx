"use client";
import { ActionIcon, Button, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { IconLock, IconLockOpen, IconPlus, IconTrash } from "@tabler/icons-react";
import classes from "./header-rows.module.css";
import list from "./row-list.module.css";
import { SecretInput } from "./secret-input.tsx";

/** `kept`: the id of the secret that is there, which stays unless another is typed. */
export type HeaderRow = { name: string; value: string; isSecret?: boolean; kept?: string };

type Texts = {
  legend: string;
  help?: string;
  add: string;
  name: string;
  value: string;
  nameOf: (number: number) => string;
  valueOf: (number: number) => string;
  remove: (number: number) => string;
  /** Where values may be secret: names the switch of a row. */
  secretOf?: (number: number) => string;
};
type Props = {
  // biome-ignore lint/suspicious/noExplicitAny: whatever else the form holds
  form: UseFormReturnType<any>;
  path: string;
  rows: readonly HeaderRow[];
  texts: Texts;
  disabled?: boolean;
};

/** Header names with a value each, row by row; `path` is where the form keeps the rows. */
export function HeaderRows({ form, path, rows, texts, disabled }: Props) {
  const { secretOf } = texts;
  return (
    <fieldset className={list.rows}>
      <legend className={list.legend}>{texts.legend}</legend>
      {texts.help && <p className={list.help}>{texts.help}</p>}
      {rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
        <div key={index} className={secretOf ? classes.rowOfSecrets : classes.row}>
          <TextInput
            aria-label={texts.nameOf(index + 1)}
            placeholder={texts.name}
            disabled={disabled}
            {...form.getInputProps(`${path}.${index}.name`)}
          />
          {row.isSecret ? (
            <SecretInput
              aria-label={texts.valueOf(index + 1)}
              isKept={row.kept !== undefined}
              disabled={disabled}
              {...form.getInputProps(`${path}.${index}.value`)}
            />
          ) : (
            <TextInput
              aria-label={texts.valueOf(index + 1)}
              placeholder={texts.value}
              disabled={disabled}
              {...form.getInputProps(`${path}.${index}.value`)}
            />
          )}
          {secretOf && (
            <ActionIcon
              aria-label={secretOf(index + 1)}
              title={secretOf(index + 1)}
              aria-pressed={row.isSecret === true}
              disabled={disabled}
              onClick={() => form.setFieldValue(`${path}.${index}`, toggled(row))}
            >
              {row.isSecret ? <IconLock size={15} aria-hidden="true" /> : <IconLockOpen size={15} aria-hidden="true" />}
            </ActionIcon>
          )}
          <ActionIcon
            aria-label={texts.remove(index + 1)}
            disabled={disabled}
            onClick={() => form.removeListItem(path, index)}
          >
            <IconTrash size={15} aria-hidden="true" />
          </ActionIcon>
        </div>
      ))}
      <div>
        <Button
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden="true" />}
          disabled={disabled}
          onClick={() => form.insertListItem(path, { name: "", value: "" })}
        >
          {texts.add}
        </Button>
      </div>
    </fieldset>
  );
}

/** What was typed as a secret is not shown in clear by a slip of the finger: it is to be typed again. */
const toggled = ({ name, value, isSecret }: HeaderRow): HeaderRow =>
  isSecret ? { name, value: "" } : { name, value, isSecret: true };
