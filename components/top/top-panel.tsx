"use client";
import { useQuery } from "@tanstack/react-query";
import type { Route } from "next";
import { useTranslations } from "next-intl";
import { parseAsStringLiteral, useQueryStates } from "nuqs";
import { type Column, DataTable, tableClasses } from "#components/data/data-table.tsx";
import { EmptyState } from "#components/data/empty-state.tsx";
import { Link } from "#components/data/link.tsx";
import { Panel } from "#components/data/panel.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { Steady } from "#components/data/steady.tsx";
import { classHref, routeHref } from "#components/flows/flow-href.ts";
import { nodeHref } from "#components/nodes/node-row.tsx";
import { ChoiceMenu } from "#components/shell/choice-menu.tsx";
import { useRange } from "#components/shell/range.tsx";
import { topQuery } from "#lib/client/queries.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { MetricTop, TopItem, TopQuery } from "#lib/contracts/metric-top.ts";
import { TOP_BY, TOP_OF } from "#lib/contracts/top-words.ts";
import classes from "./top-panel.module.css";

const parsers = {
  top: parseAsStringLiteral(TOP_OF).withDefault("node"),
  topBy: parseAsStringLiteral(TOP_BY).withDefault("requests"),
};

/** Who had most requests, most errors or the slowest answers over the range of the page: of everything, or of one pool. */
export function TopPanel({ poolId }: { poolId?: string }) {
  const t = useTranslations("top");
  const [{ top, topBy }, setValues] = useQueryStates(parsers);
  const kinds = poolId === undefined ? TOP_OF : TOP_OF.filter((kind) => kind !== "pool");
  const of = kinds.find((kind) => kind === top) ?? "node";
  const query = useQuery(topQuery(of, topBy, poolId, useRange()));
  const choices = (
    <span className={classes.choices}>
      <ChoiceMenu
        label={t("by")}
        value={topBy}
        choices={TOP_BY.map((value) => ({ value, label: t(`byWhat.${value}`) }))}
        onChoose={(value) => void setValues({ topBy: value })}
      >
        {t(`byWhat.${topBy}`)}
      </ChoiceMenu>
      <ChoiceMenu
        label={t("of")}
        value={of}
        choices={kinds.map((value) => ({ value, label: t(`ofWhat.${value}`) }))}
        onChoose={(value) => void setValues({ top: value })}
      >
        {t(`ofWhat.${of}`)}
      </ChoiceMenu>
    </span>
  );
  return (
    <Panel flush title={t("title")} hint={t("hint")} aside={choices}>
      <QueryView query={query}>
        {(found) =>
          found.items.length === 0 ? (
            <EmptyState title={t("none")} text={t(found.by === "p99" ? "noneSlow" : "noneText")} />
          ) : (
            <Steady key={`${found.of} ${found.by}`} value={found}>
              {(kept) => <TopTable found={kept} />}
            </Steady>
          )
        }
      </QueryView>
    </Panel>
  );
}

function TopTable({ found: { of, items } }: { found: MetricTop }) {
  const t = useTranslations("top");
  const formats = useFormats();
  const columns: Column[] = [
    { key: "name", label: t(`ofWhat.${of}`) },
    ...(of === "pool" ? [] : [{ key: "pool", label: t("pool") }]),
    { key: "rate", label: t("rate"), isNumber: true },
    { key: "failures", label: t("failures"), isNumber: true },
    { key: "success", label: t("success"), isNumber: true },
    { key: "p50", label: t("p50"), isNumber: true },
    { key: "p99", label: t("p99"), isNumber: true },
  ];
  return (
    <DataTable label={t("title")} columns={columns}>
      {items.map((item) => (
        <tr key={`${item.id} ${item.name}`} data-top={item.name}>
          <td>
            <Name of={of} item={item} />
          </td>
          {of !== "pool" && <td>{item.poolName ?? t("gone")}</td>}
          <td className={tableClasses.number}>{formats.rate(item.figures.requestsPerSecond)}</td>
          <td className={tableClasses.number}>{formats.rate(item.figures.failuresPerSecond)}</td>
          <td className={tableClasses.number}>{formats.success(item.figures.successRatio)}</td>
          <td className={tableClasses.number}>{formats.ms(item.figures.p50Ms)}</td>
          <td className={tableClasses.number}>{formats.ms(item.figures.p99Ms)}</td>
        </tr>
      ))}
    </DataTable>
  );
}

function hrefOf(of: TopQuery["of"], { id, name, poolId }: Pick<TopItem, "id" | "name" | "poolId">): Route {
  switch (of) {
    case "node":
      return nodeHref({ id, poolId });
    case "route":
      return routeHref(id);
    case "class":
      return classHref(poolId, name ?? "");
    case "pool":
      return `/pools/${poolId}` as Route;
  }
}

/** A name that leads to what it is of, as long as that is there. */
function Name({ of, item: { id, name, poolId, poolName } }: { of: TopQuery["of"]; item: TopItem }) {
  const t = useTranslations("top");
  const shown = name ?? t(of === "route" ? "everything" : "gone");
  if (name === null || poolName === null) return <b>{shown}</b>;
  return (
    <Link href={hrefOf(of, { id, name, poolId })} className={tableClasses.name}>
      {shown}
    </Link>
  );
}
