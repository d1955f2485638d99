"use client";
import { ActionIcon, Button, NumberInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import { Term } from "#components/data/term.tsx";
import { DurationInput } from "#components/forms/duration-input.tsx";
import forms from "#components/forms/forms.module.css";
import list from "#components/forms/row-list.module.css";
import type { ConditionOf } from "#lib/contracts/config/alert-rule.ts";
import classes from "./burn-windows.module.css";

type Window = ConditionOf<"slo-burn">["windows"][number];
type Props = {
  windows: readonly Window[];
  errors: Readonly<Record<string, string>>;
  onChange: (windows: Window[]) => void;
};

const MOST = 4;
const PATH = "condition.windows";

/** Pairs of windows of which any that burns makes the rule fire, one row each. */
export function BurnWindows({ windows, errors, onChange }: Props) {
  const t = useTranslations("rules.burn");
  const set = (at: number, change: Partial<Window>) =>
    onChange(windows.map((window, index) => (index === at ? { ...window, ...change } : window)));
  return (
    <fieldset className={`${forms.whole} ${list.rows}`}>
      <legend className={list.legend}>
        {t("title")}
        <Term name="burnRate" />
      </legend>
      <p className={list.help}>{errors[PATH] ?? t("help")}</p>
      {windows.map((window, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
        <div key={at} className={classes.row}>
          <DurationInput
            label={t("short", { number: at + 1 })}
            value={window.shortMs}
            error={errors[`${PATH}.${at}.shortMs`]}
            onChange={(shortMs) => set(at, { shortMs: Number(shortMs) })}
          />
          <DurationInput
            label={t("long", { number: at + 1 })}
            value={window.longMs}
            error={errors[`${PATH}.${at}.longMs`]}
            onChange={(longMs) => set(at, { longMs: Number(longMs) })}
          />
          <NumberInput
            label={t("rate", { number: at + 1 })}
            min={0}
            decimalScale={2}
            value={window.burnRate}
            error={errors[`${PATH}.${at}.burnRate`]}
            onChange={(burnRate) => set(at, { burnRate: Number(burnRate) })}
          />
          <ActionIcon
            aria-label={t("remove", { number: at + 1 })}
            disabled={windows.length === 1}
            onClick={() => onChange(windows.filter((_, index) => index !== at))}
          >
            <IconTrash size={15} aria-hidden="true" />
          </ActionIcon>
        </div>
      ))}
      <div>
        <Button
          variant="default"
          disabled={windows.length >= MOST}
          leftSection={<IconPlus size={14} aria-hidden="true" />}
          onClick={() => onChange([...windows, { shortMs: 300_000, longMs: 3_600_000, burnRate: 10 }])}
        >
          {t("add")}
        </Button>
      </div>
    </fieldset>
  );
}
