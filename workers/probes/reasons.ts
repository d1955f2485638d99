// One mapper from what a socket says to the stable code that people read, search for and alert on.
import { tlsCause } from "#lib/core/tls-cause.ts";

const BY_CODE: Record<string, string> = {
  ECONNREFUSED: "connect-refused",
  ECONNRESET: "connection-reset",
  EPIPE: "connection-reset",
  ETIMEDOUT: "connect-timeout",
  EHOSTUNREACH: "host-unreachable",
  EHOSTDOWN: "host-unreachable",
  ENETUNREACH: "network-unreachable",
  EADDRNOTAVAIL: "no-local-address",
  EMFILE: "no-file-descriptors",
  ENFILE: "no-file-descriptors",
  ENOTFOUND: "name-not-found",
  EAI_AGAIN: "name-lookup-failed",
  EAI_FAIL: "name-lookup-failed",
  EAI_NODATA: "name-not-found",
};

/** Stable code of a connection's fault. Several addresses tried: the first one's, as it is the preferred one. */
export function reasonOf(error: unknown): string {
  const fault = error instanceof AggregateError ? (error.errors[0] ?? error) : error;
  const code = (fault as { code?: unknown } | null)?.code;
  if (typeof code !== "string") return "connect-failed";
  const known = BY_CODE[code];
  return known ?? tlsCause(code) ?? "connect-failed";
}
