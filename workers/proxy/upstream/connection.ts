// One HTTP/1 connection to a node. It serves one request after another; what happens on it is told to the attempt that has it.
import type net from "node:net";
import tls from "node:tls";
import type { NodeTls } from "#workers/tls/node-tls.ts";
import { clockMs } from "../clock.ts";
import type { Fields } from "../http/fields.ts";
import type { ResponseHead } from "../http/response-head.ts";
import { lastChunk } from "../http/serialise.ts";
import { LazyTimer } from "../lazy-timer.ts";
import { readByEvents, sharedRead } from "../read-buffer.ts";
import { QuickSocket } from "../sockets/quick-socket.ts";
import { StallGuard } from "../stall-guard.ts";
import type { NodeAddress } from "./address.ts";
import { AnswerReader } from "./answer-reader.ts";
import type { ConnectionCounts } from "./connection-counts.ts";
import { type Resolving, resolvingOf, watchAddresses } from "./dial.ts";
import { copyPiece, writePiece, writeRequest } from "./request-writer.ts";
import { CONGESTED, type UpstreamStream, type UpstreamUser } from "./stream.ts";

/** Who keeps connections while they are idle. */
export interface ConnectionKeeper {
  /** Keeps it for later requests, or destroys it. */
  giveBack(connection: UpstreamConnection, address: NodeAddress, nowMs: number): void;
  /** It closed while idle. */
  forget(connection: UpstreamConnection): void;
  /** It came about, for a request of `flow`'s; and it is closed. */
  opened(flow: ConnectionCounts): void;
  closed(): void;
}

export class UpstreamConnection implements UpstreamStream {
  readonly socket: net.Socket;
  readonly reader = new AnswerReader();
  readonly timer: LazyTimer;
  user: UpstreamUser | null;
  isConnected = false;
  isClosed = false;
  tcpConnectedMs: number | null = null;
  /** Requests served before the present one. */
  served = 0;
  idleSinceMs = 0;
  /** When the node itself closes idle connections, less a second; from its Keep-Alive field. */
  idleLimitMs = Number.POSITIVE_INFINITY;
  readonly #address: NodeAddress;
  /** Which of a name's addresses it goes to; empty when the node has no name. */
  #ip = "";
  readonly #keeper: ConnectionKeeper;
  readonly #madeFor: ConnectionCounts;
  /** Whether the present request's body goes out in chunks. */
  #isChunked = false;
  #errorCode: string | null = null;
  #hasEnded = false;
  readonly #stall: StallGuard;

  /**
   * @param connectMs how long whoever waits for it will wait; the addresses of a name share it
   * @param madeFor the counts of the flow whose request waits for it
   */
  constructor(
    address: NodeAddress,
    connectMs: number,
    user: UpstreamUser,
    madeFor: ConnectionCounts,
    keeper: ConnectionKeeper,
  ) {
    this.#address = address;
    this.user = user;
    this.#keeper = keeper;
    this.#madeFor = madeFor;
    this.timer = new LazyTimer(() => this.#timedOut());
    const resolving = resolvingOf(address, connectMs);
    this.socket = address.tls
      ? this.#connectTls(address, address.tls, resolving)
      : this.#connectTcp(address, resolving);
    if (address.name)
      watchAddresses(this.socket, address.name, (ip) => {
        this.#ip = ip;
      });
    this.socket.on("error", (error: NodeJS.ErrnoException) => {
      this.#errorCode = error.code ?? "ERR_SOCKET";
    });
    this.socket.on("end", () => this.#ended());
    this.socket.on("close", () => this.#closed());
    this.socket.on("drain", () => this.#drained());
    this.#stall = new StallGuard(this.socket, () => this.user?.timedOut());
  }

  #connectTcp({ hostname, port }: NodeAddress, resolving: Resolving | null): net.Socket {
    const socket = new QuickSocket({ allowHalfOpen: true, onread: sharedRead(this) } as net.SocketConstructorOpts);
    socket.once("connect", () => {
      socket.readDirectly(this);
      this.#connected();
    });
    socket.connect({ host: hostname, port, noDelay: true, ...resolving });
    return socket;
  }

  #connectTls(address: NodeAddress, { options }: NodeTls, resolving: Resolving | null): net.Socket {
    // Beyond the types of Node, which passes it on.
    const halfOpen = { allowHalfOpen: true };
    const socket = tls.connect({
      host: address.hostname,
      port: address.port,
      ALPNProtocols: ["http/1.1"],
      ...halfOpen,
      ...(address.session && { session: address.session }),
      ...options,
      ...resolving,
    });
    socket.setNoDelay(true);
    socket.on("session", (session: Buffer) => {
      address.session = session;
    });
    socket.once("connect", () => {
      this.tcpConnectedMs = clockMs();
    });
    socket.once("secureConnect", () => this.#connected());
    readByEvents(socket, this);
    return socket;
  }

  #connected(): void {
    this.isConnected = true;
    this.#keeper.opened(this.#madeFor);
    this.#address.name?.connected(this.#ip);
    this.user?.connected();
  }

  /** Whether it goes where the node is now: names move. */
  get isCurrent(): boolean {
    return this.#address.name === null || this.#address.name.holds(this.#ip);
  }

  #timedOut(): void {
    if (!this.isConnected) this.#address.name?.failed(this.#ip);
    this.user?.timedOut();
  }

  read(bytes: Buffer, length: number): void {
    const wrong = this.reader.read(bytes, length);
    if (wrong !== null) this.#break(wrong);
    else this.user?.readDone();
  }

  #break(detail: string): void {
    const user = this.user;
    this.destroy();
    user?.broken(detail);
  }

  // --- the request -----------------------------------------------------------------------------------------------------

  send(user: UpstreamUser, head: string, body: readonly Buffer[], isChunked: boolean, isWhole: boolean): void {
    this.reader.expect(user);
    this.#isChunked = isChunked;
    writeRequest(this.socket, head, body, isChunked);
    if (isWhole && isChunked) this.socket.write("0\r\n\r\n", "latin1");
  }
  bodyPiece(bytes: Buffer): void {
    writePiece(this.socket, bytes, this.#isChunked);
  }
  bodyCopy(bytes: Buffer, start: number, end: number): void {
    copyPiece(this.socket, bytes, start, end, this.#isChunked);
  }
  bodyEnd(trailers: Fields): void {
    if (this.#isChunked) this.socket.write(lastChunk(trailers), "latin1");
  }
  get isCongested(): boolean {
    return this.socket.writableLength > CONGESTED;
  }

  // --- the answer ------------------------------------------------------------------------------------------------------

  limit(ms: number): void {
    this.timer.set(ms);
  }
  noLimit(): void {
    this.timer.clear();
  }
  limitStall(ms: number): void {
    this.#stall.limit(ms);
  }

  #drained(): void {
    this.#stall.clear();
    this.user?.drained();
  }

  pause(): void {
    this.socket.pause();
  }
  resume(): void {
    this.socket.resume();
  }

  hold(): void {
    this.user = null;
    this.reader.hold();
    this.socket.pause();
    this.timer.clear();
  }

  unhold(user: UpstreamUser): void {
    this.user = user;
    // First of all: what is kept may be the whole answer, and then the connection goes on to the next request.
    this.socket.resume();
    const wrong = this.reader.unhold();
    if (wrong !== null) {
      this.#break(wrong);
      return;
    }
    if (this.user !== user) return;
    user.readDone();
    if (this.#hasEnded) this.#ended();
    else if (this.isClosed) this.#lose();
  }

  #ended(): void {
    this.#hasEnded = true;
    if (this.reader.isHeld) return;
    if (this.user === null) {
      this.destroy();
      return;
    }
    if (!this.reader.end()) this.#lose();
  }

  #lose(): void {
    const user = this.user;
    const code = this.#errorCode;
    if (!this.isConnected) this.#address.name?.failed(this.#ip);
    const wasStale = this.served > 0 && this.reader.isUntouched;
    this.destroy();
    user?.lost(code, wasStale ? "stale" : "broken");
  }

  #closed(): void {
    if (this.isConnected) this.#keeper.closed();
    this.isClosed = true;
    this.timer.stop();
    if (this.user) this.#lose();
    else if (!this.reader.isHeld) this.#keeper.forget(this);
  }

  release({ keepAlive, keepAliveSeconds }: ResponseHead, isSent: boolean): void {
    if (!keepAlive || !isSent || this.reader.hasSurplus || this.isClosed) {
      this.destroy();
      return;
    }
    if (keepAliveSeconds !== null) this.idleLimitMs = Math.max(0, keepAliveSeconds - 1) * 1_000;
    this.#keeper.giveBack(this, this.#address, clockMs());
  }

  tunnel(): UpstreamConnection {
    return this;
  }

  destroy(): void {
    this.user = null;
    this.isClosed = true;
    this.reader.drop();
    this.timer.stop();
    this.socket.destroy();
  }
}
