import type { ProxyProblemCode } from "#lib/contracts/problem.ts";

const PASSING: ReadonlySet<ProxyProblemCode> = new Set([
  "no-usable-node",
  "nodes-cooling",
  "breakers-open",
  "nodes-out",
  "queue-full",
  "not-configured",
]);

/** Whether the same request may well be served a second later, or when its answer says so. */
export const mayHelpLater = (code: ProxyProblemCode): boolean => PASSING.has(code);
