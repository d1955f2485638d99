"use client";
import dynamic from "next/dynamic";
import { patiently } from "#lib/client/patiently.ts";
import { useStagedChange } from "./use-change-set.ts";

/** The names of all settings: loaded when something is staged. */
const ChangeMark = dynamic(
  patiently(() => import("./staged-words.tsx").then((module) => module.ChangeMark)),
  { ssr: false },
);
const ChangedValue = dynamic(
  patiently(() => import("./staged-words.tsx").then((module) => module.ChangedValue)),
  { ssr: false },
);

/** Marks what the active change set does to an entity; nothing where it leaves it alone. */
export function StagedMark({ entityId }: { entityId: string }) {
  const change = useStagedChange(entityId);
  return change ? <ChangeMark change={change} /> : null;
}

/** A staged value of one field beside the one in force; nothing where it is not staged. */
export function StagedValue({ entityId, path }: { entityId: string; path: string }) {
  const change = useStagedChange(entityId);
  const field = change?.change === "changed" ? change.fields.find((each) => each.path === path) : undefined;
  return change && field ? <ChangedValue change={change} field={field} /> : null;
}
