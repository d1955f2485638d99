"use client";
import { IconDatabaseOff } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import { useDatabaseLost } from "#lib/client/database.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import { Banner } from "./banner.tsx";

/** On every page while the database is lost: since when, what goes on, and what does not. */
export function DatabaseBanner() {
  const t = useTranslations("shell.database");
  const formats = useFormats();
  const sinceMs = useDatabaseLost();
  return (
    // There before it has something to say: readers of the screen announce what comes into it.
    <div role="alert">
      {sinceMs !== null && (
        <Banner tone="bad" icon={<IconDatabaseOff size={18} />}>
          <strong>{t("lost", { time: formats.dateTime(sinceMs) })}</strong> {t("goesOn")}
        </Banner>
      )}
    </div>
  );
}
