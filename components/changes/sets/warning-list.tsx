"use client";
import { Checkbox } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import { Panel } from "#components/data/panel.tsx";
import { useRefusal } from "#components/forms/use-refusal.ts";
import type { WarningView } from "#lib/contracts/change-sets.ts";
import classes from "./review.module.css";
import { useWarningText } from "./use-warning-text.ts";

type Props = {
  warnings: readonly WarningView[];
  confirmed: ReadonlySet<string>;
  onConfirm: (id: string, isConfirmed: boolean) => void;
};

/** What is legal and hardly meant; what this change set brings about is confirmed one by one. */
export function WarningList({ warnings, confirmed, onConfirm }: Props) {
  const t = useTranslations("review.warning");
  const refusal = useRefusal("publisher");
  const text = useWarningText();
  const needed = warnings.filter(({ needsConfirmation }) => needsConfirmation);
  const known = warnings.filter(({ needsConfirmation }) => !needsConfirmation);
  return (
    <Panel title={t("title", { count: warnings.length })} hint={needed.length > 0 ? t("hint") : t("noneNeeded")}>
      <ul className={classes.warnings}>
        {needed.map((warning) => (
          <li key={warning.id} data-warning={warning.code}>
            <Checkbox
              size="xs"
              checked={confirmed.has(warning.id)}
              disabled={refusal !== undefined}
              description={refusal}
              onChange={(event) => onConfirm(warning.id, event.currentTarget.checked)}
              label={
                <span>
                  <strong>{warning.name}</strong>
                  {warning.name && ": "}
                  {text(warning)}
                </span>
              }
            />
          </li>
        ))}
        {known.map((warning) => (
          <li key={warning.id} className={classes.known} data-warning={warning.code}>
            <IconAlertTriangle size={14} aria-hidden="true" />
            <span>
              <strong>{warning.name}</strong>
              {warning.name && ": "}
              {text(warning)} <span className={classes.by}>{t("already")}</span>
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
