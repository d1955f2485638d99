import type { Socket } from "node:net";
import { goesOn } from "./sockets/quick-socket.ts";

/** Watches a peer that does not keep up: it must take some of what is written to it in time. */
export class StallGuard {
  readonly #socket: Socket;
  #isOn = false;

  constructor(socket: Socket, onStall: () => void) {
    this.#socket = socket;
    socket.on("timeout", () => {
      if (goesOn(socket)) socket.setTimeout(socket.timeout ?? 0);
      else onStall();
    });
  }

  limit(ms: number): void {
    this.#socket.setTimeout(ms);
    this.#isOn = true;
  }

  /** It has taken all. */
  clear(): void {
    if (this.#isOn) this.#socket.setTimeout(0);
    this.#isOn = false;
  }
}
