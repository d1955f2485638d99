"use client";
import { Button, NumberInput, Slider } from "@mantine/core";
import { useTranslations } from "next-intl";
import { useMemo, useState } from "react";
import { Dialog } from "#components/forms/dialog.tsx";
import { FormProblem } from "#components/forms/form-problem.tsx";
import forms from "#components/forms/forms.module.css";
import { useActiveChangeSet, useStagedPools } from "#components/staging/use-change-set.ts";
import { MISSING } from "#lib/client/format.ts";
import { useFigures, useServerNow } from "#lib/client/live.tsx";
import { useFormats } from "#lib/client/use-formats.ts";
import type { NodeView, PoolView } from "#lib/contracts/views.ts";
import { decideEligibility } from "#lib/core/balance/eligibility.ts";
import { useChangeWeights } from "./use-change-weights.ts";
import { useWeightGuard } from "./use-weight-guard.tsx";
import classes from "./weights.module.css";

type Props = { pool: PoolView; nodes: readonly NodeView[]; onClose: () => void };

const WEIGHT_MOST = 1_000;
const SLIDER_LEAST = 10;

/** Weights of the chosen nodes, each with its share as it is now and as it will be, by the rules that the proxies go by. */
export function WeightsDialog({ pool, nodes, onClose }: Props) {
  const t = useTranslations("nodes.weights");
  const common = useTranslations("common");
  const formTexts = useTranslations("forms");
  const changeSet = useActiveChangeSet();
  const staged = useStagedPools()?.find(({ id }) => id === pool.id);
  const [before] = useState(() => new Map((staged ?? pool).nodes.map(({ id, weight }) => [id, weight])));
  const [weights, setWeights] = useState<ReadonlyMap<string, number | string>>(before);
  const save = useChangeWeights(onClose);
  const shares = useShares(pool, weights);
  const set = (id: string, weight: number | string) => setWeights((all) => new Map(all).set(id, weight));
  const changed = nodes.filter(({ id }) => weights.get(id) !== before.get(id));
  const isValid = changed.every(({ id }) => isWeight(weights.get(id)));
  const guard = useWeightGuard(staged ?? pool, isValid ? weights : null);
  const most = Math.min(WEIGHT_MOST, Math.max(SLIDER_LEAST, ...[...before.values()].map((weight) => 2 * weight)));
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    const changes = changed.map(({ id, name }) => ({
      ...{ id, name, before: before.get(id) ?? 0, after: Number(weights.get(id)) },
    }));
    if (changes.length > 0 && isValid && guard.isArmed) save.mutate({ changes, read: guard.read });
  };
  return (
    <Dialog onClose={onClose} title={t("title", { pool: pool.name })} size={620} closeOnEscape={!save.isPending}>
      <form onSubmit={submit} className={forms.form} noValidate>
        <p className={forms.lead}>{t("lead")}</p>
        <div className={classes.head} aria-hidden="true">
          <span>{t("node")}</span>
          <span>{t("weight")}</span>
          <span className={classes.number}>{t("now")}</span>
          <span className={classes.number}>{t("after")}</span>
        </div>
        {nodes.map((node) => (
          <WeightRow
            key={node.id}
            node={node}
            weight={weights.get(node.id) ?? 0}
            most={most}
            shareAfter={shares.get(node.id)}
            onChange={(weight) => set(node.id, weight)}
          />
        ))}
        {guard.part}
        <FormProblem error={save.error} />
        <div className={forms.footer}>
          <span className={forms.note}>
            {changeSet ? formTexts("goesInto", { name: changeSet.name }) : formTexts("published")}
          </span>
          <Button variant="default" onClick={onClose}>
            {common("cancel")}
          </Button>
          <Button
            type="submit"
            color={guard.isNeeded ? "red" : undefined}
            loading={save.isPending}
            disabled={changed.length === 0 || !isValid || !guard.isArmed}
          >
            {t("confirm", { count: changed.length })}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

const isWeight = (weight: number | string | undefined): boolean =>
  typeof weight === "number" && Number.isInteger(weight) && weight >= 0 && weight <= WEIGHT_MOST;

/** Shares of all nodes of the pool with the given weights, in the state that they are in now. */
function useShares(pool: PoolView, weights: ReadonlyMap<string, number | string>): ReadonlyMap<string, number> {
  const nowMs = useServerNow();
  return useMemo(() => {
    const nodes = pool.nodes.map((node) => ({ ...node, ...node.facts, weight: Number(weights.get(node.id)) || 0 }));
    return new Map(decideEligibility(pool, nodes, nowMs).nodes.map(({ id, share }) => [id, share]));
  }, [pool, weights, nowMs]);
}

type RowProps = {
  node: NodeView;
  weight: number | string;
  most: number;
  shareAfter: number | undefined;
  onChange: (weight: number | string) => void;
};

function WeightRow({ node, weight, most, shareAfter, onChange }: RowProps) {
  const t = useTranslations("nodes.weights");
  const formats = useFormats();
  const share = useFigures("node", node.id)?.share ?? null;
  const shown = (ratio: number | null | undefined) => (ratio ? formats.percent(ratio) : MISSING);
  return (
    <div className={classes.row}>
      <strong className={classes.name}>{node.name}</strong>
      <span className={classes.fields}>
        <NumberInput
          aria-label={t("weightOf", { node: node.name })}
          min={0}
          max={WEIGHT_MOST}
          clampBehavior="none"
          allowDecimal={false}
          error={isWeight(weight) ? undefined : t("wrong", { most: WEIGHT_MOST })}
          value={weight}
          onChange={onChange}
          className={classes.input}
        />
        <Slider
          className={classes.slider}
          thumbLabel={t("sliderOf", { node: node.name })}
          min={0}
          max={most}
          label={null}
          value={Math.min(Number(weight) || 0, most)}
          onChange={onChange}
        />
      </span>
      <span className={classes.number} data-label={t("now")}>
        {shown(share)}
      </span>
      <span
        className={classes.number}
        data-label={t("after")}
        role="status"
        aria-label={t("afterOf", { node: node.name })}
      >
        {shown(shareAfter)}
      </span>
    </div>
  );
}
