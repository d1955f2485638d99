// A net.Socket whose bytes go straight to and from the handle below it. Who uses it sees a net.Socket like any other, but
// Node's stream layer takes no part in reads and writes: it took a fifth of the time of a small request. What the kernel
// does not take at once waits in libuv, in order: before what `end` sends, and until `destroy` drops it.
import net from "node:net";
import { getSystemErrorName } from "node:util";
import type { ByteReader } from "../read-buffer.ts";
import { DIRECT, directRead, type Handle, handleOf, type WriteRequest } from "./handle.ts";

type Done = (error?: Error | null) => void;

export class QuickSocket extends net.Socket {
  /** For the next write, whichever socket's it is: the handle hardly ever keeps it. */
  static #spare: WriteRequest | null = null;
  /** Bytes that wait below: the kernel has not taken them. */
  #waiting = 0;
  #corks = 0;
  /** What is written while corked: each part, followed by its encoding. */
  #parts: unknown[] | null = null;
  #dones: Done[] | null = null;
  /** Whether something may wait in the stream layer: it was written before there was a connection. */
  #isPlain = DIRECT === null;
  #queueSeen = 0;

  static {
    // An accessor, which the types of Node do not let a class put in place of a property.
    Object.defineProperty(QuickSocket.prototype, "writableLength", {
      get(this: QuickSocket): number {
        return this.#isPlain ? plainLength(this) : this.#waiting;
      },
    });
  }

  /** Reads into the shared buffer, past the stream layer. To be called once it is connected: until then `onread` reads. */
  readDirectly(reader: ByteReader): void {
    const handle = handleOf(this);
    if (DIRECT !== null && handle !== null) directRead(DIRECT, handle, reader);
  }

  // biome-ignore lint/suspicious/noExplicitAny: as the overloads of Socket.connect
  override connect(...to: any[]): this {
    Reflect.apply(super.connect, this, to);
    // net.Socket has put its own there.
    this.write = QuickSocket.prototype.write;
    return this;
  }

  // biome-ignore lint/suspicious/noExplicitAny: as the overloads of Writable.write
  override write(chunk: any, encoding?: any, callback?: any): boolean {
    const handle = this.#quickHandle();
    if (handle === null) return super.write(chunk, encoding, callback);
    const done: Done | null = (typeof encoding === "function" ? encoding : callback) ?? null;
    const what = typeof chunk === "string" && encoding !== "latin1" ? Buffer.from(chunk, encoding) : chunk;
    if (this.#corks > 0) this.#keep(what, done);
    else {
      const request = QuickSocket.#request();
      const fault =
        typeof what === "string" ? handle.writeLatin1String(request, what) : handle.writeBuffer(request, what);
      this.#written(request, fault, what, done);
    }
    return this.#waiting === 0;
  }

  override cork(): void {
    if (this.#isPlain) super.cork();
    else this.#corks++;
  }

  override uncork(): void {
    if (this.#corks === 0) super.uncork();
    else if (--this.#corks === 0) this.#writeKept();
  }

  /** The handle, when it can be written to; null when the stream layer must do it. */
  #quickHandle(): Handle | null {
    if (!this.#isPlain && !this.connecting) return handleOf(this);
    this.#isPlain = DIRECT === null || this.connecting || plainLength(this) > 0 || this.writableCorked > 0;
    return this.#isPlain ? null : handleOf(this);
  }

  #keep(chunk: string | Uint8Array, done: Done | null): void {
    this.#parts ??= [];
    this.#parts.push(chunk, typeof chunk === "string" ? "latin1" : "buffer");
    if (done === null) return;
    this.#dones ??= [];
    this.#dones.push(done);
  }

  #writeKept(): void {
    const parts = this.#parts;
    const dones = this.#dones;
    const handle = handleOf(this);
    this.#parts = this.#dones = null;
    if (parts === null || handle === null) return;
    const request = QuickSocket.#request();
    const allDone: Done = (error) => {
      for (const done of dones ?? []) done(error);
    };
    this.#written(request, handle.writev(request, parts, false), parts, dones && allDone);
  }

  static #request(): WriteRequest {
    QuickSocket.#spare ??= (DIRECT as NonNullable<typeof DIRECT>).newRequest();
    return QuickSocket.#spare;
  }

  /** A write was given to the handle. @param what kept from the collector until it is written */
  #written(request: WriteRequest, fault: number, what: unknown, done: Done | null): void {
    const { results, isPendingAt, writtenAt } = DIRECT as NonNullable<typeof DIRECT>;
    if (fault === 0 && results[isPendingAt] === 0) {
      done?.(null);
      return;
    }
    QuickSocket.#spare = null;
    if (fault !== 0) this.#failed(fault, done);
    else {
      const size = results[writtenAt] as number;
      this.#waiting += size;
      request.what = what;
      request.oncomplete = (status) => this.#taken(size, status, done);
    }
  }

  #failed(fault: number, done: Done | null): void {
    const code = getSystemErrorName(fault);
    const error = Object.assign(new Error(`write ${code}`), { errno: fault, code, syscall: "write" });
    done?.(error);
    this.destroy(error);
  }

  #taken(size: number, status: number, done: Done | null): void {
    this.#waiting -= size;
    if (status < 0) this.#failed(status, done);
    else {
      done?.(null);
      if (this.#waiting === 0 && !this.destroyed) this.emit("drain");
    }
  }

  /** The handle can tell of the end behind what waits, but could no more be reset from then on: it is told afterwards. */
  override _final(callback: (error?: Error | null) => void): void {
    if (this.#waiting === 0) super._final(callback);
    else this.once("drain", () => this._final(callback));
  }

  /** Node would leave the handle open for good, since it cannot be reset while the end is on its way. */
  override resetAndDestroy(): this {
    const isEnding = this.writableEnded && !this.writableFinished && this.#waiting === 0 && plainLength(this) === 0;
    return isEnding ? this.destroy() : super.resetAndDestroy();
  }

  override setTimeout(ms: number, callback?: () => void): this {
    this.#queueSeen = handleOf(this)?.writeQueueSize ?? 0;
    return super.setTimeout(ms, callback);
  }

  /** Whether the kernel has taken some of what waits since the last call, or since `setTimeout`. */
  hasMoved(): boolean {
    if (this.#isPlain) return false;
    const size = handleOf(this)?.writeQueueSize ?? 0;
    const moved = size !== this.#queueSeen;
    this.#queueSeen = size;
    return moved;
  }
}

/** To be asked when `setTimeout` ran out: whether some was taken meanwhile. A net.Socket looks by itself, before. */
export const goesOn = (socket: net.Socket): boolean => socket instanceof QuickSocket && socket.hasMoved();

const plainLength = (socket: net.Socket): number => Reflect.get(net.Socket.prototype, "writableLength", socket);
