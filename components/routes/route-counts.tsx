"use client";
import { useTranslations } from "next-intl";
import { tableClasses } from "#components/data/data-table.tsx";
import { MISSING } from "#lib/client/format.ts";
import { useRouteCounts } from "#lib/client/live.tsx";
import { useFormats } from "#lib/client/use-formats.ts";

/** How many requests a route answered by itself in the last second: its own answers, 429 and 413. */
export function RouteCounts({ routeId }: { routeId: string }) {
  const t = useTranslations("routes.table");
  const formats = useFormats();
  const counts = useRouteCounts(routeId);
  if (!counts) return MISSING;
  const { answered, limited, tooLarge } = counts;
  const refused = limited + tooLarge;
  const words = t("ownDetail", {
    answered: formats.integer(answered),
    limited: formats.integer(limited),
    tooLarge: formats.integer(tooLarge),
  });
  return (
    <span title={words} className={refused > 0 ? tableClasses.warn : undefined}>
      {formats.rate(answered + refused)}
    </span>
  );
}
