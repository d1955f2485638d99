"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useDatabaseLost } from "#lib/client/database.ts";
import { meQuery } from "#lib/client/queries.ts";
import { type Role, roleAllows } from "#lib/contracts/roles.ts";

/**
 * Why the person may not do what needs `needed`; undefined when they may. While the role is not known they may not, and while the
 * database is lost nobody may.
 */
export function useRefusal(needed: Role): string | undefined {
  const t = useTranslations("forms");
  const common = useTranslations("common");
  const { data } = useQuery(meQuery);
  const isLost = useDatabaseLost() !== null;
  if (isLost) return t("databaseLost");
  if (!data) return common("loading");
  if (roleAllows(data.role, needed)) return undefined;
  return t("needsRole", { role: common(`role.${needed}`), present: common(`role.${data.role}`) });
}
