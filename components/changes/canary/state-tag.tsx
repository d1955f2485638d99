"use client";
import { IconArrowBackUp, IconCircleCheck, IconFeather } from "@tabler/icons-react";
import { useTranslations } from "next-intl";
import type { CanaryState } from "#lib/contracts/canary.ts";
import classes from "./canary.module.css";

const ICONS = { running: IconFeather, promoted: IconCircleCheck, "rolled-back": IconArrowBackUp };

export function StateTag({ state }: { state: CanaryState }) {
  const t = useTranslations("canary");
  const Icon = ICONS[state];
  return (
    <span className={classes.tag} data-state={state}>
      <Icon size={13} aria-hidden="true" />
      {t(`state.${state}`)}
    </span>
  );
}
