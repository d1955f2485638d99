"use client";
import { useTranslations } from "next-intl";
import { DataTable, tableClasses } from "#components/data/data-table.tsx";
import { useFormats } from "#lib/client/use-formats.ts";
import type { ArmFigures, CanaryView } from "#lib/contracts/canary.ts";
import classes from "./canary.module.css";
import { usePoolName } from "./use-verdict-text.ts";

type Row = { key: string; value: (figures: ArmFigures) => string; difference: string; limit: string };

/** Both arms beside each other, all pools together, with what the canary may be worse by. */
export function ArmTable({ canary: view }: { canary: CanaryView }) {
  const t = useTranslations("canary");
  const formats = useFormats();
  const { control, canary } = view.evidence;
  const { settings } = view;
  const points =
    control.successRatio === null || canary.successRatio === null
      ? null
      : (canary.successRatio - control.successRatio) * 100;
  const ratioOf = (pick: (figures: ArmFigures) => number | null) => {
    const [before, after] = [pick(control), pick(canary)];
    return before === null || after === null || before === 0 ? null : after / before;
  };
  const times = (ratio: number | null) =>
    ratio === null ? formats.decimal(null) : t("times", { ratio: formats.decimal(ratio) });
  const rows: Row[] = [
    { key: "requests", value: ({ requests }) => formats.integer(requests), difference: "", limit: "" },
    {
      key: "answered",
      value: ({ answered }) => formats.integer(answered),
      difference: "",
      limit: t("limit.sample", { count: formats.integer(settings.minRequests) }),
    },
    {
      key: "success",
      value: ({ successRatio }) => formats.success(successRatio),
      difference: points === null ? formats.decimal(null) : t("points", { points: signed(points, formats.decimal) }),
      limit: t("limit.success", { points: settings.maxSuccessDropPoints }),
    },
    {
      key: "p50",
      value: ({ p50Ms }) => formats.msUnit(p50Ms),
      difference: times(ratioOf(({ p50Ms }) => p50Ms)),
      limit: "",
    },
    {
      key: "p99",
      value: ({ p99Ms }) => formats.msUnit(p99Ms),
      difference: times(ratioOf(({ p99Ms }) => p99Ms)),
      limit: t("limit.p99", {
        ratio: formats.decimal(settings.maxP99Ratio),
        slack: formats.msUnit(settings.p99SlackMs),
      }),
    },
  ];
  const columns = [
    { key: "figure", label: t("figure.title") },
    { key: "control", label: t("arm.control", { number: view.baseRevision }), isNumber: true },
    { key: "canary", label: t("arm.canary", { number: view.revision }), isNumber: true },
    { key: "difference", label: t("difference"), isNumber: true },
    { key: "limit", label: t("limit.title") },
  ];
  return (
    <DataTable label={t("comparison")} columns={columns}>
      {rows.map(({ key, value, difference, limit }) => (
        <tr key={key} data-figure={key}>
          <th scope="row" className={classes.figure}>
            {t(`figure.${key}` as "figure.p50")}
          </th>
          <td className={tableClasses.number}>{value(control)}</td>
          <td className={tableClasses.number}>{value(canary)}</td>
          <td className={tableClasses.number}>{difference}</td>
          <td className={`${tableClasses.mute} ${classes.limit}`}>{limit}</td>
        </tr>
      ))}
    </DataTable>
  );
}

/** Of each pool that got any requests: the one that ended the canary is marked. */
export function PoolArms({ canary: { evidence } }: { canary: CanaryView }) {
  const t = useTranslations("canary");
  const formats = useFormats();
  const poolName = usePoolName();
  const columns = [
    { key: "pool", label: t("pool") },
    { key: "arm", label: t("armTitle") },
    { key: "requests", label: t("figure.requests"), isNumber: true },
    { key: "success", label: t("figure.success"), isNumber: true },
    { key: "p50", label: t("figure.p50"), isNumber: true },
    { key: "p99", label: t("figure.p99"), isNumber: true },
  ];
  return (
    <DataTable label={t("pools")} columns={columns}>
      {evidence.pools.flatMap(({ poolId, ...arms }) =>
        (["control", "canary"] as const).map((arm) => (
          <tr key={`${poolId} ${arm}`}>
            <td>
              {arm === "control" && poolName(poolId)}
              {arm === "control" && evidence.poolId === poolId && <span className={classes.worse}>{t("worse")}</span>}
            </td>
            <td>
              <span className={classes.arm} data-arm={arm}>
                {t(`armName.${arm}`)}
              </span>
            </td>
            <td className={tableClasses.number}>{formats.integer(arms[arm].requests)}</td>
            <td className={tableClasses.number}>{formats.success(arms[arm].successRatio)}</td>
            <td className={tableClasses.number}>{formats.msUnit(arms[arm].p50Ms)}</td>
            <td className={tableClasses.number}>{formats.msUnit(arms[arm].p99Ms)}</td>
          </tr>
        )),
      )}
    </DataTable>
  );
}

const signed = (value: number, format: (value: number) => string): string =>
  `${value > 0.005 ? "+" : value < -0.005 ? "−" : "±"}${format(Math.abs(value))}`;
