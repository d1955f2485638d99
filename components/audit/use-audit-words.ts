"use client";
import { useTranslations } from "next-intl";
import { useFieldWords } from "#components/diff/use-field-words.ts";
import type { ConfigChange } from "#lib/contracts/operations.ts";
import { useAuditValue } from "./use-audit-value.ts";

type Configuration = ConfigChange["kind"];
const isConfiguration = (kind: string): kind is Configuration => ["pool", "node", "route", "proxy"].includes(kind);
export type AuditWords = {
  /** A field as its form calls it; its path where nothing has a word for it. */
  label: (targetKind: string, path: string) => string;
  value: (targetKind: string, path: string, value: unknown) => string;
};

/** Tells what an entry of the audit holds, in words and in the chosen time zone. */
export function useAuditWords(): AuditWords {
  const words = useFieldWords();
  const t = useTranslations("audit.field");
  const retention = useTranslations("settings.retention.field");
  const canary = useTranslations("canary.field");
  const tell = useAuditValue();
  const own = (targetKind: string, path: string): string | null => {
    if (targetKind === "retention" && retention.has(path as "revisionDays")) return retention(path as "revisionDays");
    const setting = `${path}.label` as "sharePercent.label";
    if (targetKind === "canary" && canary.has(setting)) return canary(setting);
    const key = path.replaceAll(".", "_");
    return t.has(`${key as "name"}`) ? t(`${key as "name"}`) : null;
  };
  const label: AuditWords["label"] = (targetKind, path) => {
    const told = isConfiguration(targetKind) ? words.label(targetKind, path) : path;
    return told === path ? (own(targetKind, path) ?? path) : told;
  };
  const value: AuditWords["value"] = (targetKind, path, told) => {
    if (!isConfiguration(targetKind)) return tell(path, told);
    // What is done to a node is told under the same target as how it is configured.
    return words.label(targetKind, path) === path ? tell(path, told) : words.value(targetKind, path, told);
  };
  return { label, value };
}
