"use client";
import { ActionIcon, Button, Select, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import list from "#components/forms/row-list.module.css";
import { SecretInput } from "#components/forms/secret-input.tsx";
import classes from "./credential-rows.module.css";
import type { CredentialRow, NodeValues } from "./node-values.ts";

const NEW: CredentialRow = { in: "header", name: "", value: "" };

/** What each request to the node carries, such as its API key: names are shown, values only go in. */
export function CredentialRows({ form }: { form: UseFormReturnType<NodeValues> }) {
  const t = useTranslations("nodes.credentials");
  return (
    <fieldset className={list.rows}>
      <legend className={list.legend}>{t("legend")}</legend>
      <p className={list.help}>{t("help")}</p>
      {form.values.credentials.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
        <div key={index} className={classes.row}>
          <Select
            aria-label={t("inOf", { number: index + 1 })}
            data={(["header", "query"] as const).map((value) => ({ value, label: t(`in.${value}`) }))}
            allowDeselect={false}
            {...form.getInputProps(`credentials.${index}.in`)}
          />
          <TextInput
            aria-label={t("nameOf", { number: index + 1 })}
            placeholder={row.in === "header" ? "authorization" : "key"}
            autoComplete="off"
            spellCheck={false}
            {...form.getInputProps(`credentials.${index}.name`)}
          />
          <SecretInput
            className={classes.value}
            aria-label={t("valueOf", { number: index + 1 })}
            isKept={row.kept !== undefined}
            {...form.getInputProps(`credentials.${index}.value`)}
          />
          <ActionIcon
            className={classes.remove}
            aria-label={t("remove", { number: index + 1 })}
            onClick={() => form.removeListItem("credentials", index)}
          >
            <IconTrash size={15} aria-hidden="true" />
          </ActionIcon>
        </div>
      ))}
      <div>
        <Button
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden="true" />}
          onClick={() => form.insertListItem("credentials", NEW)}
        >
          {t("add")}
        </Button>
      </div>
    </fieldset>
  );
}
