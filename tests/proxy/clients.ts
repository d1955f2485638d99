// Clients of the proxy: by node:http, and byte by byte.
import http from "node:http";
import net from "node:net";
import { onCleanUp } from "./clean-up.ts";

export interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
  trailers: NodeJS.Dict<string>;
}

/** One request by node:http. */
export function request(url: string, options: http.RequestOptions = {}, body?: string | Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = http.request(url, options, (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece) => pieces.push(piece));
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(pieces).toString("latin1"),
          trailers: response.trailers,
        }),
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** A client that sends bytes as they are. */
export class RawClient {
  readonly socket: net.Socket;
  received = "";
  isClosed = false;
  #waiters: (() => void)[] = [];

  constructor(port: number) {
    this.socket = net.connect(port, "127.0.0.1");
    this.socket.on("data", (bytes) => {
      this.received += bytes.toString("latin1");
      this.#wake();
    });
    this.socket.on("error", () => {});
    this.socket.on("close", () => {
      this.isClosed = true;
      this.#wake();
    });
    onCleanUp(() => void this.socket.destroy());
  }

  #wake(): void {
    for (const wake of this.#waiters.splice(0)) wake();
  }

  send(text: string): this {
    this.socket.write(text, "latin1");
    return this;
  }

  /** Resolves as soon as `condition` holds; the test's time-out is the deadline. */
  async until(condition: (client: this) => boolean): Promise<this> {
    while (!condition(this)) await new Promise<void>((resolve) => this.#waiters.push(resolve));
    return this;
  }

  has(text: string): Promise<this> {
    return this.until(() => this.received.includes(text));
  }
  closed(): Promise<this> {
    return this.until(() => this.isClosed);
  }
}

/** Sends bytes and returns all that came back until the proxy closed. */
export async function rawExchange(port: number, bytes: string): Promise<string> {
  const client = await new RawClient(port).send(bytes).closed();
  return client.received;
}

/** Sends `count` requests over `connections` kept connections; returns how often each status came. */
export async function load(url: string, count: number, connections = 8, method = "GET"): Promise<Map<number, number>> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const seen = new Map<number, number>();
  let left = count;
  const one = async () => {
    while (left-- > 0) {
      const { status } = await request(url, { agent, method }).catch(() => ({ status: 0 }));
      seen.set(status, (seen.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: connections }, one));
  agent.destroy();
  return seen;
}
