import type { Socket } from "node:net";

/** Watches a peer that does not keep up: it must take some of what is written to it in time. */
export class StallGuard {
  readonly #socket: Socket;
  #isOn = false;

  constructor(socket: Socket, onStall: () => void) {
    this.#socket = socket;
    socket.on("timeout", onStall);
  }

  limit(ms: number): void {
    // The socket's own time-out sees progress within one large write; ours would not.
    this.#socket.setTimeout(ms);
    this.#isOn = true;
  }

  /** It has taken all. */
  clear(): void {
    if (this.#isOn) this.#socket.setTimeout(0);
    this.#isOn = false;
  }
}
