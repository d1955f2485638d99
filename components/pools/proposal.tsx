"use client";
import { createContext, use, useEffect, useState } from "react";
import type { ProbeSuggestion } from "#lib/contracts/probe-truth.ts";
import type { PoolValues } from "./setting-values.ts";
import { statusesText } from "./statuses.ts";

/** Settings that somebody, or something, proposes: they are put into the form, and nothing is saved by that. */
export type Proposal = ProbeSuggestion["settings"];

const ProposeContext = createContext<((proposal: Proposal) => void) | null>(null);
export const ProposeSettings = ProposeContext.Provider;
/** Opens the pool's form with proposed settings in it; null: there is no form here. */
export const usePropose = () => use(ProposeContext);

type Form = {
  setFieldValue: (path: string, value: never) => void;
  values: PoolValues;
};

/** Puts a proposal into the form once, and shows its first field. @returns the paths to be seen */
export function useProposed(proposal: Proposal | null, form: Form): readonly string[] {
  const [taken, setTaken] = useState<Proposal | null>(null);
  useEffect(() => {
    if (proposal === null || proposal === taken) return;
    setTaken(proposal);
    for (const { path, value } of proposal) form.setFieldValue(path, formValue(value) as never);
    const [first] = proposal;
    // The group that holds it unfolds first.
    if (first) requestAnimationFrame(() => requestAnimationFrame(() => showField(first.path)));
  }, [proposal, taken, form]);
  return proposal?.map(({ path }) => path) ?? [];
}

const formValue = (value: Proposal[number]["value"]) => (Array.isArray(value) ? statusesText(value) : value);

function showField(path: string): void {
  const field = document.querySelector<HTMLElement>(`[data-path="${CSS.escape(path)}"]`);
  field?.scrollIntoView({ block: "center" });
  field?.focus({ preventScroll: true });
}
