import { isIP } from "node:net";
import type { NodeTlsSettings } from "#lib/contracts/config.ts";
import { hostOf } from "#workers/names/host-name.ts";
import type { Name } from "#workers/names/name.ts";
import type { Names } from "#workers/names/names.ts";
import { type NodeTls, nodeTls } from "#workers/tls/node-tls.ts";

/** Where a node is reached, taken from its URL once. */
export interface NodeAddress {
  hostname: string;
  /** What the host name resolves to; null when it is an address already. */
  name: Name | null;
  port: number;
  /** Null: clear. */
  tls: NodeTls | null;
  /** Of the last TLS session that may be resumed. */
  session: Buffer | null;
  /** Path put before each request's path, without slash at its end. */
  basePath: string;
  /** Host with port, as the URL has it. */
  host: string;
}

/** A host name is looked up from now on. @param needsTls whether TLS is spoken even if the URL does not say so */
export function nodeAddress(
  nodeUrl: string,
  tlsSettings: NodeTlsSettings,
  names: Names,
  needsTls: boolean,
): NodeAddress {
  const url = new URL(nodeUrl);
  const isSecure = needsTls || url.protocol === "https:";
  const hostname = hostOf(url);
  return {
    hostname,
    name: isIP(hostname) === 0 ? names.get(hostname) : null,
    port: url.port === "" ? (isSecure ? 443 : 80) : Number(url.port),
    tls: isSecure ? nodeTls(tlsSettings, hostname) : null,
    session: null,
    basePath: url.pathname.replace(/\/+$/, ""),
    host: url.host,
  };
}
