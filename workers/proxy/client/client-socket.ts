// An accepted connection. Ten thousand idle ones must be cheap: what a connection needs besides its own state (listeners,
// read buffer and callback) is shared by all of them, and no timer of Node's is armed for an idle one.
import net from "node:net";
import { SHARED_READ } from "../read-buffer.ts";

export interface SocketOwner {
  read(bytes: Buffer, length: number): void;
  ended(): void;
  closed(): void;
  drained(): void;
  /** The client took nothing of what is written for as long as it may. */
  stalled(): void;
}

export class ClientSocket extends net.Socket {
  readonly owner: SocketOwner;
  #dueMs = Number.POSITIVE_INFINITY;
  #isHeld = false;
  #isStallLimited = false;

  /** @param handle of an accepted connection, private to node:net: only so can its reads share one buffer */
  constructor(handle: unknown, owner: SocketOwner) {
    super({ handle, allowHalfOpen: true, onread: SHARED_READ } as net.SocketConstructorOpts);
    this.owner = owner;
    this.setNoDelay(true);
    this.on("error", ignore);
    this.on("end", onEnd);
    this.on("close", onClose);
    this.on("drain", onDrain);
    this.on("timeout", onTimeout);
  }

  /** Address of the client; IPv4 ones of a dual-stack socket come as `::ffff:10.0.0.1`. */
  get clientAddress(): string {
    const { remoteAddress = "unknown" } = this;
    return remoteAddress.startsWith("::ffff:") ? remoteAddress.slice(7) : remoteAddress;
  }

  /** What is awaited of the client must come in `ms`. A number, looked at every so often: a timer each takes memory. */
  limit(ms: number): void {
    this.#dueMs = performance.now() + ms;
  }
  noLimit(): void {
    this.#dueMs = Number.POSITIVE_INFINITY;
  }
  /** Says so once. */
  isOverdue(nowMs: number): boolean {
    if (nowMs < this.#dueMs) return false;
    this.noLimit();
    return true;
  }

  /** Reads nothing more until `readOn`. */
  holdReading(): void {
    if (this.#isHeld) return;
    this.#isHeld = true;
    this.pause();
  }
  readOn(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.resume();
  }

  /** From now until all is taken, the client must take some of what is written every `ms`. */
  limitStall(ms: number): void {
    // The socket's own time-out sees progress within one large write; ours would not.
    this.setTimeout(ms);
    this.#isStallLimited = true;
  }
  allTaken(): void {
    if (this.#isStallLimited) this.setTimeout(0);
    this.#isStallLimited = false;
  }
}

function ignore(): void {}
function onEnd(this: ClientSocket): void {
  this.owner.ended();
}
function onClose(this: ClientSocket): void {
  this.owner.closed();
}
function onDrain(this: ClientSocket): void {
  this.allTaken();
  this.owner.drained();
}
function onTimeout(this: ClientSocket): void {
  this.owner.stalled();
}
