"use client";
import { useTranslations } from "next-intl";
import { GuardedButton } from "#components/forms/guarded-button.tsx";
import { usePropose } from "#components/pools/proposal.tsx";
import { fieldAt } from "#components/pools/setting-groups.ts";
import { useSettingText } from "#components/pools/use-setting-text.ts";
import type { ProbeSuggestion } from "#lib/contracts/probe-truth.ts";
import classes from "./probe-truth.module.css";

/** What to set so that the probe sees what requests meet, and the way to the form with it. */
export function Suggestion({ suggestion }: { suggestion: ProbeSuggestion }) {
  const t = useTranslations("probeTruth");
  const pool = useTranslations("pool");
  const text = useSettingText();
  const propose = usePropose();
  return (
    <div className={classes.suggestion} data-suggestion={suggestion.code}>
      <p>{t(`suggestion.${suggestion.code}`)}</p>
      <ul className={classes.list}>
        {suggestion.settings.map(({ path, value }) => {
          const field = fieldAt(path);
          return (
            <li key={path} className={classes.mute}>
              {pool("settings.named", {
                label: field ? pool(`setting.${field.path}.label`) : path,
                value: text(path, value),
              })}
            </li>
          );
        })}
      </ul>
      {propose && (
        <GuardedButton
          needs="publisher"
          variant="default"
          size="compact-xs"
          onClick={() => propose(suggestion.settings)}
        >
          {t("open")}
        </GuardedButton>
      )}
    </div>
  );
}
