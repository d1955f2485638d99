// What the client is told when the last attempt failed without an answer of a node.
import type { ProxyProblemCode } from "#lib/contracts/problem.ts";
import type { Outcome } from "#lib/core/classify.ts";
import { isTlsCause } from "#lib/core/tls-cause.ts";

/** Each time limit has a code of its own. */
const TIMEOUTS: Record<string, { code: ProxyProblemCode; detail: string }> = {
  "connect-timeout": { code: "connect-timeout", detail: "no connection to the node came about in time" },
  "first-byte-timeout": { code: "first-byte-timeout", detail: "the node did not begin to answer in time" },
  "body-timeout": { code: "answer-body-timeout", detail: "the node's answer stopped coming within its body" },
};

export function problemOf({ kind, cause }: Outcome): { code: ProxyProblemCode; detail: string } {
  const late = TIMEOUTS[cause];
  if (late) return late;
  if (kind === "connect-fault" && isTlsCause(cause))
    return { code: "tls-fault", detail: `the node's TLS is not as asked for (${cause})` };
  if (kind === "connect-fault") return { code: "connect-failed", detail: `no connection to the node (${cause})` };
  return { code: "bad-gateway", detail: `the node's answer failed (${cause})` };
}

/** What the client is told when there was not even an attempt. */
export const DETAILS: Partial<Record<ProxyProblemCode, string>> = {
  "payload-too-large": "the body is larger than the route allows",
  "request-timeout": "the request was not answered whole in time",
  "proxy-stopping": "this proxy process ends, and the time to finish what was in flight is over",
};
