// The one place that knows what is private to Node's sockets: the libuv handle under each, and how a call to it went. What
// there is is looked at once; where it is not what we know, `DIRECT` is null and sockets go the public way.
import type { Server, Socket } from "node:net";
import { freeze, thaw } from "../clock.ts";
import { type ByteReader, SHARED } from "../read-buffer.ts";

/** A request to write. The handle keeps it when the kernel does not take all at once. */
export interface WriteRequest {
  oncomplete: (status: number) => void;
  /** Ours: what it writes, which must not be collected before. */
  what?: unknown;
}

/** A `TCP` of Node's, as far as it is used here. Faults are libuv's negative numbers, 0 is none. */
export interface Handle {
  onread: (this: Handle, memory: unknown) => unknown;
  /** Ours: who is told of what was read. */
  reader?: ByteReader;
  /** Bytes that the kernel has not taken yet. */
  readonly writeQueueSize: number;
  writeLatin1String(request: WriteRequest, text: string): number;
  writeBuffer(request: WriteRequest, bytes: Uint8Array): number;
  /** @param parts what is to be written, each followed by its encoding, unless all are buffers */
  writev(request: WriteRequest, parts: readonly unknown[], areAllBuffers: boolean): number;
}

export interface Direct {
  newRequest(): WriteRequest;
  /** What the last call at any handle came to, at these places. */
  readonly results: Int32Array;
  /** Of a read: bytes, or a fault. */
  readonly readAt: number;
  /** Of a write: bytes. */
  readonly writtenAt: number;
  /** Of a write: 1 when the handle keeps the request, since part of the bytes are still to go. */
  readonly isPendingAt: number;
}

interface StreamBinding {
  WriteWrap: new () => WriteRequest;
  streamBaseState: Int32Array;
  kReadBytesOrError: number;
  kBytesWritten: number;
  kLastWriteWasAsync: number;
}

const METHODS = ["writeLatin1String", "writeBuffer", "writev"];
const ACCESSORS = ["onread", "writeQueueSize"];

function look(): Direct | null {
  const { binding } = process as unknown as { binding?: (name: string) => unknown };
  if (process.env.GB_PUBLIC_SOCKETS === "1" || typeof binding !== "function") return null;
  try {
    const { TCP } = binding("tcp_wrap") as { TCP: { prototype: Record<string, unknown> } };
    const stream = binding("stream_wrap") as StreamBinding;
    const { WriteWrap, streamBaseState: results, kReadBytesOrError, kBytesWritten, kLastWriteWasAsync } = stream;
    const places = [kReadBytesOrError, kBytesWritten, kLastWriteWasAsync];
    const isKnown =
      METHODS.every((name) => typeof TCP.prototype[name] === "function") &&
      ACCESSORS.every((name) => name in TCP.prototype) &&
      new Set(places).size === places.length &&
      places.every((place) => results[place] !== undefined) &&
      new WriteWrap() instanceof WriteWrap;
    if (!isKnown) return null;
    const newRequest = () => new WriteWrap();
    return {
      newRequest,
      results,
      readAt: kReadBytesOrError,
      writtenAt: kBytesWritten,
      isPendingAt: kLastWriteWasAsync,
    };
  } catch {
    return null;
  }
}

/** Null: go the public way. */
export const DIRECT: Direct | null = look();

export const handleOf = (socket: Socket): Handle | null => (socket as unknown as { _handle: Handle | null })._handle;

/** Has `take` make what it wants of each connection that a listening `server` accepts: net.Server would make sockets of its own. */
export function acceptHandles(server: Server, take: (handle: unknown) => void): void {
  const { _handle: listening } = server as unknown as { _handle: { onconnection: unknown } };
  listening.onconnection = (error: number, handle: unknown) => {
    if (error === 0 && handle) take(handle);
  };
}

let results: Int32Array = new Int32Array(0);
let readAt = 0;
/** What net.Socket does at the end of input, and at faults. */
let plainRead: Handle["onread"] = () => {};

/** Hands what is read to `reader`. The socket must have `onread` with the shared buffer, which the handle knows already. */
export function directRead(direct: Direct, handle: Handle, reader: ByteReader): void {
  ({ results, readAt } = direct);
  plainRead = handle.onread;
  handle.reader = reader;
  handle.onread = onRead;
}

function onRead(this: Handle, memory: unknown): unknown {
  const length = results[readAt] as number;
  if (length <= 0) return plainRead.call(this, memory);
  freeze();
  try {
    (this.reader as ByteReader).read(SHARED, length);
  } finally {
    thaw();
  }
  return undefined;
}
