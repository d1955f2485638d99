"use client";
import { Progress } from "@mantine/core";
import { useTranslations } from "next-intl";
import { Term, type TermName } from "#components/data/term.tsx";
import type { NodeView, PoolView } from "#lib/contracts/views.ts";
import classes from "./facts.module.css";
import { type Fact, useNodeFacts } from "./node-facts.tsx";

export function FactValue({ fact }: { fact: Fact }) {
  return (
    <>
      <span className={classes.value} data-tone={fact.tone ?? undefined}>
        {fact.value}
      </span>
      {fact.detail && <span className={classes.detail}>{fact.detail}</span>}
      {fact.progress && (
        <Progress
          className={classes.progress}
          size="xs"
          value={fact.progress.ratio * 100}
          aria-label={fact.progress.label}
        />
      )}
    </>
  );
}

/** What is explained of them. */
const TERM_OF: Partial<Record<Fact["key"], TermName>> = {
  admin: "adminState",
  health: "health",
  ejection: "ejection",
  breaker: "breaker",
  cooling: "cooling",
  warmUp: "warmUp",
  weight: "weight",
};

/** The facts of one node below each other. */
export function FactList({ node, pool }: { node: NodeView; pool: PoolView }) {
  const t = useTranslations("nodes.fact");
  return (
    <dl className={classes.list}>
      {useNodeFacts(node, pool).map((fact) => (
        <div key={fact.key} className={classes.row}>
          <dt>
            {t(fact.key)}
            {TERM_OF[fact.key] && <Term name={TERM_OF[fact.key] as TermName} />}
          </dt>
          <dd>
            <FactValue fact={fact} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
