"use client";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import type { RuleFaultView } from "#lib/contracts/alert-rules-api.ts";
import { detailText } from "#lib/i18n/detail-text.ts";
import classes from "./rules-tab.module.css";

/** Why a rule, or one subject of it, cannot be judged: its silence would else be taken for all being well. */
export function RuleFaults({ faults }: { faults: readonly RuleFaultView[] }) {
  const t = useTranslations("rules");
  const status = useTranslations("status");
  return faults.map(({ code, what }) => (
    <p key={`${code} ${what}`} className={classes.fault}>
      <IconAlertTriangle size={14} stroke={1.7} aria-hidden /> {t(`faults.${code}`, { what: detailText(status, what) })}
    </p>
  ));
}
