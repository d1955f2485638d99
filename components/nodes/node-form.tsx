"use client";
import { NumberInput, Slider, Switch, TextInput } from "@mantine/core";
import { useTranslations } from "next-intl";
import { useRef, useState } from "react";
import { EarlyNotes, EarlyStatus } from "#components/forms/early-notes.tsx";
import { HELP_BELOW } from "#components/forms/field-order.ts";
import { FormModal } from "#components/forms/form-modal.tsx";
import forms from "#components/forms/forms.module.css";
import { HeaderEditFields } from "#components/forms/header-edit-fields.tsx";
import { rowFaults } from "#components/forms/header-edits.ts";
import { LabelsInput } from "#components/forms/labels-input.tsx";
import { type ConfigForm, useConfigForm } from "#components/forms/use-config-form.ts";
import { useEarlyWarnings } from "#components/pools/use-early-warnings.ts";
import { useConfigWriter, useStagedPools } from "#components/staging/use-change-set.ts";
import { changedFields } from "#lib/client/forms.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import { NodeInput, type Patch } from "#lib/contracts/config.ts";
import type { NodeView, PoolView } from "#lib/contracts/views.ts";
import { dueShares } from "#lib/core/balance/share.ts";
import { useTakeBack } from "./acting/use-take-back.ts";
import { CredentialRows } from "./credential-rows.tsx";
import { NodeBudgetFields } from "./node-budget-fields.tsx";
import classes from "./node-form.module.css";
import { NEW_NODE, type NodeValues, nodeInput, nodePath, nodeValues } from "./node-values.ts";

type Props = { pool: PoolView; node?: NodeView; onClose: () => void };

/** Adds a node to the pool, or edits one; it begins anew with the newest values when asked to. */
export function NodeForm(props: Props) {
  const [round, setRound] = useState(0);
  return <NodeFields key={round} {...props} onTakeNewest={() => setRound(round + 1)} />;
}

function NodeFields({ pool, node, onClose, onTakeNewest }: Props & { onTakeNewest: () => void }) {
  const t = useTranslations("nodes.form");
  const common = useTranslations("forms");
  // What was there when the form opened: only what differs from it is sent.
  const stagedNode = useStagedPools()
    ?.flatMap(({ nodes }) => nodes)
    .find(({ id }) => id === node?.id);
  const [initial] = useState(() => (node ? nodeValues(stagedNode ?? node) : NEW_NODE));
  const writer = useConfigWriter();
  const saved = useRef<Patch>({});
  const takeBack = useTakeBack(node);
  const config = useConfigForm<NodeValues, typeof NodeInput>({
    initial,
    schema: NodeInput,
    toInput: nodeInput,
    check: (values) => rowFaults(values.requestHeaders.set, ["requestHeaders", "set"]),
    rename: nodePath,
    save: async (input, ifMatch) => {
      if (!node) return writer.createNode(pool.id, input, ifMatch);
      const patch = changedFields(nodeInput(initial), input);
      saved.current = patch;
      return Object.keys(patch).length > 0 ? writer.updateNode(node.id, patch, ifMatch) : undefined;
    },
    onSaved: onClose,
    undo: ({ revision }) => takeBack(saved.current, nodeInput(initial), revision),
  });
  const { form } = config;
  const early = useNodeWarnings(pool, node, form.values);
  const ofUrl = early.filter(({ path }) => path.endsWith(".url"));
  return (
    <FormModal
      title={node ? t("edit", { node: node.name }) : t("addTitle", { pool: pool.name })}
      config={config}
      submitLabel={node ? common("save") : t("create")}
      onClose={onClose}
      entityId={node?.id}
      onTakeNewest={node && onTakeNewest}
    >
      <TextInput label={t("name")} data-autofocus {...form.getInputProps("name")} />
      <TextInput
        label={t("url")}
        inputWrapperOrder={HELP_BELOW}
        description={
          <>
            {t("urlHelp")}
            <EarlyNotes warnings={ofUrl} />
          </>
        }
        placeholder="http://10.0.0.7:8080"
        inputMode="url"
        {...form.getInputProps("url")}
      />
      <WeightField config={config} pool={pool} node={node} />
      <EarlyStatus warnings={early.filter((warning) => !ofUrl.includes(warning))} />
      <Switch
        label={t("backup")}
        description={t("backupHelp")}
        {...form.getInputProps("backup", { type: "checkbox" })}
      />
      <div className={forms.grid}>
        <NumberInput
          label={t("priority")}
          inputWrapperOrder={HELP_BELOW}
          description={t("priorityHelp")}
          min={0}
          max={15}
          clampBehavior="none"
          {...form.getInputProps("priority")}
        />
        <TextInput
          inputWrapperOrder={HELP_BELOW}
          label={t("zone")}
          description={t("zoneHelp")}
          {...form.getInputProps("zone")}
        />
        <NumberInput
          label={t("maxInFlight")}
          inputWrapperOrder={HELP_BELOW}
          description={t("maxInFlightHelp")}
          min={0}
          clampBehavior="none"
          {...form.getInputProps("maxInFlight")}
        />
      </div>
      <LabelsInput label={t("labels")} description={t("labelsHelp")} {...form.getInputProps("labels")} />
      <CredentialRows form={form} />
      <TextInput
        label={t("resourcesUrl")}
        inputWrapperOrder={HELP_BELOW}
        description={t("resourcesUrlHelp")}
        placeholder={pool.resources.url}
        inputMode="url"
        {...form.getInputProps("resourcesUrl")}
      />
      <NodeBudgetFields form={form} />
      <HeaderEditFields form={form} path="requestHeaders" values={form.values.requestHeaders} />
    </FormModal>
  );
}

/** What the pool would be warned of with the node as it stands in the form; none while that is not valid. */
function useNodeWarnings(pool: PoolView, node: NodeView | undefined, values: NodeValues) {
  const parsed = NodeInput.safeParse(nodeInput(values));
  const id = node?.id ?? "";
  const edited = parsed.success && { ...parsed.data, id };
  const others = pool.nodes.some((other) => other.id === id) || !edited ? pool.nodes : [...pool.nodes, edited];
  const nodes = others.map((other) => (other.id === id && edited ? edited : other));
  return useEarlyWarnings(pool, edited ? { ...pool, nodes } : null);
}

/** The slider reaches twice the largest weight of the pool, so that its middle is where the others are. */
const SLIDER_LEAST = 10;
const WEIGHT_MOST = 1_000;

function WeightField({
  config: { form },
  pool,
  node,
}: {
  config: ConfigForm<NodeValues>;
  pool: PoolView;
  node?: NodeView;
}) {
  const t = useTranslations("nodes.form");
  const formats = useFormats();
  const weight = Number(form.values.weight) || 0;
  const level = Number(form.values.priority) || 0;
  const primaries = pool.nodes.filter((other) => other.id !== node?.id && !other.backup);
  const others = primaries.filter((other) => other.priority === level).map((other) => other.weight);
  const isLater = primaries.some((other) => other.priority < level && other.weight > 0);
  const [share] = dueShares([weight, ...others]);
  const most = Math.min(WEIGHT_MOST, Math.max(SLIDER_LEAST, 2 * Math.max(0, ...others), weight));
  return (
    <div>
      <div className={classes.weight}>
        <NumberInput
          label={t("weight")}
          min={0}
          max={WEIGHT_MOST}
          clampBehavior="none"
          className={classes.number}
          {...form.getInputProps("weight")}
        />
        <Slider
          className={classes.slider}
          thumbLabel={t("weightSlider")}
          min={0}
          max={most}
          value={Math.min(weight, most)}
          onChange={(value) => form.setFieldValue("weight", value)}
          label={null}
        />
      </div>
      <p className={classes.share} role="status">
        {form.values.backup
          ? t("shareBackup")
          : isLater
            ? t("shareLevel", { level })
            : t("share", { share: formats.percent(share) })}
        {" · "}
        {t("weightHelp")}
      </p>
    </div>
  );
}
