import { isIPv6 } from "node:net";
import type { Environment } from "#lib/contracts/env.ts";

/** An address to reach a server on this machine that is bound to `bind`. */
export function reachable(bind: string): string {
  if (bind === "0.0.0.0") return "127.0.0.1";
  return bind === "::" ? "::1" : bind;
}

/** URL of a server on this machine that is bound to `bind`. */
export function httpAddress(bind: string, port: number, scheme: "http" | "https" = "http"): string {
  const host = reachable(bind);
  return `${scheme}://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

/** Where people find the dashboard. */
export const webAddress = (env: Environment): string =>
  env.GB_PUBLIC_URL ?? httpAddress(env.GB_WEB_BIND, env.GB_WEB_PORT);
