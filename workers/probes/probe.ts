// One check of one node: the levels asked for, over as few new connections as tell them apart. A level whose request is the
// same as another's shares it. A node that cannot be connected to fails all of them at once, and is not tried again.

import type { LookupFunction } from "node:net";
import { checkDetail } from "#lib/contracts/check-detail.ts";
import { CHECK_LEVELS, type CheckLevel } from "#lib/contracts/config.ts";
import type { LevelVerdict } from "#lib/core/health.ts";
import { ConnectExchange, type Deadlines, type ExchangeResult, type Fault } from "./exchange.ts";
import { exchangeGrpc } from "./grpc-exchange.ts";
import { withoutSecrets } from "./hide.ts";
import { exchangeHttp } from "./http-exchange.ts";
import { exchangeHttp2 } from "./http2-exchange.ts";
import type { ProbeTarget } from "./target.ts";

type Verdicts = Map<CheckLevel, LevelVerdict>;

/**
 * Checks `levels` of a node once, plainest first. Never rejects for what the node does: whatever goes wrong is the verdict.
 * @returns a verdict for each of them, in the order of CHECK_LEVELS.
 */
export async function probe(
  target: ProbeTarget,
  levels: readonly CheckLevel[],
  lookup: LookupFunction,
): Promise<LevelVerdict[]> {
  const verdicts: Verdicts = new Map();
  for (const step of stepsOf(target, levels)) {
    const connected = await STEPS[step.kind](target, step.levels, levels, lookup, verdicts);
    if (!connected) break;
  }
  return CHECK_LEVELS.filter((level) => levels.includes(level)).map((level) =>
    shown(verdicts.get(level) as LevelVerdict, target.hidden),
  );
}

const shown = (verdict: LevelVerdict, hidden: readonly string[]): LevelVerdict =>
  verdict.detail === "" || hidden.length === 0
    ? verdict
    : { ...verdict, detail: withoutSecrets(verdict.detail, hidden) };

type Step = { kind: keyof typeof STEPS; levels: readonly CheckLevel[] };

function stepsOf(target: ProbeTarget, levels: readonly CheckLevel[]): Step[] {
  const steps: Step[] = [];
  const [http, business] = [levels.includes("http"), levels.includes("business")];
  if (http && business && isOneRequest(target)) steps.push({ kind: "http", levels: ["http", "business"] });
  else {
    if (http) steps.push({ kind: "http", levels: ["http"] });
    if (business) steps.push({ kind: "http", levels: ["business"] });
  }
  if (levels.includes("grpc")) steps.push({ kind: "grpc", levels: ["grpc"] });
  return steps.length === 0 ? [{ kind: "connect", levels: [] }] : steps;
}

const isOneRequest = (target: ProbeTarget): boolean =>
  timeoutOf(target, "http") === timeoutOf(target, "business") && target.requests.http.equals(target.requests.business);

const timeoutOf = ({ plan }: ProbeTarget, level: CheckLevel): number =>
  plan.levels.find((one) => one.level === level)?.timeoutMs ?? plan.settings.timeoutMs;

function deadlines(target: ProbeTarget, level: CheckLevel, levels: readonly CheckLevel[]): Deadlines {
  const timeoutMs = timeoutOf(target, level);
  const connectTimeoutMs = levels.includes("tcp") ? Math.min(timeoutMs, timeoutOf(target, "tcp")) : timeoutMs;
  return { connectTimeoutMs, timeoutMs };
}

/** Carries out a step and adds its verdicts. @returns whether the node could be connected to. */
type CarryOut = (
  target: ProbeTarget,
  own: readonly CheckLevel[],
  levels: readonly CheckLevel[],
  lookup: LookupFunction,
  verdicts: Verdicts,
) => Promise<boolean>;

const STEPS = { connect: carryOutConnect, http: carryOutHttp, grpc: carryOutGrpc } satisfies Record<string, CarryOut>;

async function carryOutConnect(...[target, , levels, lookup, verdicts]: Parameters<CarryOut>): Promise<boolean> {
  const within = deadlines(target, "tcp", levels);
  const result = await new Promise<ExchangeResult<null>>(
    (resolve) => new ConnectExchange(target.origin, target.application, lookup, within, null, resolve),
  );
  return takeConnect(result, levels, verdicts);
}

async function carryOutHttp(...[target, own, levels, lookup, verdicts]: Parameters<CarryOut>): Promise<boolean> {
  const [first] = own as [CheckLevel];
  const { settings, judge } = target.plan;
  const readsBody = own.includes("business");
  const exchange = target.application === "h2" ? exchangeHttp2 : exchangeHttp;
  const result = await exchange(
    target.origin,
    {
      ...deadlines(target, first, levels),
      method: settings[first === "http" ? "http" : "business"].method,
      bytes: target.requests[first === "http" ? "http" : "business"],
      maxBodyBytes: readsBody ? settings.business.maxBodyBytes : null,
    },
    lookup,
  );
  if (!takeConnect(result, levels, verdicts)) return false;
  if (own.includes("http")) {
    const { status, statusMs } = result.answer;
    const fault = status === null ? result.fault : statusFault(status, settings.http.statuses);
    verdicts.set("http", verdict("http", fault, status === null ? result.totalMs : statusMs));
  }
  if (readsBody) {
    const { status, whole } = result.answer;
    const fault = (status === null ? null : statusFault(status, settings.business.statuses)) ?? result.fault;
    verdicts.set("business", verdict("business", fault ?? (whole && judge(whole)), result.totalMs));
  }
  return true;
}

async function carryOutGrpc(...[target, , levels, lookup, verdicts]: Parameters<CarryOut>): Promise<boolean> {
  const { service } = target.plan.settings.grpc;
  const result = await exchangeGrpc(
    target.origin,
    { ...deadlines(target, "grpc", levels), service, ...target.grpc },
    lookup,
  );
  if (!takeConnect(result, levels, verdicts)) return false;
  verdicts.set("grpc", verdict("grpc", result.fault, result.totalMs));
  return true;
}

/** What an exchange says of the connection: the `tcp` level's verdict, and without one that of every level left. */
function takeConnect(
  { connectMs, totalMs, fault }: ExchangeResult<unknown>,
  levels: readonly CheckLevel[],
  verdicts: Verdicts,
): boolean {
  if (connectMs !== null) {
    if (levels.includes("tcp") && !verdicts.has("tcp")) verdicts.set("tcp", verdict("tcp", null, connectMs));
    return true;
  }
  for (const level of levels) if (!verdicts.has(level)) verdicts.set(level, verdict(level, fault, totalMs));
  return false;
}

const verdict = (level: CheckLevel, fault: Fault | null, latencyMs: number): LevelVerdict => ({
  level,
  ok: fault === null,
  reason: fault?.reason ?? "ok",
  detail: fault?.detail ?? "",
  latencyMs,
});

type Ranges = readonly { readonly from: number; readonly to: number }[];

function statusFault(status: number, ranges: Ranges): Fault | null {
  if (ranges.some((range) => status >= range.from && status <= range.to)) return null;
  const expected = ranges.map(({ from, to }) => (from === to ? String(from) : `${from}–${to}`)).join(", ");
  return { reason: `status-${status}`, detail: checkDetail("http-status", { found: status, ranges: expected }) };
}
