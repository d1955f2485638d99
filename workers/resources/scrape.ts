// Asks one node once: GET, no redirect is followed, nothing is read beyond the bound, and all of it within the time-out.
import type { LookupFunction } from "node:net";
import { checkDetail } from "#lib/contracts/check-detail.ts";
import type { ResourceReading } from "#lib/contracts/resources.ts";
import { nothingKnown } from "#lib/core/resources/current.ts";
import { parseExposition } from "#lib/core/resources/exposition.ts";
import { type CpuCounters, readResources } from "#lib/core/resources/reading.ts";
import { withoutSecrets } from "#workers/probes/hide.ts";
import { exchangeHttp } from "#workers/probes/http-exchange.ts";
import type { ScrapeTarget } from "./scrape-target.ts";

export interface Scraped {
  /** `ok`, or why nothing could be read at all. */
  readonly result: string;
  readonly reading: ResourceReading;
  readonly counters: CpuCounters | null;
}

const SHOWN_CHARACTERS = 500;

/**
 * @param before the counters of the answer before
 * @param nowMs tells the time by a clock that never goes back
 * Never rejects for what the node does: whatever goes wrong is the result.
 */
export async function scrape(
  target: ScrapeTarget,
  lookup: LookupFunction,
  before: CpuCounters | null,
  nowMs: () => number,
): Promise<Scraped> {
  const { timeoutMs, maxBodyBytes } = target.settings;
  const deadlines = { connectTimeoutMs: timeoutMs, timeoutMs };
  const request = { ...deadlines, method: "GET", bytes: target.request, maxBodyBytes };
  const { answer, fault } = await exchangeHttp(target.origin, request, lookup);
  const hide = (text: string): string => withoutSecrets(text, target.hidden).slice(0, SHOWN_CHARACTERS);
  const failed = (result: string, detail: string): Scraped => ({
    result,
    reading: nothingKnown(result, hide(detail)),
    counters: null,
  });
  const { status, whole } = answer;
  if (status !== null && status >= 300 && status <= 399)
    return failed("redirect", checkDetail("metrics-redirect", { status, to: hide(whole?.header("location") ?? "") }));
  if (status !== null && status !== 200)
    return failed(`status-${status}`, checkDetail("http-status", { found: status, ranges: "200" }));
  if (fault !== null || whole === null) return failed(fault?.reason ?? "closed-without-answer", fault?.detail ?? "");
  if (whole.isCut) return failed("body-too-large", checkDetail("metrics-too-long", { limit: maxBodyBytes }));
  const mustEnd = whole.header("content-type")?.toLowerCase().startsWith("application/openmetrics-text") ?? false;
  const exposition = parseExposition(whole.body, { wanted: target.plan.wanted, mustEnd });
  const { reading, counters } = readResources(exposition, target.plan, before, nowMs());
  return { result: "ok", reading: target.hidden.length > 0 ? shown(reading, hide) : bounded(reading), counters };
}

function shown(reading: ResourceReading, hide: (text: string) => string): ResourceReading {
  const { cpu, memory, backlog } = reading;
  const of = <R extends { state: string; detail?: string }>(one: R): R =>
    one.detail === undefined ? one : { ...one, detail: hide(one.detail) };
  return { cpu: of(cpu), memory: of(memory), backlog: of(backlog) };
}

const bounded = (reading: ResourceReading): ResourceReading =>
  shown(reading, (text) => text.slice(0, SHOWN_CHARACTERS));
