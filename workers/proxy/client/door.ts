// Lets connections in, or turns them away: counted by whom they are of, once that is known, until they close. A connection
// that is turned away is told why, by an answer it can show; but telling takes a moment in which it stays open, so that when
// very many are turned away at once the rest are reset untold.
import type { Socket } from "node:net";
import type { ProxySettings } from "#lib/contracts/config.ts";
import { AddressRanges } from "#lib/core/address-range.ts";
import { type Admission, ConnectionBook, type ConnectionCounts } from "#lib/core/connection-limits.ts";
import type { HeadFault } from "../http/request-head.ts";
import { type AnnouncedSocket, readAnnouncement } from "./announcement.ts";
import { peerAddress } from "./line.ts";

/** Connections that may be told at once why they are turned away. */
const MAX_TELLING = 100;
const TELL_AFTER_MS = 100;

const REASONS: Record<Exclude<Admission, "admitted">, string> = {
  "too-many-connections": "your address has as many connections as it may",
  "connections-exhausted": "there are as many connections as there may be",
};

export class Door {
  /** Whose connections begin with a header of the PROXY protocol. */
  #announcing = new AddressRanges([]);
  /** Proxies that carry many clients. */
  #trusted = new AddressRanges([]);
  readonly #book = new ConnectionBook();
  /** Those that are counted, as what. */
  readonly #inside = new Map<Socket, string | null>();
  #telling = 0;
  readonly #tellSiblings: ((counts: ConnectionCounts) => void) | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(tellSiblings?: (counts: ConnectionCounts) => void) {
    this.#tellSiblings = tellSiblings;
  }

  configure({ proxyProtocol, forwarding, connections }: ProxySettings, processes: number): void {
    this.#announcing = new AddressRanges(proxyProtocol.from);
    this.#trusted = new AddressRanges(forwarding.trustedProxies);
    this.#book.configure(connections, processes);
  }

  /** Whether a connection of `peer` begins with a header of the PROXY protocol. */
  isAnnounced(peer: string): boolean {
    return this.#announcing.has(peer);
  }

  /** @returns null when the connection may stay, else what it is told, or "untold" */
  enter(socket: Socket, address: string): HeadFault | "untold" | null {
    if (!this.#book.isOn) return null;
    const counted = this.#trusted.has(address) ? null : address;
    const admission = this.#book.enter(counted, performance.now());
    if (admission === "admitted") {
      this.#inside.set(socket, counted);
      socket.once("close", () => this.#leave(socket));
      this.#changed();
      return null;
    }
    if (this.#telling >= MAX_TELLING) return "untold";
    this.#telling++;
    socket.once("close", () => this.#telling--);
    return { code: admission, detail: REASONS[admission] };
  }

  /**
   * The same for a connection whose bytes are another layer's: TLS. Its header of the PROXY protocol is read here, within
   * `headMs`; what stands behind it is put back. It is closed untold when it may not stay.
   */
  welcome(socket: AnnouncedSocket, headMs: number, comeIn: () => void): void {
    const peer = peerAddress(socket);
    const enter = (address: string) => {
      if (this.enter(socket, address) === null) comeIn();
      else socket.resetAndDestroy();
    };
    if (!this.isAnnounced(peer)) {
      enter(peer);
      return;
    }
    readAnnouncement(socket, headMs, (source) => {
      if (source !== null) socket.announcedAddress = source;
      enter(source ?? peer);
    });
  }

  #leave(socket: Socket): void {
    const counted = this.#inside.get(socket);
    if (counted === undefined) return;
    this.#inside.delete(socket);
    this.#book.leave(counted);
    this.#changed();
  }

  hear(process: number, counts: ConnectionCounts): void {
    this.#book.hear(process, counts, performance.now());
  }

  /** Called each second: what is not said again is forgotten. */
  remind(): void {
    if (this.#book.isOn) this.#tellSiblings?.(this.#book.tell());
  }

  #changed(): void {
    if (this.#tellSiblings === undefined || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.remind();
    }, TELL_AFTER_MS);
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}
