// Which setting would let the probe see what real requests meet. The first that applies: from the plainest to the subtlest.
import type { HealthCheck } from "#lib/contracts/config.ts";
import type { ProbeSuggestion } from "#lib/contracts/probe-truth.ts";

export interface SuggestionInput {
  readonly check: HealthCheck;
  readonly isEjectionOn: boolean;
  /** What requests failed of that the probe missed, the most frequent first. */
  readonly causes: readonly { cause: string; count: number }[];
  /** A path that requests failed at, most often; null: none is known. */
  readonly failingPath: string | null;
  readonly p99Ms: number | null;
}

type StatusRange = HealthCheck["http"]["statuses"][number];
type Value = ProbeSuggestion["settings"][number]["value"];
const suggest = (code: ProbeSuggestion["code"], ...settings: [string, Value][]): ProbeSuggestion => ({
  code,
  settings: settings.map(([path, value]) => ({ path: `healthCheck.${path}`, value })),
});

/** A check must wait longer than nearly all requests take. */
const TIMES_P99 = 3;
const LEAST_TIMEOUT_MS = 100;
const LEAST_INTERVAL_MS = 1_000;

type Family = "status" | "grpc" | "time" | "connect" | "answer";
function familyOf(cause: string): Family {
  if (cause.startsWith("status-")) return "status";
  if (cause.startsWith("grpc-")) return "grpc";
  if (/^(first-byte|body|request)-timeout$/.test(cause)) return "time";
  return /^(connection-reset|answer-truncated|bad-answer)$/.test(cause) ? "answer" : "connect";
}

/** The kind of failure that most requests met. */
function mainFamily(causes: SuggestionInput["causes"]): Family {
  const sums = new Map<Family, number>();
  for (const { cause, count } of causes) {
    const family = familyOf(cause);
    sums.set(family, (sums.get(family) ?? 0) + count);
  }
  return [...sums].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? "answer";
}

/** For a probe that says healthy while requests fail. */
export function suggestDeeper(input: SuggestionInput): ProbeSuggestion {
  const { check, isEjectionOn } = input;
  if (!check.enabled) return suggest("turn-on", ["enabled", true]);
  const family = mainFamily(input.causes);
  if (family === "grpc" && !check.grpc.enabled) return suggest("level-grpc", ["grpc.enabled", true]);
  const deeper = family === "connect" || family === "grpc" ? null : deeperRequest(input, family);
  if (deeper !== null) return deeper;
  if (!isEjectionOn) return { code: "passive", settings: [{ path: "ejection.enabled", value: true }] };
  if (check.intervalMs > LEAST_INTERVAL_MS)
    return suggest("interval", ["intervalMs", Math.max(LEAST_INTERVAL_MS, roundTo2(check.intervalMs / 2))]);
  return suggest("fall", ["fall", Math.max(1, check.fall - 1)]);
}

/** What the check would have to ask, or hold an answer to, to fail as the requests did; null: it does already. */
function deeperRequest(input: SuggestionInput, family: Family): ProbeSuggestion | null {
  const { check, causes, failingPath, p99Ms } = input;
  const path: [string, Value][] =
    failingPath === null || failingPath === check.http.path ? [] : [["http.path", failingPath]];
  if (!check.http.enabled) return suggest("level-http", ["http.enabled", true], ...path);
  const failed = causes.flatMap(({ cause }) => Number(/^status-(\d{3})$/.exec(cause)?.[1] ?? []) || []);
  if (failed.some((status) => check.http.statuses.some(({ from, to }) => status >= from && status <= to)))
    return suggest("statuses", ["http.statuses", withoutServerErrors(check.http.statuses)], ...path);
  if (path.length > 0) return suggest("path", ...path);
  const timeoutMs = p99Ms === null ? null : Math.max(LEAST_TIMEOUT_MS, roundTo2(p99Ms * TIMES_P99));
  if (family === "time" && timeoutMs !== null && timeoutMs < (check.http.timeoutMs ?? check.timeoutMs))
    return suggest("time-out", ["http.timeoutMs", timeoutMs]);
  if (check.business.enabled) return null;
  const asked: [string, Value][] = failingPath === null ? [] : [["business.path", failingPath]];
  return suggest("level-business", ["business.enabled", true], ...asked);
}

function withoutServerErrors(statuses: readonly StatusRange[]): StatusRange[] {
  const kept = statuses.filter(({ from }) => from < 500).map(({ from, to }) => ({ from, to: Math.min(to, 499) }));
  return kept.length === 0 ? [{ from: 100, to: 499 }] : kept;
}

/** For a probe that takes a node out that serves well. @param reasons what its checks found, the most frequent first */
export function suggestMilder(check: HealthCheck, reasons: readonly string[], p99Ms: number | null): ProbeSuggestion {
  const [reason = ""] = reasons;
  const status = Number(/^status-([1-5]\d\d)$/.exec(reason)?.[1] ?? 0);
  if (status > 0 && check.http.enabled) {
    const statuses = [...check.http.statuses, { from: status, to: status }];
    return suggest("accept-status", ["http.statuses", statuses]);
  }
  if (/timeout/.test(reason)) {
    const timeoutMs = Math.min(60_000, Math.max(2 * check.timeoutMs, roundTo2((p99Ms ?? 0) * TIMES_P99)));
    if (timeoutMs > check.timeoutMs) return suggest("patience", ["timeoutMs", timeoutMs]);
  }
  return suggest("patience", ["fall", Math.min(100, check.fall + 2)]);
}

/** To two figures, as people set them: 137 becomes 140. */
function roundTo2(ms: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, ms))) - 1);
  return Math.ceil(ms / unit) * unit;
}
