"use client";
import { Button, Select, TextInput } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { parseAsInteger, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import toolbar from "#components/data/toolbar.module.css";
import { apiUrl } from "#lib/client/api.ts";
import { type AuditFilter, poolsQuery } from "#lib/client/queries.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import { AUDIT_ACTIONS } from "./audit-actions.ts";
import { beginOf } from "./day.ts";

const FILTERS = {
  action: parseAsStringLiteral(AUDIT_ACTIONS),
  poolId: parseAsString,
  actor: parseAsString,
  target: parseAsString,
  token: parseAsString,
  revision: parseAsInteger,
  text: parseAsString,
  /** Days, as a calendar has them. */
  from: parseAsString,
  to: parseAsString,
};
const TEXTS = ["actor", "target", "token", "text"] as const;
const DAYS = ["from", "to"] as const;
/** A query for every letter would be too many. */
const TYPING = { limitUrlUpdates: { method: "debounce", timeMs: 300 } } as const;

/** The filter that is in the address, and how to change it. */
export function useAuditFilter() {
  const [values, setValues] = useQueryStates(FILTERS);
  const { from, to, revision, ...texts } = values;
  const { timeZone } = useFormats();
  const filter: AuditFilter = {
    ...Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== null && value.trim() !== "")),
    ...(revision !== null && revision > 0 && { revision: String(revision) }),
    ...(from !== null && { from: beginOf(timeZone, from, 0) }),
    // The last day is meant with all of it.
    ...(to !== null && { to: beginOf(timeZone, to, 1) }),
  };
  return { values, setValues, filter };
}

type Props = ReturnType<typeof useAuditFilter> & { canRead: boolean };

export function AuditFilters({ values, setValues, filter, canRead }: Props) {
  const t = useTranslations("audit");
  const pools = useQuery(poolsQuery).data ?? [];
  return (
    <div className={toolbar.toolbar}>
      <Select
        size="xs"
        searchable
        aria-label={t("filter")}
        value={values.action ?? ""}
        onChange={(value) => void setValues({ action: AUDIT_ACTIONS.find((known) => known === value) ?? null })}
        data={[
          { value: "", label: t("all") },
          ...AUDIT_ACTIONS.map((value) => ({ value, label: t(`action.${value}`) })),
        ]}
      />
      <Select
        size="xs"
        searchable
        clearable
        aria-label={t("by.pool")}
        placeholder={t("by.pool")}
        value={values.poolId}
        onChange={(poolId) => void setValues({ poolId })}
        data={pools.map(({ id, name }) => ({ value: id, label: name }))}
      />
      {TEXTS.map((name) => (
        <TextInput
          key={name}
          size="xs"
          aria-label={t(`by.${name}`)}
          placeholder={t(`by.${name}`)}
          value={values[name] ?? ""}
          onChange={(event) => void setValues({ [name]: event.currentTarget.value || null }, TYPING)}
        />
      ))}
      <TextInput
        size="xs"
        inputMode="numeric"
        aria-label={t("by.revision")}
        placeholder={t("by.revision")}
        value={values.revision ?? ""}
        onChange={(event) =>
          void setValues({ revision: Number.parseInt(event.currentTarget.value, 10) || null }, TYPING)
        }
      />
      {DAYS.map((name) => (
        <TextInput
          key={name}
          size="xs"
          type="date"
          aria-label={t(`by.${name}`)}
          value={values[name] ?? ""}
          onChange={(event) => void setValues({ [name]: event.currentTarget.value || null })}
        />
      ))}
      {canRead &&
        (["csv", "jsonl"] as const).map((format) => (
          <Button
            key={format}
            size="xs"
            variant="default"
            component="a"
            href={apiUrl(`/audit/export.${format}`, filter)}
            download
            leftSection={<IconDownload size={14} aria-hidden="true" />}
          >
            {t(`export.${format}`)}
          </Button>
        ))}
    </div>
  );
}
