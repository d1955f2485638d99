// Agrees on TLS with clients, by the certificates and settings of one moment. When those change another one is made: what it
// has in hand, and every connection that it brought about, goes on.
import tls from "node:tls";
import type { TlsListenerSettings } from "#lib/contracts/config.ts";
import { indexNames, type NameIndex } from "#lib/core/certificates/names.ts";
import type { OpenCertificate } from "./certificates.ts";
import { POLICY, PROTOCOLS } from "./policy.ts";

export interface HandshakerOptions {
  certificates: readonly OpenCertificate[];
  settings: TlsListenerSettings;
  /** 48 bytes that sibling processes have, too: each resumes the sessions of the others. */
  ticketKeys: Buffer;
  nowMs: number;
  onSecured: (socket: tls.TLSSocket) => void;
  onFailed: (socket: tls.TLSSocket, cause: Error) => void;
}

/** A server that never listens: connections are put into it by its `connection` event. */
export function makeHandshaker(options: HandshakerOptions): tls.Server {
  const { certificates, settings, ticketKeys, nowMs, onSecured, onFailed } = options;
  const { minVersion, handshakeMs, clientAuth, clientAuthorities } = settings;
  // Left out, whoever the system trusts would be trusted: the contract asks for them.
  const shared = { ...POLICY, minVersion, ...(clientAuth !== "none" && { ca: clientAuthorities }) };
  const contexts = new Contexts(indexNames(certificates, nowMs), shared);
  const server = tls.createServer({
    ...shared,
    ...contexts.fallbackPair,
    ticketKeys,
    allowHalfOpen: true,
    handshakeTimeout: handshakeMs,
    ALPNProtocols: [...PROTOCOLS],
    requestCert: clientAuth !== "none",
    rejectUnauthorized: clientAuth === "required",
    SNICallback: (serverName, answer) => {
      try {
        answer(null, contexts.forName(serverName));
      } catch (cause) {
        answer(cause as Error);
      }
    },
  });
  server.on("secureConnection", onSecured);
  server.on("tlsClientError", (cause, socket) => onFailed(socket, cause));
  return server;
}

/** A context for each certificate, made when a client first asks for it. */
class Contexts {
  readonly #index: NameIndex<OpenCertificate>;
  readonly #shared: tls.SecureContextOptions;
  readonly #made = new Map<OpenCertificate, tls.SecureContext>();

  constructor(index: NameIndex<OpenCertificate>, shared: tls.SecureContextOptions) {
    this.#index = index;
    this.#shared = shared;
  }

  get fallbackPair(): tls.SecureContextOptions {
    const { fallback } = this.#index;
    return fallback === null ? {} : { cert: fallback.chain, key: fallback.privateKey };
  }

  /** Undefined: no certificate for it, so that the handshake fails with an alert. */
  forName(serverName: string): tls.SecureContext | undefined {
    const certificate = this.#index.find(serverName);
    if (certificate === null) return undefined;
    const known = this.#made.get(certificate);
    if (known) return known;
    const { chain: cert, privateKey: key } = certificate;
    const context = tls.createSecureContext({ ...this.#shared, cert, key });
    this.#made.set(certificate, context);
    return context;
  }
}
