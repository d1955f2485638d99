import { lookup } from "node:dns/promises";
import net from "node:net";

/** What node:net's own cluster module uses to own a socket that others accept on; not in the public types. */
type Handle = { fd: number; getsockname(out: { port?: number }): number; close(): void };
type CreateServerHandle = (address: string, port: number, addressType: 4 | 6) => Handle | number;

export type ListeningSocket = { fd: number; close(): void };

/**
 * Binds the proxies' socket without ever accepting on it. The proxies inherit the descriptor, listen on it and accept;
 * while all of them are being replaced, the kernel queues connections on the socket that this process keeps open, so
 * none is refused. A net.Server would accept here, in a process that serves nobody: hence cluster's way, the bare handle.
 * @throws {Error} when the address is taken or not ours.
 */
export async function bindListeningSocket(bind: string, port: number): Promise<ListeningSocket> {
  const { address, family } = await lookup(bind);
  const create = (net as unknown as { _createServerHandle: CreateServerHandle })._createServerHandle;
  const handle = create(address, port, family === 6 ? 6 : 4);
  if (typeof handle === "number") throw new Error(`cannot listen on ${bind}:${port} (error ${handle})`);
  // libuv reports a taken port only when listening: a socket without a name was not bound.
  const name: { port?: number } = {};
  if (handle.getsockname(name) !== 0 || name.port !== port) {
    handle.close();
    throw new Error(`${bind}:${port} is taken by another program`);
  }
  return { fd: handle.fd, close: () => handle.close() };
}
