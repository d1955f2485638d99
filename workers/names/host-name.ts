import { isIP } from "node:net";

/** The host of a node's URL as sockets take it: IPv6 addresses without brackets. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, "$1");

/** The name to look up for a node; null when its URL has an address. */
export function hostNameOf(nodeUrl: string): string | null {
  const host = hostOf(new URL(nodeUrl));
  return isIP(host) === 0 ? host : null;
}
