// One mapper from what a socket says to the stable code that people read, search for and alert on.

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
  CERT_HAS_EXPIRED: "certificate-expired",
  CERT_NOT_YET_VALID: "certificate-not-yet-valid",
  DEPTH_ZERO_SELF_SIGNED_CERT: "certificate-untrusted",
  SELF_SIGNED_CERT_IN_CHAIN: "certificate-untrusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "certificate-untrusted",
  UNABLE_TO_GET_ISSUER_CERT: "certificate-untrusted",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "certificate-untrusted",
  ERR_TLS_CERT_ALTNAME_INVALID: "certificate-wrong-name",
};

/** Stable code of a connection's fault. Several addresses tried: the first one's, as it is the preferred one. */
export function reasonOf(error: unknown): string {
  const fault = error instanceof AggregateError ? (error.errors[0] ?? error) : error;
  const code = (fault as { code?: unknown } | null)?.code;
  if (typeof code !== "string") return "connect-failed";
  const known = BY_CODE[code];
  if (known) return known;
  if (code.startsWith("ERR_SSL") || code.startsWith("ERR_TLS") || code === "EPROTO") return "tls-failed";
  return "connect-failed";
}
