"use client";
import { useTranslations } from "next-intl";
import { useCallback } from "react";
import { contractRule } from "#lib/client/contract-rules.ts";
import type { Describe, FieldFault } from "#lib/client/forms.ts";
import { useFormats } from "#lib/client/use-formats.ts";

const CODE_RULES = {
  "duplicate-name": "duplicateName",
  "duplicate-here": "duplicateHere",
  "second-default": "secondDefault",
  "unknown-pool": "unknownPool",
  "unknown-class": "unknownClass",
  "route-tie": "routeTie",
  "repeated-header": "repeatedHeader",
  "person-exists": "personExists",
  "already-invited": "alreadyInvited",
  "wrong-password": "wrongPassword",
  "limited-admin": "limitedAdmin",
  "unreadable-certificate": "unreadableCertificate",
  statuses: "statuses",
  headers: "headers",
} as const;

const isIn = <T extends object>(table: T, key: PropertyKey): key is keyof T => Object.hasOwn(table, key);

/** Says what is wrong with a field, in the person's language; limits get the field's own unit. */
export function useDescribe(): Describe {
  const t = useTranslations("forms.rule");
  const rules = useTranslations("forms");
  const formats = useFormats();
  return useCallback(
    (fault: FieldFault) => {
      if (isIn(CODE_RULES, fault.code)) return t(CODE_RULES[fault.code]);
      const rule = contractRule(fault.message);
      if (rule) return rules(`rule.${rule.key}`, rule.values);
      const field = String(fault.path.at(-1) ?? "");
      if (fault.code === "invalid_type")
        return fault.origin === "int" ? t("whole") : fault.origin === "number" ? t("number") : t("required");
      if (fault.bound === undefined)
        return fault.code === "invalid_format" && field === "poolId" ? t("choose") : fault.message;
      const isBelow = fault.code === "too_small";
      const count = formats.integer(fault.bound);
      if (fault.origin === "string") return isBelow ? t("required") : t("tooLong", { limit: count });
      if (fault.origin === "array")
        return isBelow ? t("tooFew", { limit: fault.bound }) : t("tooMany", { limit: count });
      const limit = field.endsWith("Ms")
        ? formats.duration(fault.bound)
        : /Ratio$|Threshold$/.test(field)
          ? formats.percent(fault.bound)
          : count;
      return isBelow ? t("atLeast", { limit }) : t("atMost", { limit });
    },
    [t, rules, formats],
  );
}
