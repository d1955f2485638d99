"use client";
import { useTranslations } from "next-intl";
import { useWarningText } from "#components/changes/sets/use-warning-text.ts";
import forms from "#components/forms/forms.module.css";
import type { Warning } from "#lib/contracts/publishing.ts";

/** What a configuration brings that is legal and hardly meant, as the refusal to try it told. */
export function UnreadWarnings({ warnings }: { warnings: readonly Warning[] }) {
  const t = useTranslations("canary.start");
  const text = useWarningText();
  return (
    <div className={forms.problem} role="alert">
      <p className={forms.problemTitle}>{t("warnings", { count: warnings.length })}</p>
      <ul>
        {warnings.map((warning) => (
          <li key={warning.id} data-warning={warning.code}>
            <strong>{warning.name}</strong>
            {warning.name && ": "}
            {text(warning)}
          </li>
        ))}
      </ul>
    </div>
  );
}
