import { once } from "node:events";
import net from "node:net";

/** Why a server cannot listen on `bind`:`port`, for people; undefined when it can. */
export async function listenFault(bind: string, port: number): Promise<string | undefined> {
  const server = net.createServer().listen({ host: bind, port, exclusive: true });
  try {
    await once(server, "listening");
  } catch (error) {
    return describe((error as NodeJS.ErrnoException).code ?? "", bind, port);
  }
  server.close();
  await once(server, "close");
  return undefined;
}

function describe(code: string, bind: string, port: number): string {
  const where = net.isIPv6(bind) ? `[${bind}]:${port}` : `${bind}:${port}`;
  if (code === "EADDRINUSE") return `${where} is taken by another program`;
  if (code === "EACCES") return `${where} may not be used by this user (ports below 1024 need a privilege)`;
  if (code === "EADDRNOTAVAIL") return `${bind} is not an address of this machine`;
  return `${where} cannot be used (${code})`;
}

/** A port of 127.0.0.1 that nobody listens on now, as the system picks it. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** The first free port of 127.0.0.1 from `first` on. */
export async function firstFreePort(first: number): Promise<number> {
  for (let port = first; port < first + 500; port++) {
    if ((await listenFault("127.0.0.1", port)) === undefined) return port;
  }
  throw new Error(`No port from ${first} to ${first + 499} is free on 127.0.0.1`);
}
