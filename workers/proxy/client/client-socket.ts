// An accepted connection. Ten thousand idle ones must be cheap: what a connection needs besides its own state (listeners,
// read buffer and callback) is shared by all of them, and no timer of Node's is armed for an idle one.
import type net from "node:net";
import type { TLSSocket } from "node:tls";
import { type ByteReader, SHARED_READ } from "../read-buffer.ts";
import { goesOn, QuickSocket } from "../sockets/quick-socket.ts";

export interface SocketOwner extends ByteReader {
  ended(): void;
  closed(): void;
  drained(): void;
  /** The client took nothing of what is written for as long as it may. */
  stalled(): void;
}

/** A client's socket whose events go to its owner: what TCP brought, or what TLS made of it. */
export type OwnedSocket = net.Socket & {
  owner: SocketOwner | null;
  /** Whose connection it is, as a proxy in front told in a header of the PROXY protocol. */
  announcedAddress?: string;
};

/** Of a clear connection. Until it has an owner its bytes are lost: it gets one in the turn in which it is made. */
export class ClientSocket extends QuickSocket {
  owner: SocketOwner | null = null;
  declare announcedAddress?: string;

  /** @param handle of an accepted connection, private to node:net: only so can its reads share one buffer */
  constructor(handle: unknown) {
    super({ handle, allowHalfOpen: true, onread: SHARED_READ } as net.SocketConstructorOpts);
  }
}

/** The same of a connection that TLS was agreed on; it has no shared buffer to read into. */
export function securedSocket(socket: TLSSocket): OwnedSocket {
  const owned: OwnedSocket = Object.assign(socket, { owner: null });
  owned.on("data", onData);
  return owned;
}

/** Tells `owner` what happens on the socket from now on. */
export function own(socket: OwnedSocket, owner: SocketOwner): void {
  socket.owner = owner;
  if (socket instanceof QuickSocket) socket.readDirectly(owner);
  socket.setNoDelay(true);
  socket.on("error", ignore);
  socket.on("end", onEnd);
  socket.on("close", onClose);
  socket.on("drain", onDrain);
  socket.on("timeout", onTimeout);
}

function ignore(): void {}
function onData(this: OwnedSocket, bytes: Buffer): void {
  this.owner?.read(bytes, bytes.length);
}
function onEnd(this: OwnedSocket): void {
  this.owner?.ended();
}
function onClose(this: OwnedSocket): void {
  this.owner?.closed();
}
function onDrain(this: OwnedSocket): void {
  this.owner?.drained();
}
function onTimeout(this: OwnedSocket): void {
  if (goesOn(this)) this.setTimeout(this.timeout ?? 0);
  else this.owner?.stalled();
}
