"use client";
import { useTranslations } from "next-intl";
import { useFigures } from "#lib/client/live.tsx";
import type { EligibilityReason } from "#lib/contracts/runtime.ts";
import classes from "./node-part.module.css";

/** What the status does not say already. */
const TOLD = [
  "usable-in-panic",
  "usable-as-backup",
  "usable-by-spill",
  "usable-while-cooling",
  "pending",
  "rate-limited",
  "quota-spent",
  "weight-zero",
  "standby",
  "standby-level",
  "standby-zone",
] as const satisfies readonly EligibilityReason[];

/**
 * Why a node gets requests although something speaks against it, or none although nothing does.
 * @param isShort one word, and the sentence when it is pointed at
 */
export function NodePart({ nodeId, isShort = false }: { nodeId: string; isShort?: boolean }) {
  const t = useTranslations("status");
  const reason = useFigures("node", nodeId)?.reason;
  const told = TOLD.find((one) => one === reason);
  if (told === undefined) return null;
  const sentence = t(`part.${told}`);
  return (
    <span className={classes.part} title={isShort ? sentence : undefined}>
      {isShort ? t(`partShort.${told}`) : sentence}
    </span>
  );
}
