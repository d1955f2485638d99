// What the client is told when the last attempt failed without an answer of a node.
import type { ProxyProblemCode } from "#lib/contracts/problem.ts";
import type { Outcome } from "#lib/core/classify.ts";
import { isTlsCause } from "#lib/core/tls-cause.ts";

export function problemOf({ kind, cause }: Outcome): { code: ProxyProblemCode; detail: string } {
  if (kind === "timeout" || cause === "connect-timeout")
    return { code: "gateway-timeout", detail: `the node did not answer in time (${cause})` };
  if (kind === "connect-fault" && isTlsCause(cause))
    return { code: "tls-fault", detail: `the node's TLS is not as asked for (${cause})` };
  if (kind === "connect-fault") return { code: "connect-failed", detail: `no connection to the node (${cause})` };
  return { code: "bad-gateway", detail: `the node's answer failed (${cause})` };
}

/** What the client is told when there was not even an attempt. */
export const DETAILS: Partial<Record<ProxyProblemCode, string>> = {
  "queue-full": "all nodes are busy and the queue is full",
  "queue-timeout": "no node became free in time",
};
