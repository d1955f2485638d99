"use client";
import { useTranslations } from "next-intl";
import { useCallback } from "react";
import { useWarningText } from "#components/changes/sets/use-warning-text.ts";
import type { ToldWarnings } from "#lib/contracts/publishing.ts";
import { showNotification } from "./show-notification.ts";

/** Long enough to read five of them. */
const SHOWN_MS = 15_000;

/** Says what an edit that is published already brought about that is legal and hardly meant. */
export function useTellWarnings(): (told: ToldWarnings) => void {
  const t = useTranslations("forms");
  const common = useTranslations("common");
  const text = useWarningText();
  return useCallback(
    ({ count, warnings }) => {
      showNotification({
        title: t("warned", { count }),
        message: (
          <ul style={{ margin: 0, paddingInlineStart: 16 }}>
            {warnings.map((warning) => (
              <li key={warning.id} data-warning={warning.code}>
                {warning.name && <strong>{warning.name}: </strong>}
                {text(warning)}
              </li>
            ))}
            {count > warnings.length && <li>{t("warnedMore", { count: count - warnings.length })}</li>}
          </ul>
        ),
        color: "yellow",
        autoClose: SHOWN_MS,
        role: "status",
        withBorder: true,
        closeButtonProps: { "aria-label": common("close") },
      });
    },
    [t, common, text],
  );
}
