"use client";
import { useTranslations } from "next-intl";
import classes from "./alert-level.module.css";

/** Level of an alert: 1 is the most urgent. */
export function AlertLevel({ level, isFiring = true }: { level: number; isFiring?: boolean }) {
  const t = useTranslations("alerts");
  return (
    <span
      className={classes.level}
      data-level={isFiring ? level : undefined}
      role="img"
      aria-label={t("level", { level })}
    >
      {level}
    </span>
  );
}
