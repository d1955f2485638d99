// What becomes of a connection whose node switched protocols (WebSocket, say): bytes pass both ways, unread, until both
// sides have ended. It has a node's slot as long as it lasts. Either side may end first and still hear the other out.
import type { Socket } from "node:net";
import type { Fields } from "../http/fields.ts";
import { FrameTracker, goingAwayFrame } from "../http/websocket-frames.ts";
import type { Flow } from "../state/flows.ts";
import type { InFlight, NodeState } from "../state/node-state.ts";
import type { UpstreamConnection } from "../upstream/connection.ts";
import { CONGESTED, type UpstreamUser } from "../upstream/stream.ts";
import { AnswerWriter } from "./answer-writer.ts";

/** How long one side may be silent once the other has ended. */
const HALF_CLOSED_MS = 30_000;

/** The client's side: an HTTP/1 connection that does nothing else from now on. */
export interface TunnelClient {
  readonly socket: Socket;
  /** It does not keep up: it must take some of what is sent in time, or is cut off. */
  limitStall(): void;
  resumeBody(): void;
  /** The tunnel is over. */
  exchangeDone(closes: true): void;
  abort(): void;
}

export class Tunnel implements UpstreamUser, InFlight {
  readonly method = "";
  readonly #client: TunnelClient;
  readonly #node: NodeState;
  /** Where what passes counts. */
  readonly #flow: Flow;
  readonly #connection: UpstreamConnection;
  readonly #writer: AnswerWriter;
  #hasClientEnded = false;
  #hasNodeEnded = false;
  /** The client does not keep up: nothing is read from the node. */
  #isNodePaused = false;
  #isOver = false;
  /** Of a WebSocket: what passes from the client, and from the node. */
  readonly #frames: { readonly client: FrameTracker; readonly node: FrameTracker } | null;

  /** Takes the connection over from the request that asked for the switch. */
  constructor(client: TunnelClient, node: NodeState, connection: UpstreamConnection, flow: Flow, isWebSocket: boolean) {
    this.#frames = isWebSocket ? { client: new FrameTracker(), node: new FrameTracker() } : null;
    this.#client = client;
    this.#node = node;
    this.#flow = flow;
    this.#connection = connection;
    this.#writer = new AnswerWriter(client.socket);
    connection.user = this;
    connection.reader.becomeTunnel(this);
    node.attempts.add(this);
    node.pool.tunnelOpened(node, flow);
    this.#bytesMoved();
  }

  #bytesMoved(): void {
    const { tunnelIdleMs } = this.#node.pool.config.timeouts;
    const isHalfClosed = this.#hasClientEnded || this.#hasNodeEnded;
    this.#connection.timer.set(isHalfClosed ? Math.min(tunnelIdleMs, HALF_CLOSED_MS) : tunnelIdleMs);
  }

  // --- from the client -----------------------------------------------------------------------------------------------

  /** @returns whether the client should pause */
  fromClient(bytes: Buffer, start: number, end: number): boolean {
    const { socket } = this.#connection;
    this.#node.counts.bytesIn += end - start;
    this.#flow.bytesIn += end - start;
    this.#frames?.client.pass(bytes, start, end);
    socket.write(Buffer.from(bytes.subarray(start, end)));
    this.#bytesMoved();
    return socket.writableLength > CONGESTED;
  }

  clientEnded(): void {
    this.#hasClientEnded = true;
    this.#connection.socket.end();
    this.#bytesMoved();
  }

  /** Its connection is closed. What it sent before it ended still gets to the node. */
  clientGone(): void {
    if (this.#hasClientEnded) this.#connection.socket.destroySoon();
    else {
      this.#connection.destroy();
      this.#over();
    }
  }

  clientDrained(): void {
    if (!this.#isNodePaused) return;
    this.#isNodePaused = false;
    this.#connection.socket.resume();
    this.#bytesMoved();
  }

  // --- from the node -------------------------------------------------------------------------------------------------

  piece(bytes: Buffer, start: number, end: number): void {
    this.#node.counts.bytesOut += end - start;
    this.#flow.bytesOut += end - start;
    this.#frames?.node.pass(bytes, start, end);
    this.#writer.piece(bytes, start, end);
  }

  readDone(): void {
    this.#writer.flush();
    this.#bytesMoved();
    if (this.#client.socket.writableLength <= CONGESTED) return;
    this.#isNodePaused = true;
    this.#connection.socket.pause();
    this.#client.limitStall();
  }

  drained(): void {
    this.#client.resumeBody();
    this.#bytesMoved();
  }

  /** The node has sent its last byte. */
  answerEnd(_trailers: Fields | null): void {
    this.#hasNodeEnded = true;
    this.#client.socket.end();
    this.#bytesMoved();
  }

  lost(): void {
    if (this.#isOver) return;
    this.#over();
    if (this.#hasNodeEnded) this.#client.exchangeDone(true);
    else this.#client.abort();
  }

  /** Idle for too long: both sides are told by an orderly end. */
  timedOut(): void {
    this.#end();
  }

  /** It may not go on: its node's drain is over, or this process's. */
  cut(): void {
    this.#end();
  }

  /** What has passed cannot be asked of another node. */
  rescue(): void {}
  connected(): void {}
  interim(): void {}
  answer(): void {}
  broken(): void {
    this.#end();
  }

  #end(): void {
    this.#sayGoodbye();
    // What is written already goes out; a node that does not take it must not keep the slot.
    this.#connection.timer.set(HALF_CLOSED_MS);
    if (this.#isOver) this.#connection.destroy();
    else this.#connection.socket.destroySoon();
    this.#over();
    this.#client.exchangeDone(true);
  }

  /** Where a frame may stand, each side of a WebSocket is told that it is over: else it looks like a fault of the network. */
  #sayGoodbye(): void {
    const frames = this.#frames;
    if (frames === null || this.#isOver) return;
    const { socket } = this.#connection;
    const mayTell = ({ isBetween, hasClosed }: FrameTracker): boolean => isBetween && !hasClosed;
    if (!this.#hasClientEnded && mayTell(frames.client) && socket.writable) socket.write(goingAwayFrame(true));
    const client = this.#client.socket;
    if (!this.#hasNodeEnded && mayTell(frames.node) && client.writable) client.write(goingAwayFrame(false));
  }

  #over(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#node.attempts.delete(this);
    this.#node.pool.tunnelClosed(this.#node, this.#flow);
  }
}
