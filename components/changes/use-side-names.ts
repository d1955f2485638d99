"use client";
import { useTranslations } from "next-intl";
import type { SideNames } from "#components/diff/diff-fields.tsx";

/** What the sides of a comparison of revisions are called; 0 is the empty configuration before the first one. */
export function useSideNames(): (from: number, to: number) => SideNames {
  const t = useTranslations("changes");
  const name = (number: number) => (number === 0 ? t("nothingYet") : t("revisionName", { number }));
  return (from, to) => ({ before: name(from), after: name(to) });
}
