import type pino from "pino";
import type { Name } from "./name.ts";

/** Says once what became of a name: where it goes now, or that it fails and which addresses are kept in use. */
export function logName(log: pino.Logger, { hostname, state }: Name): void {
  if (state.state === "resolved") log.info({ hostname, addresses: state.addresses }, "a node's name resolves");
  if (state.state !== "failing") return;
  const { cause, addresses, lastGoodMs } = state;
  log.warn(
    { hostname, cause, addresses, lastGoodMs },
    "a node's name fails to resolve; its last addresses stay in use",
  );
}
