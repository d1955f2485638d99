// The TLS listener: accepts connections, has TLS agreed on, and hands them on as what was agreed to be spoken over them.
// Certificates and settings change under it without dropping a connection.
import net from "node:net";
import type { Server, TLSSocket } from "node:tls";
import type { CertificateSnapshot } from "#lib/contracts/certificates.ts";
import { TlsListenerSettings } from "#lib/contracts/config.ts";
import { sameValue } from "#lib/core/config/same.ts";
import type { SecretKey } from "#lib/store/sealing.ts";
import type { AnnouncedSocket } from "../client/announcement.ts";
import { type CertificateFault, type OpenCertificate, openCertificates } from "./certificates.ts";
import { makeHandshaker } from "./handshaker.ts";

export interface TlsListenerOptions {
  /** Opens the certificates' private keys; without it no handshake succeeds. */
  secretKey?: SecretKey | undefined;
  /** A connection came; `comeIn` if it may stay. Else it is closed, for nothing can be told without TLS. */
  welcome?: ((socket: net.Socket, comeIn: () => void) => void) | undefined;
  /** A client and we agreed on TLS, and on what is spoken over it (ALPN): `http/1.1` when it did not say. */
  serve: (socket: TLSSocket, protocol: string) => void;
  onFault?: ((fault: CertificateFault) => void) | undefined;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const TICKET_KEYS_BYTES = 48;

export class TlsListener {
  readonly #options: TlsListenerOptions;
  readonly #server = net.createServer({ allowHalfOpen: true, noDelay: true });
  /** Not yet agreed. */
  readonly #handshaking = new Set<net.Socket>();
  #certificates: readonly OpenCertificate[] = [];
  #snapshot: CertificateSnapshot | null = null;
  #settings: TlsListenerSettings = TlsListenerSettings.parse({});
  #handshaker: Server | null = null;
  /** Until when the present handshaker is good: its ticket keys are a day's, and certificates expire. */
  #goodUntilMs = 0;
  #whenAgreed: (() => void) | null = null;

  constructor(options: TlsListenerOptions) {
    this.#options = options;
    this.#server.on("connection", (socket) => this.#accept(socket));
  }

  /** Starts accepting. @returns the port */
  listen(where: net.ListenOptions & { fd?: number }): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen({ backlog: 4_096, ...where }, () => {
        const address = this.#server.address();
        resolve(typeof address === "object" && address ? address.port : 0);
      });
    });
  }

  /** Takes the certificates into use, for connections from now on. */
  setCertificates(snapshot: CertificateSnapshot): void {
    const { secretKey, onFault } = this.#options;
    if (!secretKey || sameValue(snapshot, this.#snapshot)) return;
    this.#snapshot = snapshot;
    const { opened, faults } = openCertificates(snapshot, secretKey, this.#certificates);
    for (const fault of faults) onFault?.(fault);
    this.#certificates = opened;
    this.#handshaker = null;
  }

  configure(settings: TlsListenerSettings): void {
    if (sameValue(settings, this.#settings)) return;
    this.#settings = settings;
    this.#handshaker = null;
  }

  #accept(socket: net.Socket): void {
    this.#handshaking.add(socket);
    socket.once("close", () => this.#done(socket));
    // A client that goes away meanwhile is no fault of anybody's.
    socket.on("error", () => {});
    const comeIn = () => void this.#current(Date.now()).emit("connection", socket);
    if (this.#options.welcome) this.#options.welcome(socket, comeIn);
    else comeIn();
  }

  #current(nowMs: number): Server {
    if (this.#handshaker !== null && nowMs < this.#goodUntilMs) return this.#handshaker;
    this.#goodUntilMs = nowMs - (nowMs % HOUR_MS) + HOUR_MS;
    this.#handshaker = makeHandshaker({
      certificates: this.#certificates,
      settings: this.#settings,
      ticketKeys: this.#ticketKeys(nowMs),
      nowMs,
      onSecured: (socket) => this.#secured(socket),
      onFailed: (socket) => socket.destroy(),
    });
    return this.#handshaker;
  }

  /**
   * The same on all processes and hosts for a day. Who is asked for a certificate, and by whom it must be signed, is part
   * of them: a session from before such a change is not resumed past it.
   */
  #ticketKeys(nowMs: number): Buffer {
    const { clientAuth, clientAuthorities } = this.#settings;
    const purpose = `tls tickets ${Math.floor(nowMs / DAY_MS)} ${clientAuth} ${clientAuthorities}`;
    return this.#options.secretKey?.derive(purpose, TICKET_KEYS_BYTES) ?? Buffer.alloc(TICKET_KEYS_BYTES);
  }

  #secured(socket: TLSSocket): void {
    // The connection beneath, private to node:tls: only so is it found without looking through all of them.
    const { _parent: beneath } = socket as unknown as { _parent: AnnouncedSocket };
    const { announcedAddress } = beneath;
    if (announcedAddress !== undefined) Object.assign(socket, { announcedAddress });
    this.#options.serve(socket, socket.alpnProtocol || "http/1.1");
    this.#done(beneath);
  }

  #done(socket: net.Socket): void {
    this.#handshaking.delete(socket);
    if (this.#handshaking.size === 0) this.#whenAgreed?.();
  }

  /**
   * Accepts no more. A client with which TLS is being agreed on is served like one that came before: it may have sent its
   * request already. @returns when there is none any more
   */
  close(): Promise<void> {
    this.#server.close();
    return new Promise((resolve) => {
      this.#whenAgreed = resolve;
      if (this.#handshaking.size === 0) resolve();
    });
  }

  /** Waits for no handshake any longer. */
  cut(): void {
    for (const socket of this.#handshaking) socket.destroy();
  }
}
