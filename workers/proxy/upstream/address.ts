import { isIP } from "node:net";
import { hostOf } from "#workers/names/host-name.ts";
import type { Name } from "#workers/names/name.ts";
import type { Names } from "#workers/names/names.ts";

/** Where a node is reached, taken from its URL once. */
export interface NodeAddress {
  hostname: string;
  /** What the host name resolves to; null when it is an address already. */
  name: Name | null;
  port: number;
  tls: boolean;
  /** Path put before each request's path, without slash at its end. */
  basePath: string;
  /** Host with port, as the URL has it. */
  host: string;
}

/** A host name is looked up from now on. */
export function nodeAddress(nodeUrl: string, names: Names): NodeAddress {
  const url = new URL(nodeUrl);
  const tls = url.protocol === "https:";
  const hostname = hostOf(url);
  return {
    hostname,
    name: isIP(hostname) === 0 ? names.get(hostname) : null,
    port: url.port === "" ? (tls ? 443 : 80) : Number(url.port),
    tls,
    basePath: url.pathname.replace(/\/+$/, ""),
    host: url.host,
  };
}
