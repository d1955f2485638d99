"use client";
import { ActionIcon, Button, NumberInput, Switch, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import type { Route } from "next";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { EarlyStatus } from "#components/forms/early-notes.tsx";
import { FormModal } from "#components/forms/form-modal.tsx";
import list from "#components/forms/row-list.module.css";
import { type ConfigForm, useConfigForm } from "#components/forms/use-config-form.ts";
import { useConfigWriter } from "#components/staging/use-change-set.ts";
import { poolsQuery } from "#lib/client/queries.ts";
import { PoolCreate } from "#lib/contracts/config.ts";
import { AlgorithmFields } from "./algorithm-fields.tsx";
import { type EarlyWarning, earlyWarnings } from "./early-warnings.ts";
import {
  EMPTY_ROW,
  NEW_POOL,
  type NewPoolValues,
  nameOfUrl,
  newPoolInput,
  newPoolPath,
  repeatedNames,
} from "./pool-values.ts";
import classes from "./pools.module.css";

/** Makes a pool with its first nodes in one revision, then goes there. */
export function NewPoolForm({ onClose }: { onClose: () => void }) {
  const t = useTranslations("pools");
  const router = useRouter();
  const writer = useConfigWriter();
  const isFirst = useQueryClient().getQueryData(poolsQuery.queryKey)?.length === 0;
  const config = useConfigForm({
    // The first pool is most likely to take everything: then a request works before there is any route.
    initial: { ...NEW_POOL, isDefault: isFirst },
    schema: PoolCreate,
    toInput: newPoolInput,
    rename: newPoolPath,
    check: repeatedNames,
    save: async (input, ifMatch) => {
      const pool = await writer.createPool(input, ifMatch);
      router.push(`/pools/${pool.id}` as Route);
      return pool;
    },
    onSaved: () => undefined,
  });
  const { form } = config;
  return (
    <FormModal title={t("new")} config={config} submitLabel={t("create")} onClose={onClose} size={640}>
      <TextInput label={t("field.name")} data-autofocus required withAsterisk={false} {...form.getInputProps("name")} />
      <AlgorithmFields
        algorithm={form.values.algorithm}
        hashFrom={form.values.hashKey.from}
        props={(path) => form.getInputProps(path)}
      />
      <Switch
        label={t("field.isDefault")}
        description={t("field.isDefaultHelp")}
        {...form.getInputProps("isDefault", { type: "checkbox" })}
      />
      <NodeRows config={config} />
      <EarlyStatus warnings={warningsOfNew(form.values)} />
    </FormModal>
  );
}

/** What its publish would be warned of; that a pool begins without nodes is nothing to be warned of. */
function warningsOfNew(values: NewPoolValues): readonly EarlyWarning[] {
  const parsed = PoolCreate.safeParse(newPoolInput(values));
  if (!parsed.success) return [];
  const nodes = parsed.data.nodes.map((node, at) => ({ ...node, id: `new ${at}` }));
  const edited = { ...parsed.data, id: "new", nodes };
  return earlyWarnings({ nodes: [] }, edited, { load: undefined, workers: 1 }).filter(
    ({ code }) => code !== "no-nodes",
  );
}

function NodeRows({ config: { form } }: { config: ConfigForm<NewPoolValues> }) {
  const t = useTranslations("pools.field");
  return (
    <fieldset className={list.rows}>
      <legend className={list.legend}>{t("nodes")}</legend>
      <p className={list.help}>{t("nodesHelp")}</p>
      <div className={classes.rowHeads} aria-hidden="true">
        <span>{t("url")}</span>
        <span>{t("nodeName")}</span>
        <span>{t("weight")}</span>
      </div>
      <div className={classes.rows}>
        {form.values.nodes.map((row, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
          <div key={index} className={classes.nodeRow}>
            <TextInput
              aria-label={t("urlOf", { number: index + 1 })}
              placeholder="http://10.0.0.7:8080"
              inputMode="url"
              {...form.getInputProps(`nodes.${index}.url`)}
            />
            <TextInput
              aria-label={t("nameOf", { number: index + 1 })}
              placeholder={nameOfUrl(row.url) || t("nodeName")}
              {...form.getInputProps(`nodes.${index}.name`)}
            />
            <NumberInput
              aria-label={t("weightOf", { number: index + 1 })}
              min={0}
              max={1000}
              clampBehavior="none"
              {...form.getInputProps(`nodes.${index}.weight`)}
            />
            <ActionIcon
              aria-label={t("removeNode", { number: index + 1 })}
              onClick={() => form.removeListItem("nodes", index)}
            >
              <IconTrash size={15} aria-hidden="true" />
            </ActionIcon>
          </div>
        ))}
      </div>
      <div>
        <Button
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden="true" />}
          onClick={() => form.insertListItem("nodes", EMPTY_ROW)}
        >
          {t("addNode")}
        </Button>
      </div>
    </fieldset>
  );
}
