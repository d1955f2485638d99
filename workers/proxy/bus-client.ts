// A proxy process's end of the bus (lib/contracts/bus.ts). Control may be gone for as long as it likes: the client connects
// again for ever, keeps the frames of the last minute for it, and nothing here is on the path of a request.
import net from "node:net";
import { BUS_PROTOCOL, type ToControl, ToProxy } from "#lib/contracts/bus.ts";
import { readMessage, typesOf } from "#workers/bus/messages.ts";
import { LineSplitter } from "#workers/bus/ndjson.ts";
import type { Log } from "./log.ts";

const MAX_LINE_BYTES = 64 * 1024 * 1024;
const MAX_KEPT_FRAMES = 60;
/** A control process that reads nothing while this much waits is stuck. */
const MAX_UNREAD_BYTES = 64 * 1024 * 1024;
const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 2_000;
const KNOWN_TYPES = typesOf(ToProxy);

export interface BusClientOptions {
  path: string;
  process: number;
  log: Log;
  receive: (message: ToProxy) => void;
  /** Revision in use and since when, told after each connecting. */
  running: () => { revision: number; sinceMs: number } | null;
  /** Control can be spoken to, from now until `onClosed`. */
  onOpen?: () => void;
  onClosed?: () => void;
}

export class BusClient {
  readonly #options: BusClientOptions;
  #socket: net.Socket | null = null;
  #isConnected = false;
  #isStopped = false;
  #retryMs = FIRST_RETRY_MS;
  #timer: NodeJS.Timeout | undefined;
  #keptFrames: ToControl[] = [];

  constructor(options: BusClientOptions) {
    this.#options = options;
  }

  start(): void {
    const socket = net.connect(this.#options.path);
    const lines = new LineSplitter(MAX_LINE_BYTES);
    this.#socket = socket;
    socket.on("connect", () => this.#greet());
    socket.on("data", (chunk) => this.#receive(socket, lines, chunk));
    socket.on("error", (cause) => this.#options.log.debug({ err: cause }, "bus"));
    socket.on("close", () => this.#closed());
  }

  #greet(): void {
    this.#isConnected = true;
    this.#retryMs = FIRST_RETRY_MS;
    const { process: index } = this.#options;
    this.#write({ type: "hello", process: index, pid: process.pid, protocol: BUS_PROTOCOL, takesChanges: true });
    const running = this.#options.running();
    if (running !== null) this.#write({ type: "applied", ...running });
    for (const frame of this.#keptFrames.splice(0)) this.#write(frame);
    this.#options.onOpen?.();
  }

  #receive(socket: net.Socket, lines: LineSplitter, chunk: Buffer): void {
    try {
      for (const line of lines.push(chunk)) this.#read(line);
    } catch (cause) {
      // Control sends the whole state after connecting, so a new connection mends whatever was missed.
      this.#options.log.error({ err: cause }, "a message of control cannot be used");
      socket.destroy();
    }
  }

  /** @throws {Error} for what cannot be used */
  #read(line: string): void {
    const read = readMessage(ToProxy, KNOWN_TYPES, line);
    if (read.kind === "malformed") throw new Error(read.reason);
    if (read.kind === "message") this.#options.receive(read.message);
    const more = read.kind === "unknown" ? read.type : read.unknownFields;
    if (more.length > 0) this.#options.log.info({ more }, "control of another version says more than is known here");
  }

  #closed(): void {
    if (this.#isConnected) this.#options.onClosed?.();
    this.#isConnected = false;
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => this.start(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
  }

  /** Frames wait for control; what else cannot be sent is dropped, since connecting tells the present state anyway. */
  send(message: ToControl): void {
    if (this.#isConnected) {
      this.#write(message);
      return;
    }
    if (message.type !== "frame") return;
    this.#keptFrames.push(message);
    if (this.#keptFrames.length > MAX_KEPT_FRAMES) this.#keptFrames.shift();
  }

  #write(message: ToControl): void {
    const socket = this.#socket;
    if (!socket) return;
    socket.write(`${JSON.stringify(message)}\n`);
    if (socket.writableLength > MAX_UNREAD_BYTES) socket.destroy();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#socket?.end();
  }
}
