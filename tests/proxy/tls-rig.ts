// A proxy with a TLS listener, and clients that speak TLS to it.
import { randomBytes, randomUUID } from "node:crypto";
import { on } from "node:events";
import type http from "node:http";
import https from "node:https";
import tls from "node:tls";
import type { CertificateSnapshot } from "#lib/contracts/certificates.ts";
import { ProxySettings } from "#lib/contracts/config.ts";
import { certificateOwner } from "#lib/store/certificates/owner.ts";
import { SecretKey } from "#lib/store/sealing.ts";
import type { MadeCertificate } from "#tests/support/certificates.ts";
import type { CertificateFault } from "#workers/proxy/tls/certificates.ts";
import { onCleanUp } from "./clean-up.ts";
import type { Answer } from "./clients.ts";
import { configOf, startProxy, type TestNode } from "./rig.ts";

export type Offered = { certificate: MadeCertificate; isDefault?: boolean; chain?: string };

export const snapshotOf = (key: SecretKey, offered: readonly Offered[]): CertificateSnapshot => ({
  check: null,
  certificates: offered.map(({ certificate, isDefault = false, chain = certificate.cert }, at) => {
    const id = randomUUID();
    const sealedKey = key.seal(certificate.key, certificateOwner(id));
    return { id, name: `certificate ${at}`, isDefault, chain, sealedKey };
  }),
});

export type TlsProxyOptions = {
  /** Of the listener. */
  settings?: object;
  pool?: object;
  key?: SecretKey;
};

export async function tlsProxyFor(
  nodes: readonly Pick<TestNode, "id" | "url">[],
  offered: readonly Offered[],
  { settings = {}, pool = {}, key = new SecretKey(randomBytes(32)) }: TlsProxyOptions = {},
) {
  const faults: CertificateFault[] = [];
  const config = configOf([{ nodes: nodes.map(({ id, url }) => ({ id, url })), ...pool }]);
  const proxy = await startProxy(config, {}, { secretKey: key, onCertificateFault: (fault) => faults.push(fault) });
  let revision = 1;
  const configure = (tlsListener: object) => {
    const document = { ...config.document, proxy: ProxySettings.parse({ tlsListener }) };
    proxy.server.applyConfig({ revision: ++revision, document });
  };
  configure(settings);
  const offer = (now: readonly Offered[]) => proxy.server.tls.setCertificates(snapshotOf(key, now));
  offer(offered);
  const tlsPort = await proxy.server.tls.listen({ host: "127.0.0.1", port: 0 });
  return { ...proxy, config, tlsPort, key, faults, offer, configure };
}

/** Agrees on TLS with whatever certificate is shown. Rejects when it comes to nothing. */
export function connectTls(port: number, options: tls.ConnectionOptions = {}): Promise<tls.TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ port, host: "127.0.0.1", rejectUnauthorized: false, ...options });
    onCleanUp(() => void socket.destroy());
    socket.once("secureConnect", () => resolve(socket));
    socket.on("error", reject);
    socket.once("close", () => reject(new Error("closed before TLS was agreed on")));
  });
}

/** Common name of the certificate that a client is shown when it asks for `servername`. */
export async function shownFor(port: number, servername: string): Promise<string> {
  const socket = await connectTls(port, { servername });
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return String(subject.CN);
}

/** One request by node:https, on a connection of its own. */
export function requestTls(
  port: number,
  options: https.RequestOptions = {},
  body?: string | Buffer,
): Promise<Answer & { bytes: Buffer }> {
  return new Promise((resolve, reject) => {
    const all = { host: "127.0.0.1", port, rejectUnauthorized: false, agent: false as const, ...options };
    const sent = https.request(all, (response: http.IncomingMessage) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece) => pieces.push(piece));
      response.on("error", reject);
      response.on("end", () => {
        const bytes = Buffer.concat(pieces);
        const { statusCode: status = 0, headers, trailers } = response;
        resolve({ status, headers, trailers, bytes, body: bytes.toString("latin1") });
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Sends `text` and resolves with what came once it holds `end`. */
export async function exchange(socket: tls.TLSSocket, text: string, end: string): Promise<string> {
  let received = "";
  socket.write(text);
  for await (const [bytes] of on(socket, "data")) {
    received += bytes.toString("latin1");
    if (received.includes(end)) return received;
  }
  return received;
}
