// What the times of attempts tell: how each came about, and how long its phases took.
import type { KeptBecause, RequestAttempt, RequestAttemptView } from "#lib/contracts/requests.ts";

type Kind = RequestAttemptView["kind"];

/** How the attempt at `at` came about: one that begins while another is out is a copy of it. */
export function kindOf(attempts: readonly RequestAttempt[], at: number): Kind {
  const own = attempts[at] as RequestAttempt;
  const earlier = attempts.filter((other, i) => i !== at && isBefore(other, i, own, at));
  if (earlier.length === 0) return "first";
  const beside = earlier.findLast((other) => other.endMs > own.startMs && !hasAnsweredBy(other, own.startMs));
  if (beside === undefined) return "retry";
  const wasConnecting = !beside.reused && (beside.connectedMs === null || beside.connectedMs > own.startMs);
  return wasConnecting ? "race" : "hedge";
}

const isBefore = (other: RequestAttempt, i: number, own: RequestAttempt, at: number): boolean =>
  other.startMs < own.startMs || (other.startMs === own.startMs && i < at);

/** One whose answer had come is not waited for any more: it is held in case no node does better. */
const hasAnsweredBy = ({ firstByteMs }: RequestAttempt, ms: number): boolean =>
  firstByteMs !== null && firstByteMs <= ms;

/** Milliseconds of each phase. They add up to the time from the attempt's start to its end. */
export function phasesOf(attempt: RequestAttempt): RequestAttemptView["phases"] {
  const { startMs, reused, tcpMs, connectedMs, sentMs, firstByteMs, endMs } = attempt;
  const readyMs = reused ? startMs : connectedMs;
  const span = (from: number | null, to: number | null) =>
    from === null ? null : Math.max(0, round((to ?? endMs) - from));
  return {
    connect: reused ? null : span(startMs, tcpMs ?? connectedMs),
    tls: tcpMs === null ? null : span(tcpMs, connectedMs),
    write: readyMs === null || sentMs === null ? null : span(readyMs, sentMs),
    firstByte: readyMs === null ? null : span(sentMs ?? readyMs, firstByteMs),
    body: span(firstByteMs, endMs),
  };
}

const round = (ms: number): number => Math.round(ms * 1_000) / 1_000;

/** Whether one was retried, and whether one was copied. */
export function repeatsOf(attempts: readonly RequestAttempt[]): Extract<KeptBecause, "retried" | "hedged">[] {
  const kinds = attempts.map((_, at) => kindOf(attempts, at));
  return [
    ...(kinds.includes("retry") ? (["retried"] as const) : []),
    ...(kinds.includes("hedge") || kinds.includes("race") ? (["hedged"] as const) : []),
  ];
}
