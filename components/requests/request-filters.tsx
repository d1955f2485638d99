"use client";
import { Button, NumberInput, Select, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { Route } from "next";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { parseAsInteger, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useState } from "react";
import toolbar from "#components/data/toolbar.module.css";
import { poolsQuery, routesQuery } from "#lib/client/queries.ts";
import type { RequestFilter } from "#lib/client/request-queries.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import { KEPT_BECAUSE } from "#lib/contracts/requests.ts";
import { routeName } from "#lib/core/routing/specificity.ts";
import { fromWallText, toWallText } from "#lib/core/wall-time.ts";

const FILTERS = {
  poolId: parseAsString,
  nodeId: parseAsString,
  routeId: parseAsString,
  status: parseAsString,
  cause: parseAsString,
  kept: parseAsStringLiteral(KEPT_BECAUSE),
  path: parseAsString,
  minMs: parseAsInteger,
  from: parseAsString,
  to: parseAsString,
};
/** A query for every letter would be too many. */
const TYPING = { limitUrlUpdates: { method: "debounce", timeMs: 300 } } as const;
const STATUS = /^[1-5](\d\d|xx)$/;

/** The address names an instant, whatever zone its reader has chosen; a time without a zone is one of the chosen. */
function instantIn(timeZone: string, text: string): string | undefined {
  const atMs = fromWallText(timeZone, text) ?? Date.parse(text);
  return Number.isNaN(atMs) ? undefined : new Date(atMs).toISOString();
}

/** The filter that is in the address, and how to change it. */
export function useRequestFilter() {
  const [values, setValues] = useQueryStates(FILTERS);
  const { minMs, from, to, status, ...texts } = values;
  const { timeZone } = useFormats();
  const filter: RequestFilter = {
    ...Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== null && value.trim() !== "")),
    ...(status !== null && STATUS.test(status) && { status }),
    ...(minMs !== null && minMs > 0 && { minMs: String(minMs) }),
    ...(from !== null && { from: instantIn(timeZone, from) }),
    ...(to !== null && { to: instantIn(timeZone, to) }),
  };
  return { values, setValues, filter };
}

/** As a field for date and time has it, by the clocks of the chosen zone. */
function shownIn(timeZone: string, text: string | null): string {
  const instant = text === null ? undefined : instantIn(timeZone, text);
  return instant === undefined ? "" : toWallText(timeZone, Date.parse(instant));
}

/** By its id: what was kept of it is shown at once. */
function FindById() {
  const t = useTranslations("requests");
  const router = useRouter();
  const [id, setId] = useState("");
  return (
    <form
      className={toolbar.toolbar}
      onSubmit={(event) => {
        event.preventDefault();
        if (id.trim() !== "") router.push(`/requests?id=${encodeURIComponent(id.trim())}` as Route);
      }}
    >
      <TextInput
        size="xs"
        aria-label={t("by.id")}
        placeholder={t("by.id")}
        value={id}
        w={240}
        onChange={(event) => setId(event.currentTarget.value)}
      />
      <Button size="xs" type="submit" leftSection={<IconSearch size={14} aria-hidden="true" />}>
        {t("explain")}
      </Button>
    </form>
  );
}

export function RequestFilters({ values, setValues }: ReturnType<typeof useRequestFilter>) {
  const formats = useFormats();
  const t = useTranslations("requests");
  const pools = useQuery(poolsQuery).data ?? [];
  const routes = useQuery(routesQuery).data ?? [];
  const nodes = pools
    .filter((pool) => values.poolId === null || pool.id === values.poolId)
    .flatMap((pool) => pool.nodes);
  const selects = [
    { name: "poolId", data: pools.map(({ id, name }) => ({ value: id, label: name })) },
    { name: "nodeId", data: nodes.map(({ id, name }) => ({ value: id, label: name })) },
    { name: "routeId", data: routes.map((route) => ({ value: route.id, label: routeName(route) })) },
    { name: "kept", data: KEPT_BECAUSE.map((value) => ({ value, label: t(`kept.${value}`) })) },
  ] as const;
  return (
    <>
      <FindById />
      <div className={toolbar.toolbar}>
        {selects.map(({ name, data }) => (
          <Select
            key={name}
            size="xs"
            searchable
            clearable
            aria-label={t(`by.${name}`)}
            placeholder={t(`by.${name}`)}
            value={values[name]}
            data={[...data]}
            onChange={(value) => void setValues({ [name]: value })}
          />
        ))}
        {(["status", "cause", "path"] as const).map((name) => (
          <TextInput
            key={name}
            size="xs"
            aria-label={t(`by.${name}`)}
            placeholder={t(`by.${name}`)}
            value={values[name] ?? ""}
            onChange={(event) => void setValues({ [name]: event.currentTarget.value || null }, TYPING)}
          />
        ))}
        <NumberInput
          size="xs"
          aria-label={t("by.minMs")}
          placeholder={t("by.minMs")}
          allowNegative={false}
          allowDecimal={false}
          value={values.minMs ?? ""}
          onChange={(value) => void setValues({ minMs: typeof value === "number" ? value : null }, TYPING)}
        />
        {(["from", "to"] as const).map((name) => (
          <TextInput
            key={name}
            size="xs"
            type="datetime-local"
            aria-label={t(`by.${name}`)}
            title={formats.timeZone}
            value={shownIn(formats.timeZone, values[name])}
            onChange={(event) =>
              void setValues({ [name]: instantIn(formats.timeZone, event.currentTarget.value) ?? null })
            }
          />
        ))}
      </div>
    </>
  );
}
