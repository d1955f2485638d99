// What one attempt at a node came to. `counts` is what breaker, ejection and latency make of it: 5xx and faults of the
// node are failures; a client that left says nothing about the node, and 429 says that it lives (linkerd: no failure).
import { tlsCause } from "./tls-cause.ts";

export type OutcomeKind =
  | "answered"
  | "throttled"
  /** 429 or 503, and the node said when to come again. */
  | "resting"
  | "server-error"
  | "connect-fault"
  | "timeout"
  | "reset"
  | "truncated"
  | "protocol-fault"
  | "client-abort"
  | "superseded";

export interface Outcome {
  readonly kind: OutcomeKind;
  readonly counts: "success" | "failure" | "neither";
  /** Stable code of the culprit: `status-503`, `connect-refused`, `first-byte-timeout`, ... */
  readonly cause: string;
  /** Of the answer; null when there was none. */
  readonly status: number | null;
}

const OUTCOMES_BY_STATUS: readonly Outcome[] = Array.from({ length: 1_000 }, (_, status): Outcome => {
  if (status === 429) return { kind: "throttled", counts: "neither", cause: "status-429", status };
  if (status >= 500 && status < 600)
    return { kind: "server-error", counts: "failure", cause: `status-${status}`, status };
  return { kind: "answered", counts: "success", cause: "ok", status };
});

/** Outcome of a whole answer, by its status (100–999). Shared objects: nothing is allocated. */
export function classifyStatus(status: number): Outcome {
  const outcome = OUTCOMES_BY_STATUS[status];
  if (!outcome) throw new RangeError(`status must be below 1000, was ${status}`);
  return outcome;
}

const RESTS: Readonly<Record<429 | 503, Outcome>> = {
  429: { kind: "resting", counts: "neither", cause: "status-429", status: 429 },
  503: { kind: "resting", counts: "neither", cause: "status-503", status: 503 },
};
/** Outcome of an answer that asked for rest (lib/core/cooling.ts): the node lives, and has not failed. */
export const classifyRest = (status: 429 | 503): Outcome => RESTS[status];

const failure = (kind: OutcomeKind, cause: string): Outcome => ({ kind, counts: "failure", cause, status: null });

const CONNECT_CAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connect-refused",
  ECONNRESET: "connect-reset",
  ETIMEDOUT: "connect-timeout",
  EHOSTUNREACH: "host-unreachable",
  EHOSTDOWN: "host-unreachable",
  ENETUNREACH: "network-unreachable",
  ENETDOWN: "network-unreachable",
  ENOTFOUND: "name-not-found",
  EAI_AGAIN: "name-lookup-failed",
  EAI_FAIL: "name-lookup-failed",
  EADDRNOTAVAIL: "no-local-port",
  EMFILE: "no-file-descriptor",
  ENFILE: "no-file-descriptor",
};

/** Faults of this host, not of the node: they must not eject it. */
const OWN_FAULTS: ReadonlySet<string> = new Set(["no-local-port", "no-file-descriptor"]);

/** The code of a connection that could not be made, from the `code` of the socket's error; also for probes. */
export function connectCause(errorCode: string | undefined): string {
  if (errorCode === undefined) return "connect-failed";
  return CONNECT_CAUSES[errorCode] ?? tlsCause(errorCode) ?? "connect-failed";
}

/** No connection could be made: nothing was sent. */
export function connectFault(errorCode: string | undefined): Outcome {
  const cause = connectCause(errorCode);
  return { kind: "connect-fault", counts: OWN_FAULTS.has(cause) ? "neither" : "failure", cause, status: null };
}

export const OUTCOMES = {
  connectTimeout: failure("connect-fault", "connect-timeout"),
  firstByteTimeout: failure("timeout", "first-byte-timeout"),
  bodyTimeout: failure("timeout", "body-timeout"),
  /** The time for the whole request ran out while the node was awaited. */
  requestTimeout: failure("timeout", "request-timeout"),
  /** It ran out while the client was: that says nothing of the node. */
  requestTimeoutOfClient: { kind: "timeout", counts: "neither", cause: "request-timeout", status: null },
  /** The connection broke before the answer's head was whole. */
  reset: failure("reset", "connection-reset"),
  /** It broke, or was closed, within the answer's body. */
  truncated: failure("truncated", "answer-truncated"),
  protocolFault: failure("protocol-fault", "bad-answer"),
  /** The node said that it did nothing with the request: it takes no more of them, or none on this connection. */
  refused: { kind: "reset", counts: "neither", cause: "stream-refused", status: null },
  /** Another node was asked too, and was quicker. */
  superseded: { kind: "superseded", counts: "neither", cause: "superseded", status: null },
  clientAbort: { kind: "client-abort", counts: "neither", cause: "client-abort", status: null },
} as const satisfies Record<string, Outcome>;
