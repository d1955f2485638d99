"use client";
import { useTranslations } from "next-intl";
import { useFieldWords } from "#components/diff/use-field-words.ts";

const CONFIGURATION = ["pool", "node", "route", "proxy"] as const;
type Configuration = (typeof CONFIGURATION)[number];
const isConfiguration = (kind: string): kind is Configuration => CONFIGURATION.includes(kind as Configuration);

/** What a field of an entry of the audit is called: as its form calls it; its path where nothing does. */
export function useAuditFieldText(): (targetKind: string, path: string) => string {
  const words = useFieldWords();
  const t = useTranslations("audit.field");
  const retention = useTranslations("settings.retention.field");
  return (targetKind, path) => {
    if (targetKind === "retention" && retention.has(path as "revisionDays")) return retention(path as "revisionDays");
    const label = isConfiguration(targetKind) ? words.label(targetKind, path) : path;
    if (label !== path) return label;
    const key = path.replaceAll(".", "_");
    return t.has(`${key as "name"}`) ? t(`${key as "name"}`) : path;
  };
}
