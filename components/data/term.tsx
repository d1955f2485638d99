"use client";
import { useTranslations } from "next-intl";
import { useOnDemand } from "#components/forms/use-on-demand.ts";
import { patiently } from "#lib/client/patiently.ts";
import classes from "./term.module.css";

const TERMS = [
  "p99",
  "p50",
  "queue",
  "adminState",
  "drain",
  "health",
  "ejection",
  "breaker",
  "cooling",
  "warmUp",
  "weight",
  "hedge",
  "retry",
  "stickiness",
  "panic",
  "twoChoices",
  "share",
  "heartbeat",
  "ledger",
  "probeTruth",
  "canary",
  "changeSet",
  "silence",
  "burnRate",
] as const;
export type TermName = (typeof TERMS)[number];

const load = patiently(() => import("./opened-term.tsx").then((module) => module.OpenedTerm));

/** A small question mark that explains a word of the field. */
export function Term({ name }: { name: TermName }) {
  const t = useTranslations("terms");
  const { found: OpenedTerm, prepare, ask } = useOnDemand(load);
  if (OpenedTerm) return <OpenedTerm name={name} />;
  return (
    // The mark is drawn by the style sheet: the text beside it stays the word alone.
    <button
      type="button"
      className={classes.mark}
      aria-label={t("what", { term: t(`${name}.term`) })}
      aria-haspopup="dialog"
      aria-expanded={false}
      onPointerEnter={prepare}
      onFocus={prepare}
      onClick={ask}
    />
  );
}
