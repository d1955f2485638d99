// What Node's own parser understands of a stream, strict or lenient. It is node:http as it is, on a stream in memory.
import { once } from "node:events";
import http from "node:http";
import { Duplex } from "node:stream";
import type { Reading } from "./seen.ts";

/** A connection in memory: what is fed is read by its owner, what that writes is kept. */
class Wire extends Duplex {
  written = "";
  override _read(): void {}
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.written += chunk.toString("latin1");
    done();
  }
  setTimeout(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}

export class NodeReader {
  readonly #server: http.Server;
  readonly #isLenient: boolean;
  #reading: Reading = { messages: [], end: "clean" };

  constructor(isLenient: boolean) {
    this.#isLenient = isLenient;
    this.#server = http.createServer({ insecureHTTPParser: isLenient, keepAliveTimeout: 0 });
    this.#server.on("request", (request, response) => this.#read(request, response));
    this.#server.on("clientError", (_error, socket) => {
      this.#reading.end = "refused";
      // What came before the fault is still to be handed on.
      setImmediate(() => socket.destroy());
    });
  }

  #read(request: http.IncomingMessage, response: http.ServerResponse): void {
    const { messages } = this.#reading;
    let body = "";
    request.on("data", (bytes: Buffer) => {
      body += bytes.toString("latin1");
    });
    request.on("error", () => {});
    request.on("end", () => {
      const line = `${request.method} ${request.url}`;
      messages.push({ line, fields: request.rawHeaders, body, trailers: request.rawTrailers });
      response.end();
    });
  }

  async requests(pieces: readonly Buffer[]): Promise<Reading> {
    const reading: Reading = { messages: [], end: "clean" };
    this.#reading = reading;
    const wire = new Wire();
    wire.on("error", () => {});
    this.#server.emit("connection", wire);
    for (const piece of pieces) if (!wire.destroyed) wire.push(piece);
    if (!wire.destroyed) {
      wire.push(null);
      await once(wire, "close");
    }
    return reading;
  }

  /** The answer to one request of `method`. */
  async answer(pieces: readonly Buffer[], method: string): Promise<Reading> {
    const reading: Reading = { messages: [], end: "unfinished" };
    const wire = new Wire();
    wire.on("error", () => {});
    const request = http.request({
      method,
      insecureHTTPParser: this.#isLenient,
      createConnection: () => wire,
    });
    request.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code?.startsWith("HPE_")) reading.end = "refused";
    });
    request.on("upgrade", (_response, socket) => socket.destroy());
    request.on("response", (response) => {
      let body = "";
      response.on("data", (bytes: Buffer) => {
        body += bytes.toString("latin1");
      });
      response.on("error", () => {});
      response.on("end", () => {
        if (!response.complete) return;
        const line = `${response.statusCode} ${response.statusMessage}`;
        reading.messages.push({ line, fields: response.rawHeaders, body, trailers: response.rawTrailers });
        reading.end = "clean";
      });
    });
    request.end();
    await once(request, "finish");
    for (const piece of pieces) if (!wire.destroyed) wire.push(piece);
    if (!wire.destroyed) {
      wire.push(null);
      await once(wire, "close");
    }
    return reading;
  }
}
