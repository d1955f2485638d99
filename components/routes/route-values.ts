// What the form of a route holds, and how it becomes the API's input: empty fields are conditions that do not exist, and
// of the three things that a route may do only the chosen one is sent.
import {
  type EditValues,
  editPath,
  editsInput,
  editValues,
  headerRecord,
  headerRows,
  NO_EDITS,
  rowFaults,
  rowPath,
} from "#components/forms/header-edits.ts";
import type { HeaderRow } from "#components/forms/header-rows.tsx";
import type { FieldFault } from "#lib/client/forms.ts";
import type { RateLimitKey, RouteHedge, RouteRecording } from "#lib/contracts/config.ts";
import type { RouteView } from "#lib/contracts/views.ts";

export const TARGET_KINDS = ["pool", "redirect", "respond"] as const;
export type TargetKind = (typeof TARGET_KINDS)[number];

/** `""`: as its pool. */
export type RecordingValues = {
  enabled: "" | "on" | "off";
  sampleRatio: number | string;
  slowMs: number | string;
  logRatio: number | string;
};

export type RouteValues = {
  name: string;
  host: string;
  pathPrefix: string;
  method: string;
  headers: HeaderRow[];
  kind: TargetKind;
  poolId: string;
  redirect: { status: string; location: string };
  respond: { status: number | string; contentType: string; headers: HeaderRow[]; body: string };
  pathRewrite: string;
  requestHeaders: EditValues;
  responseHeaders: EditValues;
  maxBodyBytes: number | string;
  requestClass: string;
  hedge: RouteHedge;
  recording: RecordingValues;
  isLimited: boolean;
  rateLimit: {
    requests: number | string;
    windowMs: number | string;
    burst: number | string;
    keyFrom: RateLimitKey["from"];
    keyName: string;
  };
};

export const newRoute = (poolIds: readonly string[]): RouteValues => ({
  name: "",
  host: "",
  pathPrefix: "",
  method: "",
  headers: [],
  kind: poolIds.length > 0 ? "pool" : "respond",
  poolId: poolIds.length === 1 ? (poolIds[0] ?? "") : "",
  redirect: { status: "302", location: "" },
  respond: { status: 503, contentType: "text/plain; charset=utf-8", headers: [], body: "" },
  pathRewrite: "",
  requestHeaders: NO_EDITS,
  responseHeaders: NO_EDITS,
  maxBodyBytes: 0,
  requestClass: "",
  hedge: "safe",
  recording: { enabled: "", sampleRatio: "", slowMs: "", logRatio: "" },
  isLimited: false,
  rateLimit: { requests: 100, windowMs: 60_000, burst: 0, keyFrom: "client-address", keyName: "" },
});

export function routeValues(route: RouteView): RouteValues {
  const { name, match, poolId, action, rateLimit, maxBodyBytes } = route;
  const empty = newRoute([]);
  return {
    ...empty,
    name,
    host: match.host ?? "",
    pathPrefix: match.pathPrefix ?? "",
    method: match.method ?? "",
    headers: headerRows(match.headers),
    kind: action?.kind ?? "pool",
    poolId: poolId ?? "",
    redirect:
      action?.kind === "redirect" ? { status: String(action.status), location: action.location } : empty.redirect,
    respond: action?.kind === "respond" ? { ...action, headers: headerRows(action.headers) } : empty.respond,
    pathRewrite: route.pathRewrite ?? "",
    requestHeaders: editValues(route.requestHeaders),
    responseHeaders: editValues(route.responseHeaders),
    maxBodyBytes,
    requestClass: route.requestClass,
    hedge: route.hedge,
    recording: recordingValues(route.recording),
    isLimited: rateLimit !== null,
    rateLimit: rateLimit
      ? { ...rateLimit, keyFrom: rateLimit.key.from, keyName: "name" in rateLimit.key ? rateLimit.key.name : "" }
      : empty.rateLimit,
  };
}

const recordingValues = ({ enabled, sampleRatio, slowMs, logRatio }: RouteRecording): RecordingValues => ({
  enabled: enabled === null ? "" : enabled ? "on" : "off",
  sampleRatio: sampleRatio ?? "",
  slowMs: slowMs ?? "",
  logRatio: logRatio ?? "",
});
const orNull = (value: number | string) => (value === "" ? null : value);
const recordingInput = ({ enabled, sampleRatio, slowMs, logRatio }: RecordingValues) => ({
  enabled: enabled === "" ? null : enabled === "on",
  sampleRatio: orNull(sampleRatio),
  slowMs: orNull(slowMs),
  logRatio: orNull(logRatio),
});

export const keyNeedsName = (from: RateLimitKey["from"]): boolean =>
  from === "header" || from === "cookie" || from === "query";

export function routeInput(values: RouteValues) {
  const headers = headerRecord(values.headers);
  const isPool = values.kind === "pool";
  return {
    name: values.name,
    poolId: isPool ? values.poolId : null,
    action: actionInput(values),
    match: {
      ...(values.host.trim() && { host: values.host }),
      ...(values.pathPrefix.trim() && { pathPrefix: values.pathPrefix.trim() }),
      ...(values.method.trim() && { method: values.method.trim() }),
      ...(Object.keys(headers).length > 0 && { headers }),
    },
    pathRewrite: isPool && values.pathRewrite.trim() !== "" ? values.pathRewrite.trim() : null,
    requestHeaders: editsInput(isPool ? values.requestHeaders : NO_EDITS),
    responseHeaders: editsInput(values.responseHeaders),
    maxBodyBytes: isPool ? values.maxBodyBytes : 0,
    requestClass: isPool ? values.requestClass : "",
    hedge: isPool ? values.hedge : "safe",
    recording: recordingInput(values.recording),
    rateLimit: values.isLimited ? limitInput(values.rateLimit) : null,
  };
}

function actionInput({ kind, redirect, respond }: RouteValues) {
  if (kind === "pool") return null;
  if (kind === "redirect") return { kind, status: Number(redirect.status), location: redirect.location };
  const { status, contentType, headers, body } = respond;
  return { kind, status, contentType, headers: headerRecord(headers), body };
}

function limitInput({ requests, windowMs, burst, keyFrom, keyName }: RouteValues["rateLimit"]) {
  const key = keyNeedsName(keyFrom) ? { from: keyFrom, name: keyName.trim() } : { from: keyFrom };
  return { requests, windowMs, burst, key };
}

/** Faults stand at the form's own fields; a header is found by its name. */
export function routePath(path: readonly (string | number)[], values: RouteValues): string {
  const [part, field, ...deeper] = path;
  switch (part) {
    case "match":
      if (field !== "headers") return String(field ?? "pathPrefix");
      return rowPath(values.headers, "headers", deeper[0]);
    case "action":
      if (field === undefined) return "poolId";
      if (field === "headers") return rowPath(values.respond.headers, "respond.headers", deeper[0]);
      return `${values.kind}.${field}`;
    case "requestHeaders":
    case "responseHeaders":
      // Rows that the form itself finds fault with are told by their place.
      return deeper.length > 1 ? path.join(".") : editPath(values[part], part, path.slice(1));
    case "rateLimit":
      return field === "key" ? `rateLimit.${deeper[0] === "name" ? "keyName" : "keyFrom"}` : path.join(".");
    default:
      return path.join(".");
  }
}

/** Two rows for one header, or one without a name, cannot be told by the records that the API takes. */
export const headerFaults = (values: RouteValues): FieldFault[] => [
  ...rowFaults(values.headers, ["headers"]),
  ...(values.kind === "pool" ? rowFaults(values.requestHeaders.set, ["requestHeaders", "set"]) : []),
  ...(values.kind === "respond" ? rowFaults(values.respond.headers, ["respond", "headers"]) : []),
  ...rowFaults(values.responseHeaders.set, ["responseHeaders", "set"]),
];
