// Why TLS with a node came to nothing, as the stable code that people read, search for and alert on: for probes and requests.

const CAUSES: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "certificate-expired",
  CERT_NOT_YET_VALID: "certificate-not-yet-valid",
  DEPTH_ZERO_SELF_SIGNED_CERT: "certificate-untrusted",
  SELF_SIGNED_CERT_IN_CHAIN: "certificate-untrusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "certificate-untrusted",
  UNABLE_TO_GET_ISSUER_CERT: "certificate-untrusted",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "certificate-untrusted",
  CERT_UNTRUSTED: "certificate-untrusted",
  INVALID_CA: "certificate-untrusted",
  CERT_SIGNATURE_FAILURE: "certificate-untrusted",
  CERT_REVOKED: "certificate-revoked",
  HOSTNAME_MISMATCH: "certificate-wrong-name",
  ERR_TLS_CERT_ALTNAME_INVALID: "certificate-wrong-name",
};

/** The cause that an error's `code` stands for; null when it has nothing to do with TLS. */
export function tlsCause(errorCode: string): string | null {
  const known = CAUSES[errorCode];
  if (known !== undefined) return known;
  return /^(ERR_SSL|ERR_TLS|EPROTO$)|CERT|UNABLE_TO_/.test(errorCode) ? "tls-failed" : null;
}

/** Whether a cause is one of those. */
export const isTlsCause = (cause: string): boolean => cause.startsWith("certificate-") || cause === "tls-failed";
