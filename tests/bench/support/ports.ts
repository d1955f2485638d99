import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Started } from "./workshop.ts";

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const tryConnect = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });

/** Resolves when the program accepts on the port; rejects when it ends before, or after ten seconds. */
export async function accepting(port: number, { name, failed }: Started): Promise<void> {
  const untilMs = performance.now() + 10_000;
  while (!(await Promise.race([tryConnect(port), failed]))) {
    if (performance.now() > untilMs) throw new Error(`${name} does not accept on port ${port}`);
    await sleep(20);
  }
}
