import type { Socket } from "node:net";

/** Address of the client; IPv4 ones of a dual-stack socket come as `::ffff:10.0.0.1`. */
export function clientAddress({ remoteAddress = "unknown" }: Socket): string {
  return remoteAddress.startsWith("::ffff:") ? remoteAddress.slice(7) : remoteAddress;
}
