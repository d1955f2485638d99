"use client";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { type Column, DataTable, tableClasses } from "#components/data/data-table.tsx";
import { RelativeTime } from "#components/data/relative-time.tsx";
import { Time } from "#components/data/time.tsx";
import { useServerNow } from "#lib/client/live.tsx";
import { poolsQuery } from "#lib/client/queries.ts";
import type { Token } from "#lib/contracts/access.ts";

const MINUTE_MS = 60_000;

type Props = { tokens: readonly Token[]; onRevoke: (token: Token) => void };

export function TokenTable({ tokens, onRevoke }: Props) {
  const t = useTranslations("settings.tokens");
  const common = useTranslations("common");
  const nowMs = useServerNow(MINUTE_MS);
  const columns: Column[] = [
    { key: "name", label: t("columns.name") },
    { key: "role", label: t("columns.role") },
    { key: "pools", label: t("columns.pools") },
    { key: "created", label: t("columns.created") },
    { key: "expires", label: t("columns.expires") },
    { key: "lastUsed", label: t("columns.lastUsed") },
    { key: "actions", label: t("columns.actions"), isNumber: true },
  ];
  return (
    <DataTable label={t("title")} columns={columns}>
      {tokens.map((token) => (
        <tr key={token.id} data-token={token.name}>
          <td>
            <b>{token.name}</b>
          </td>
          <td>{common(`role.${token.role}`)}</td>
          <td>
            <Pools ids={token.poolIds} />
          </td>
          <td>
            <Time at={token.createdAt} />
          </td>
          <td>
            {token.expiresAt === null ? t("never") : <Time at={token.expiresAt} />}
            {token.expiresAt !== null && Date.parse(token.expiresAt) <= nowMs && (
              <span className={tableClasses.warn}> {t("expired")}</span>
            )}
          </td>
          <td>{token.lastUsedAt === null ? t("never") : <RelativeTime at={token.lastUsedAt} />}</td>
          <td className={tableClasses.number}>
            <Button variant="subtle" color="red" size="compact-xs" onClick={() => onRevoke(token)}>
              {t("revoke.button")}
            </Button>
          </td>
        </tr>
      ))}
    </DataTable>
  );
}

/** Names of the pools that it is limited to; those that are gone by their number. */
function Pools({ ids }: { ids: readonly string[] | null }) {
  const t = useTranslations("settings.tokens");
  const { data } = useQuery(poolsQuery);
  if (ids === null) return <span className={tableClasses.mute}>{t("allPools")}</span>;
  const names = data?.filter(({ id }) => ids.includes(id)).map(({ name }) => name) ?? [];
  const gone = data ? ids.length - names.length : 0;
  return (
    <>
      {names.join(", ")}
      {gone > 0 && <span className={tableClasses.mute}> {t("gonePools", { count: gone })}</span>}
    </>
  );
}
