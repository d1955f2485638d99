"use client";
import type { Route } from "next";
import { useTranslations } from "next-intl";
import { type Column, DataTable, tableClasses } from "#components/data/data-table.tsx";
import { Link } from "#components/data/link.tsx";
import { Time } from "#components/data/time.tsx";
import { useReasonText } from "#components/nodes/use-reason-text.ts";
import { MISSING } from "#lib/client/format.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { RequestSummary } from "#lib/contracts/requests.ts";
import classes from "./requests.module.css";

/** Where a request is explained. */
export const requestHref = (requestId: string): Route => `/requests?id=${encodeURIComponent(requestId)}` as Route;

export const isBad = ({ status, kept }: Pick<RequestSummary, "status" | "kept">): boolean =>
  kept.includes("failed") || status === null || status >= 500;

/** Requests as rows; each leads to its explanation. */
export function RequestTable({ label, requests }: { label: string; requests: readonly RequestSummary[] }) {
  const t = useTranslations("requests");
  const formats = useFormats();
  const reasonText = useReasonText();
  const columns: Column[] = [
    { key: "time", label: t("columns.time") },
    { key: "request", label: t("columns.request") },
    { key: "status", label: t("columns.status"), isNumber: true },
    { key: "cause", label: t("columns.cause") },
    { key: "kept", label: t("columns.kept") },
    { key: "nodes", label: t("columns.nodes") },
    { key: "took", label: t("columns.took"), isNumber: true },
    { key: "id", label: t("columns.id") },
  ];
  return (
    <DataTable label={label} columns={columns}>
      {requests.map((request) => (
        <tr key={request.id} data-request={request.requestId}>
          <td>
            <Time at={request.at} />
          </td>
          <td className={classes.target} title={`${request.method} ${request.host}${request.path}${request.query}`}>
            {request.method === "" ? MISSING : `${request.method} ${request.path}${request.query}`}
          </td>
          <td className={tableClasses.number}>
            <span className={isBad(request) ? tableClasses.bad : undefined}>{request.status ?? t("noAnswer")}</span>
          </td>
          <td>{request.code === null ? reasonText(request.cause) : <code>{request.code}</code>}</td>
          <td>{request.kept.map((kept) => t(`kept.${kept}`)).join(", ")}</td>
          <td className={classes.nodes}>
            {request.nodeIds.length === 0
              ? (request.poolName ?? MISSING)
              : request.nodeNames.map((name) => name ?? t("gone")).join(" → ")}
          </td>
          <td className={tableClasses.number}>{formats.ms(request.tookMs)}</td>
          <td>
            <Link className={tableClasses.name} href={requestHref(request.requestId)}>
              <code className={classes.id}>{request.requestId}</code>
            </Link>
          </td>
        </tr>
      ))}
    </DataTable>
  );
}
