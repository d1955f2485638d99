// A client's socket and what is awaited of it, whatever is spoken over it, clear or under TLS.
import type { Socket } from "node:net";
import { clockMs } from "../clock.ts";
import { type OwnedSocket, own, type SocketOwner } from "./client-socket.ts";

/** Of a connection's peer; IPv4 ones of a dual-stack socket, `::ffff:10.0.0.1`, as 10.0.0.1. */
export function peerAddress({ remoteAddress = "unknown" }: Pick<Socket, "remoteAddress">): string {
  return remoteAddress.startsWith("::ffff:") ? remoteAddress.slice(7) : remoteAddress;
}

export abstract class ClientLine implements SocketOwner {
  readonly socket: OwnedSocket;
  /** Of the peer, or whose connection the peer says it is. */
  address: string;
  #dueMs = Number.POSITIVE_INFINITY;
  #isHeld = false;
  #isStallLimited = false;

  constructor(socket: OwnedSocket) {
    this.socket = socket;
    this.address = socket.announcedAddress ?? peerAddress(socket);
    if (socket.owner === null) own(socket, this);
    else socket.owner = this;
  }

  abstract read(bytes: Buffer, length: number): void;
  abstract ended(): void;
  abstract closed(): void;
  abstract stalled(): void;
  /** All that was written has been taken. */
  abstract taken(): void;

  /** What is awaited of the client must come in `ms`. A number, looked at every so often: a timer each takes memory. */
  protected limit(ms: number): void {
    this.#dueMs = clockMs() + ms;
  }
  protected noLimit(): void {
    this.#dueMs = Number.POSITIVE_INFINITY;
  }
  /** Says so once. */
  protected isOverdue(nowMs: number): boolean {
    if (nowMs < this.#dueMs) return false;
    this.noLimit();
    return true;
  }

  /** Reads nothing more until `readOn`. */
  protected holdReading(): void {
    if (this.#isHeld) return;
    this.#isHeld = true;
    this.socket.pause();
  }
  protected readOn(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.socket.resume();
  }

  /** From now until all is taken, the client must take some of what is written every `ms`. */
  protected limitTaking(ms: number): void {
    // The socket's own time-out sees progress within one large write; ours would not.
    this.socket.setTimeout(ms);
    this.#isStallLimited = true;
  }
  drained(): void {
    if (this.#isStallLimited) this.socket.setTimeout(0);
    this.#isStallLimited = false;
    this.taken();
  }

  /** Closes at once, in a way that says that there was more to come. */
  protected reset(): void {
    // TLS cannot send a reset; what it leaves out, its own notice of the end, says the same.
    if ("encrypted" in this.socket) this.socket.destroy();
    else this.socket.resetAndDestroy();
  }
}
