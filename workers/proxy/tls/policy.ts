// What the TLS listener agrees to: forward secrecy and authenticated encryption only (Mozilla's "intermediate", without DHE).
import type { SecureContextOptions } from "node:tls";

const CIPHERS = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
].join(":");

/** Of every certificate's context. Sessions are resumed by ticket for as long as the ticket's key is in use. */
export const POLICY: SecureContextOptions = {
  ciphers: CIPHERS,
  ecdhCurve: "X25519:P-256:P-384",
  maxVersion: "TLSv1.3",
  sessionIdContext: "gemini-balance",
  sessionTimeout: 86_400,
};

/** Protocols offered to clients (ALPN), the preferred first. */
export const PROTOCOLS: readonly string[] = ["h2", "http/1.1"];
