// How a connection to a node finds the node: its name's addresses, one after the other, and what is learnt of each.
import type net from "node:net";
import { MAX_TRIES } from "#lib/core/names.ts";
import type { Name } from "#workers/names/name.ts";
import type { NodeAddress } from "./address.ts";

/** An address of a name that does not answer for this long does not keep the next from being tried (RFC 8305, 5). */
const NEXT_ADDRESS_MS = 250;

export type Resolving = Pick<
  net.TcpSocketConnectOpts,
  "lookup" | "autoSelectFamily" | "autoSelectFamilyAttemptTimeout"
>;

/** Null for a node without a name. @param connectMs how long whoever waits for it will wait; the addresses share it */
export const resolvingOf = ({ name }: NodeAddress, connectMs: number): Resolving | null =>
  name && {
    lookup: name.lookup,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: Math.max(10, Math.min(NEXT_ADDRESS_MS, Math.floor(connectMs / MAX_TRIES))),
  };

/** @param onTry learns which address is tried, the last of them being the one that is connected */
export function watchAddresses(socket: net.Socket, name: Name, onTry: (ip: string) => void): void {
  socket.on("connectionAttempt", onTry);
  socket.on("connectionAttemptFailed", (ip: string) => name.failed(ip));
  socket.on("connectionAttemptTimeout", (ip: string) => name.failed(ip));
}
