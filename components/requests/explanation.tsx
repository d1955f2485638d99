"use client";
import { useQuery } from "@tanstack/react-query";
import type { Route } from "next";
import { useTranslations } from "next-intl";
import { EmptyState } from "#components/data/empty-state.tsx";
import { Link } from "#components/data/link.tsx";
import { Panel } from "#components/data/panel.tsx";
import { QueryView } from "#components/data/query-view.tsx";
import { Time } from "#components/data/time.tsx";
import { useReasonText } from "#components/nodes/use-reason-text.ts";
import { ApiError } from "#lib/client/api.ts";
import { MISSING } from "#lib/client/format.ts";
import { requestQuery } from "#lib/client/request-queries.ts";
import { useFormats } from "#lib/client/use-formats.ts";
import type { RequestDetail } from "#lib/contracts/requests.ts";
import { CandidateTable } from "./candidate-table.tsx";
import { isBad } from "./request-table.tsx";
import classes from "./requests.module.css";
import { Waterfall } from "./waterfall.tsx";

/** All that is known of the requests with this id. */
export function Explanation({ requestId }: { requestId: string }) {
  const t = useTranslations("requests");
  const query = useQuery(requestQuery(requestId));
  const back = (
    <Link className={classes.link} href={"/requests" as Route}>
      {t("back")}
    </Link>
  );
  if (query.error instanceof ApiError && query.error.code === "not-found" && query.data === undefined)
    return (
      <Panel title={<code className={classes.id}>{requestId}</code>} aside={back}>
        <EmptyState title={t("unknown")} text={t("unknownText")} />
      </Panel>
    );
  return (
    <QueryView query={query}>
      {({ items }) => (
        <>
          <p>{back}</p>
          {items.length > 1 && <p className={classes.note}>{t("several", { count: items.length })}</p>}
          {items.map((request) => (
            <OneRequest key={request.id} request={request} />
          ))}
        </>
      )}
    </QueryView>
  );
}

function OneRequest({ request }: { request: RequestDetail }) {
  const t = useTranslations("requests");
  return (
    <>
      <Panel
        title={<code className={classes.id}>{request.requestId}</code>}
        hint={<Time at={request.at} />}
        aside={request.kept.map((kept) => t(`kept.${kept}`)).join(", ")}
      >
        <Verdict request={request} />
        <Facts request={request} />
      </Panel>
      <Panel title={t("attempts")} hint={t("attemptsHint")} flush>
        {request.attempts.length === 0 ? (
          <EmptyState title={t("noAttempts")} text={t("noAttemptsText")} />
        ) : (
          <Waterfall request={request} />
        )}
      </Panel>
      {request.picks.map((pick, at) => (
        <CandidateTable key={`${pick.when} ${pick.attempt} ${at.toString()}`} pick={pick} request={request} />
      ))}
    </>
  );
}

/** How it ended, in a sentence. */
function Verdict({ request }: { request: RequestDetail }) {
  const t = useTranslations("requests");
  const reasonText = useReasonText();
  const { status, code, cause, attempts } = request;
  const why = code ?? reasonText(cause);
  const text =
    status === null
      ? t("verdict.left")
      : code !== null
        ? t("verdict.own", { status, code, attempts: attempts.length })
        : isBad(request)
          ? t("verdict.bad", { status, why, attempts: attempts.length })
          : t("verdict.good", { status, attempts: attempts.length });
  return (
    <p className={classes.verdict} data-bad={isBad(request) || undefined}>
      {text}
      {code !== null && code !== cause && ` ${t("verdict.cause", { cause: reasonText(cause) })}`}
    </p>
  );
}

function Facts({ request }: { request: RequestDetail }) {
  const t = useTranslations("requests.facts");
  const pools = useTranslations("pools");
  const formats = useFormats();
  const { method, host, path, query, poolId, routeId, revision, algorithm } = request;
  const link = (href: string, text: string) => (
    <Link className={classes.link} href={href as Route}>
      {text}
    </Link>
  );
  const algorithmKey = `algorithm.${algorithm}` as "algorithm.least-time";
  const facts: [string, React.ReactNode][] = [
    [
      t("request"),
      method === "" ? MISSING : <code key="target" className={classes.id}>{`${method} ${host}${path}${query}`}</code>,
    ],
    [t("protocol"), request.protocol || MISSING],
    [t("route"), routeId === null ? t("noRoute") : link("/routes", request.routeName ?? t("gone"))],
    [t("pool"), poolId === null ? MISSING : link(`/pools/${poolId}`, request.poolName ?? t("gone"))],
    [
      t("revision"),
      revision === null ? (
        MISSING
      ) : (
        <>
          {link(`/changes?revision=${revision}`, String(revision))}
          {request.arm !== null && ` · ${t(`arm.${request.arm}`)}`}
        </>
      ),
    ],
    [t("algorithm"), algorithm === null ? MISSING : pools.has(algorithmKey) ? pools(algorithmKey) : algorithm],
    [t("queue"), formats.msUnit(request.queueMs)],
    [t("firstByte"), formats.msUnit(request.firstByteMs)],
    [t("took"), formats.msUnit(request.tookMs)],
    [t("bytes"), t("inOut", { in: formats.integer(request.bytesIn), out: formats.integer(request.bytesOut) })],
    [t("worker"), request.workerId],
    [t("client"), request.clientAddress ?? t("clientHidden")],
  ];
  return (
    <dl className={classes.facts}>
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
