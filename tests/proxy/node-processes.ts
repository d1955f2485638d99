// Nodes in processes of their own: they can be killed, and stopped, as a test's own process cannot.
import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import net from "node:net";
import path from "node:path";
import { onCleanUp } from "./clean-up.ts";

export type NodeProcess = { child: ChildProcess; port: number; asNode: { id: string; url: string } };

/** @param backlog connections that the kernel accepts while the process does not */
export async function startNodeProcess({ port = 0, backlog = 511 } = {}): Promise<NodeProcess> {
  const child = fork(path.resolve("tests/proxy/node-process.ts"), [String(port), String(backlog)]);
  onCleanUp(() => void child.kill("SIGKILL"));
  const [listening] = (await once(child, "message")) as [number];
  return { child, port: listening, asNode: { id: randomUUID(), url: `http://127.0.0.1:${listening}` } };
}

/** Fills the backlog of a stopped process: from then on a connect gets no answer, as where a firewall drops packets. */
export async function swallowConnections(port: number): Promise<void> {
  for (let isFull = false; !isFull; ) {
    const socket = net.connect(port, "127.0.0.1");
    socket.on("error", () => {});
    onCleanUp(() => void socket.destroy());
    isFull = await new Promise((resolve) => {
      // The kernel answers at once, or not at all.
      const timer = setTimeout(() => resolve(true), 100);
      socket.once("connect", () => {
        clearTimeout(timer);
        resolve(false);
      });
    });
  }
}
