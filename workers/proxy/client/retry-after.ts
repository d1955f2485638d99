import type { ProxyProblemCode } from "#lib/contracts/problem.ts";

/** Whether the same request may well be served a second later. */
export const mayHelpLater = (code: ProxyProblemCode): boolean =>
  code === "no-usable-node" || code === "queue-full" || code === "not-configured";
