"use client";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { NAV_GROUPS } from "#components/shell/nav-items.ts";
import { poolsQuery } from "#lib/client/queries.ts";
import type { Place } from "./places.ts";

/** Every page, then every pool, then every node. */
export function usePlaces(): readonly Place[] {
  const shell = useTranslations("shell");
  const t = useTranslations("palette");
  const pools = useQuery(poolsQuery).data;
  return useMemo(() => {
    const pages = NAV_GROUPS.flat().map(
      ({ key, href }): Place => ({ key: href, label: shell(`nav.${key}`), detail: t("page"), href }),
    );
    const all = pools ?? [];
    return [
      ...pages,
      ...all.map(({ id, name }): Place => ({ key: id, label: name, detail: t("pool"), href: `/pools/${id}` })),
      ...all.flatMap(({ id: poolId, name: pool, nodes }) =>
        nodes.map(
          ({ id, name }): Place => ({
            ...{ key: id, label: name },
            detail: t("nodeOf", { pool }),
            href: `/pools/${poolId}?node=${id}`,
          }),
        ),
      ),
    ];
  }, [shell, t, pools]);
}
