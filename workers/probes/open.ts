// How a probe opens its connection: the one place that knows of TLS and of what is negotiated over it. Always a new
// connection, as a check must meet what a new one meets; nothing is resumed, so that a certificate that expired is noticed.
import net, { type LookupFunction } from "node:net";
import tls from "node:tls";
import type { NodeTlsSettings } from "#lib/contracts/config.ts";
import { hostOf } from "#workers/names/host-name.ts";
import { type ByteReader, readByEvents, sharedRead } from "#workers/proxy/read-buffer.ts";
import { QuickSocket } from "#workers/proxy/sockets/quick-socket.ts";
import { type NodeTls, nodeTls } from "#workers/tls/node-tls.ts";

/** Where a node is reached, taken from its URL once. */
export interface Origin {
  readonly host: string;
  readonly port: number;
  /** Null: clear. */
  readonly tls: NodeTls | null;
  /** Host with port, as the URL has it. */
  readonly authority: string;
  /** Put before each path; no slash at its end. */
  readonly basePath: string;
}
export type Application = "http/1.1" | "h2";

/** @param needsTls whether TLS is spoken even if the URL does not say so */
export function originOf(nodeUrl: string, tlsSettings: NodeTlsSettings, needsTls = false): Origin {
  const url = new URL(nodeUrl);
  const secure = needsTls || url.protocol === "https:";
  const host = hostOf(url);
  return {
    host,
    port: Number(url.port) || (secure ? 443 : 80),
    tls: secure ? nodeTls(tlsSettings, host) : null,
    authority: url.host,
    basePath: url.pathname.replace(/\/$/, ""),
  };
}

/**
 * Begins to connect. It is usable at `connectedEvent`; in clear with a reader, once that has also called `readDirectly`.
 * @param reader of all bytes, past the stream layer where there is no TLS; null: whoever gets the socket reads it
 */
export function openConnection(
  origin: Origin,
  application: Application,
  lookup: LookupFunction,
  reader: ByteReader | null,
): net.Socket {
  const { host, port } = origin;
  if (origin.tls !== null) {
    const socket = tls.connect({ host, port, lookup, ALPNProtocols: [application], ...origin.tls.options });
    if (reader) readByEvents(socket, reader);
    return socket;
  }
  if (reader === null) return net.connect({ host, port, lookup, noDelay: true });
  const socket = new QuickSocket({ onread: sharedRead(reader) } as net.SocketConstructorOpts);
  // Without noDelay: all that is sent is one write, which nothing holds back.
  return socket.connect({ host, port, lookup });
}

export const connectedEvent = (origin: Origin): "connect" | "secureConnect" =>
  origin.tls === null ? "connect" : "secureConnect";
