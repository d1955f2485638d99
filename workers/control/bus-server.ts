// Control's end of the bus: proxies connect to a Unix socket and exchange one JSON document a line. Nothing a client
// sends can hurt: lines are bounded, every message is checked, and whoever breaks the rules is disconnected. What a proxy of
// another version adds is passed over.
import { rm } from "node:fs/promises";
import net from "node:net";
import { BUS_PROTOCOL, ToControl, type ToProxy } from "#lib/contracts/bus.ts";
import { readMessage, typesOf } from "#workers/bus/messages.ts";
import { LineSplitter } from "#workers/bus/ndjson.ts";
import type { Log } from "./log.ts";

/** A frame of 100,000 idle nodes is 25 MB; the messages of any real fleet are far smaller. */
const MAX_LINE_BYTES = 32 * 1024 * 1024;
/** A proxy that reads nothing while this much waits for it is stuck: it starts from the files when it comes back. */
const MAX_UNREAD_BYTES = 128 * 1024 * 1024;
const HELLO_WITHIN_MS = 5_000;
const KNOWN_TYPES = typesOf(ToControl);

/** A proxy process on the bus, from its `hello` until it is gone. */
export type ProxyLink = {
  readonly process: number;
  readonly pid: number;
  /** Whether it can be told what a revision changes; else it is told the whole. */
  readonly takesChanges: boolean;
  send: (message: ToProxy) => void;
  /** The same for a message already serialised, for those that go to many. */
  sendLine: (line: string) => void;
};

type FromProxy = Exclude<ToControl, { type: "hello" }>;
export type BusHandlers = {
  onHello: (link: ProxyLink) => void;
  onMessage: (link: ProxyLink, message: FromProxy) => void;
  onGone: (link: ProxyLink) => void;
};
export type BusServer = { close: () => Promise<void> };

/** One line of the bus. */
export const busLine = (message: ToProxy): string => `${JSON.stringify(message)}\n`;

/** Listens on the Unix socket `path` (mode 0600), replacing a stale one. Rejects when it cannot. */
export async function startBus(path: string, log: Log, handlers: BusHandlers): Promise<BusServer> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    serve(socket, log, handlers);
  });
  // There is one control process for a data directory, so a socket that is still there is a dead one's.
  await rm(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    // The socket is made within this call: nobody else can connect in between.
    const umask = process.umask(0o177);
    server.listen(path, resolve);
    process.umask(umask);
  });
  server.on("error", (cause) => log.error({ err: cause }, "bus"));
  return {
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function serve(socket: net.Socket, log: Log, handlers: BusHandlers): void {
  const lines = new LineSplitter(MAX_LINE_BYTES);
  let link: ProxyLink | undefined;
  const drop = (why: string) => {
    log.warn({ proxy: link?.process, why }, "a bus client is dropped");
    socket.destroy();
  };
  const greet = setTimeout(drop, HELLO_WITHIN_MS, "it did not say hello");

  const passedOver = new Set<string>();
  /** Once for each thing: a frame comes every second. */
  const passOver = (what: string) => {
    if (passedOver.has(what)) return;
    passedOver.add(what);
    log.info({ proxy: link?.process, what }, "a proxy of another version says more than is known here");
  };

  const receive = (line: string) => {
    const read = readMessage(ToControl, KNOWN_TYPES, line);
    if (read.kind === "malformed") return drop(read.reason);
    if (read.kind === "unknown") return link ? passOver(read.type) : drop("it did not say hello first");
    for (const field of read.unknownFields) passOver(`${read.message.type}.${field}`);
    const { message } = read;
    if (message.type !== "hello") {
      if (!link) return drop("it did not say hello first");
      return handlers.onMessage(link, message);
    }
    if (link) return drop("it said hello twice");
    if (message.protocol !== BUS_PROTOCOL) return drop(`it speaks protocol ${message.protocol}, not ${BUS_PROTOCOL}`);
    clearTimeout(greet);
    link = makeLink(socket, message, drop);
    handlers.onHello(link);
  };
  socket.on("data", (chunk) => {
    try {
      for (const line of lines.push(chunk)) {
        if (socket.destroyed) return;
        receive(line);
      }
    } catch (cause) {
      log.error({ err: cause }, "a bus message could not be handled");
      drop((cause as Error).message);
    }
  });
  socket.on("error", (cause) => log.debug({ err: cause }, "bus connection"));
  socket.on("close", () => {
    clearTimeout(greet);
    if (link) handlers.onGone(link);
  });
}

function makeLink(
  socket: net.Socket,
  { process, pid, takesChanges = false }: Extract<ToControl, { type: "hello" }>,
  drop: (why: string) => void,
): ProxyLink {
  const sendLine = (line: string) => {
    if (socket.destroyed) return;
    socket.write(line);
    if (socket.writableLength > MAX_UNREAD_BYTES) drop("it does not read");
  };
  return { process, pid, takesChanges, sendLine, send: (message) => sendLine(busLine(message)) };
}
