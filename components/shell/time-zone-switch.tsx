"use client";
import { useTimeZone, useTranslations } from "next-intl";
import { useState } from "react";
import { zoneLabel } from "#lib/client/format.ts";
import { chooseTimeZone, useTimeZoneChoice, zoneOfBrowser } from "#lib/client/preferences.ts";
import { useNow } from "#lib/client/use-now.ts";
import { ChoiceMenu } from "./choice-menu.tsx";

const HOUR_MS = 3_600_000;

/** Times are shown in the browser's zone or in UTC; the button always says which. */
export function TimeZoneSwitch() {
  const t = useTranslations("shell");
  const choice = useTimeZoneChoice();
  // The offset changes with summer time, hence with the hour.
  const nowMs = useNow(HOUR_MS);
  const drawnIn = useTimeZone() ?? "UTC";
  const [drawnAtMs] = useState(Date.now);
  const browserLabel = nowMs === 0 ? zoneLabel(drawnIn, drawnAtMs) : zoneLabel(zoneOfBrowser(), nowMs);
  return (
    <ChoiceMenu
      label={t("timeZone.label")}
      value={choice}
      choices={[
        { value: "browser", label: t("timeZone.browser", { zone: browserLabel }) },
        { value: "utc", label: t("timeZone.utc") },
      ]}
      onChoose={chooseTimeZone}
    >
      {choice === "utc" ? t("timeZone.utc") : browserLabel}
    </ChoiceMenu>
  );
}
