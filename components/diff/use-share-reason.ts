"use client";
import { useTranslations } from "next-intl";
import type { EligibilityReason } from "#lib/contracts/runtime.ts";

/** Why a node's share is what it is, in short; null where its weight says it all. */
export function useShareReason(): (reason: EligibilityReason) => string | null {
  const t = useTranslations("diff.reason");
  const part = useTranslations("status.partShort");
  return (reason) => {
    switch (reason) {
      case "usable":
        return null;
      case "drain":
      case "maintenance":
      case "unhealthy":
      case "ejected":
      case "cooling":
      case "breaker-open":
        return t(reason);
      default:
        return part(reason);
    }
  };
}
