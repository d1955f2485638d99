"use client";
import { ActionIcon } from "@mantine/core";
import { IconDots, IconPencil, IconTrash } from "@tabler/icons-react";
import type { Route } from "next";
import { useTranslations } from "next-intl";
import { DataTable, tableClasses } from "#components/data/data-table.tsx";
import { Link } from "#components/data/link.tsx";
import { routeHref } from "#components/flows/flow-href.ts";
import { ActionMenu } from "#components/forms/action-menu.tsx";
import { GuardedItem } from "#components/forms/guarded-item.tsx";
import { StagedMark } from "#components/staging/staged-mark.tsx";
import { useStagedChange } from "#components/staging/use-change-set.ts";
import { asMatched } from "#lib/client/route-order.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { PoolView, RouteView } from "#lib/contracts/views.ts";
import { routeName } from "#lib/core/routing/specificity.ts";
import { RouteCounts } from "./route-counts.tsx";
import classes from "./routes.module.css";

const ICON = { size: 15, stroke: 1.7, "aria-hidden": true } as const;

type RowActions = { onEdit: (route: RouteView) => void; onDelete: (route: RouteView) => void };
type Props = RowActions & { routes: readonly RouteView[]; defaultPool?: PoolView };

/** Routes as they are matched; the last row says what becomes of everything else. */
export function RoutesTable({ routes, defaultPool, ...actions }: Props) {
  const t = useTranslations("routes.table");
  const columns = [
    { key: "order", label: t("order") },
    { key: "name", label: t("name") },
    { key: "host", label: t("host") },
    { key: "prefix", label: t("prefix") },
    { key: "conditions", label: t("conditions") },
    { key: "pool", label: t("pool") },
    { key: "own", label: t("own"), isNumber: true },
    { key: "actions", label: t("actions"), isNumber: true },
  ];
  return (
    <DataTable label={t("label")} columns={columns}>
      {asMatched(routes).map((route, index) => (
        <RouteRow key={route.id} route={route} order={index + 1} {...actions} />
      ))}
      <tr>
        <td className={tableClasses.mute}>{routes.length + 1}</td>
        <td colSpan={4} className={tableClasses.mute}>
          {t("rest")}
        </td>
        <td colSpan={3}>
          {defaultPool ? (
            <>
              <PoolLink id={defaultPool.id} name={defaultPool.name} />{" "}
              <span className={tableClasses.mute}>{t("default")}</span>
            </>
          ) : (
            <span className={tableClasses.mute}>{t("noDefault")}</span>
          )}
        </td>
      </tr>
    </DataTable>
  );
}

function PoolLink({ id, name }: { id: string; name: string }) {
  return (
    <Link href={`/pools/${id}` as Route} className={tableClasses.name}>
      {name}
    </Link>
  );
}

function RouteRow({ route, order, onEdit, onDelete }: RowActions & { route: RouteView; order: number }) {
  const t = useTranslations("routes");
  const { host, pathPrefix } = route.match;
  return (
    <tr data-route={routeName(route)}>
      <td className={tableClasses.mute}>{order}</td>
      <td>
        <RouteTitle route={route} />
        <StagedMark entityId={route.id} />
      </td>
      <td>{host ? <code className={classes.code}>{host}</code> : <Any text={t("table.anyHost")} />}</td>
      <td>{pathPrefix ? <code className={classes.code}>{pathPrefix}</code> : <Any text={t("table.anyPath")} />}</td>
      <td>
        <Conditions route={route} />
      </td>
      <td>
        <Target route={route} />
      </td>
      <td className={tableClasses.number}>
        <RouteCounts routeId={route.id} />
      </td>
      <td className={tableClasses.number}>
        <ActionMenu
          width={160}
          target={
            <ActionIcon aria-label={t("actions.label", { route: routeName(route) })}>
              <IconDots {...ICON} />
            </ActionIcon>
          }
        >
          <GuardedItem needs="publisher" icon={<IconPencil {...ICON} />} onClick={() => onEdit(route)}>
            {t("actions.edit")}
          </GuardedItem>
          <GuardedItem needs="publisher" icon={<IconTrash {...ICON} />} isDangerous onClick={() => onDelete(route)}>
            {t("actions.delete")}
          </GuardedItem>
        </ActionMenu>
      </td>
    </tr>
  );
}

/** Its name leads to its traffic, once it is in force: what a route answers by itself is counted in the table. */
function RouteTitle({ route }: { route: RouteView }) {
  const isStaged = useStagedChange(route.id)?.change === "added";
  const name = routeName(route);
  if (route.poolId === null || isStaged) return route.name || <span className={tableClasses.mute}>{name}</span>;
  return (
    <Link href={routeHref(route.id)} className={tableClasses.name} scroll={false}>
      {name}
    </Link>
  );
}

/** Where it leads, and below what else it does with its requests. */
function Target({ route }: { route: RouteView }) {
  const t = useTranslations("routes.table");
  const formats = useFormats();
  const { action, poolId, poolName, pathRewrite, requestHeaders, responseHeaders, maxBodyBytes, rateLimit } = route;
  const { requestClass, hedge } = route;
  const edits = [requestHeaders, responseHeaders].some(
    ({ set, remove }) => Object.keys(set).length > 0 || remove.length > 0,
  );
  const notes = [
    pathRewrite !== null && t("rewrite", { prefix: pathRewrite }),
    edits && t("edited"),
    maxBodyBytes > 0 && t("bodyLimit", { bytes: formats.integer(maxBodyBytes) }),
    rateLimit !== null &&
      t("limit", {
        requests: formats.integer(rateLimit.requests),
        window: formats.duration(rateLimit.windowMs),
      }),
    requestClass !== "" && t("requestClass", { name: requestClass }),
    hedge !== "safe" && t(`hedge.${hedge}`),
  ].filter((note) => note !== false);
  return (
    <>
      {poolId !== null && <PoolLink id={poolId} name={poolName} />}
      {action !== null && (
        <>
          {t(action.kind === "redirect" ? "redirect" : "respond")} <code className={classes.code}>{action.status}</code>{" "}
          {action.kind === "redirect" && <code className={classes.code}>{action.location}</code>}
        </>
      )}
      {notes.length > 0 && <div className={classes.note}>{notes.join(" · ")}</div>}
    </>
  );
}

const Any = ({ text }: { text: string }) => <span className={tableClasses.mute}>{text}</span>;

function Conditions({ route }: { route: RouteView }) {
  const t = useTranslations("routes.table");
  const { method, headers } = route.match;
  const conditions = [method, ...Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`)].filter(
    (text) => text !== undefined,
  );
  if (conditions.length === 0) return <Any text={t("noCondition")} />;
  return conditions.map((text) => (
    <code key={text} className={classes.condition}>
      {text}
    </code>
  ));
}
