// A request as a line of the access log. Names are stable: programs read them.
import type { AccessLogSettings } from "#lib/contracts/config.ts";
import type { RequestRecord } from "#lib/contracts/requests.ts";
import { kindOf, phasesOf } from "./attempts.ts";
import { keptQuery } from "./query.ts";

/** @param process index of the process */
export function accessLine(record: RequestRecord, settings: AccessLogSettings, process: number): string {
  const { atMs, attempts, picks: _, clientAddress, kept, query, ...rest } = record;
  const line = {
    type: "access",
    time: new Date(atMs).toISOString(),
    process: `proxy-${process}`,
    ...rest,
    query: keptQuery(query, settings.query),
    why: kept,
    nodeId: attempts.at(-1)?.nodeId ?? null,
    ...(settings.clientAddress && { clientAddress }),
    ...(settings.attempts && {
      attempts: attempts.map((attempt, at) => ({
        nodeId: attempt.nodeId,
        kind: kindOf(attempts, at),
        startMs: attempt.startMs,
        reused: attempt.reused,
        phasesMs: phasesOf(attempt),
        status: attempt.status,
        cause: attempt.cause,
      })),
    }),
  };
  return `${JSON.stringify(line)}\n`;
}
