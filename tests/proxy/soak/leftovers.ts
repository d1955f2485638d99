// What must be back where it was once all clients have gone: counters, objects, sockets, timers, memory.
import fs from "node:fs";
import net from "node:net";
import v8 from "node:v8";
import vm from "node:vm";
import { ClientConnection } from "#workers/proxy/client/connection.ts";
import { Attempt } from "#workers/proxy/exchange/attempt.ts";
import { Exchange } from "#workers/proxy/exchange/exchange.ts";
import { Tunnel } from "#workers/proxy/exchange/tunnel.ts";
import type { ProxyServer } from "#workers/proxy/proxy.ts";
import type { PoolState } from "#workers/proxy/state/pool-state.ts";
import { UpstreamConnection } from "#workers/proxy/upstream/connection.ts";

v8.setFlagsFromString("--expose-gc");
const gc = vm.runInNewContext("gc") as () => void;

/** Sockets that this process has open. */
export function openSockets(): number {
  let count = 0;
  for (const fd of fs.readdirSync("/proc/self/fd")) {
    try {
      if (fs.readlinkSync(`/proc/self/fd/${fd}`).startsWith("socket:")) count++;
    } catch {
      // Closed meanwhile: the one that read the folder, for example.
    }
  }
  return count;
}

/** What Node knows of the sockets it has open, so that one too many can be traced: its ports, and what waits. */
export function describeSockets(): string {
  const handles = (process as unknown as { _getActiveHandles(): unknown[] })._getActiveHandles();
  const sockets = handles.filter((handle) => handle instanceof net.Socket);
  const told = sockets.map((socket) => {
    const { localPort, remotePort, readyState, destroyed, writableLength } = socket;
    const what = [readyState, destroyed && "destroyed", socket.isPaused() && "paused", `${writableLength} to write`];
    return `${socket.constructor.name} ${localPort}-${remotePort} ${what.filter(Boolean).join(", ")}`;
  });
  return told.join("; ");
}

/** Bytes in use after a thorough collection. */
export async function memoryInUse(): Promise<{ heap: number; outside: number }> {
  for (let i = 0; i < 4; i++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const { heapUsed, external } = process.memoryUsage();
  return { heap: heapUsed, outside: external };
}

const TRANSIENT = { ClientConnection, Exchange, Attempt, Tunnel, UpstreamConnection };

/** Every gauge that is not zero, by name. @param pools all that there have been, those of former configurations too */
export function leftovers(server: ProxyServer, pools: ReadonlySet<PoolState>): Record<string, number> {
  const found: Record<string, number> = {};
  const note = (name: string, count: number) => {
    if (count !== 0) found[name] = (found[name] ?? 0) + count;
  };
  note("client connections", server.connectionCount);
  for (const pool of pools) {
    note("active", pool.active);
    note("waiting line", pool.line.size);
    // A suspect stays one until a request tries it, and none comes any more: but each that is counted must be one.
    note("suspects that are none", pool.watch.suspects - pool.nodes.filter((node) => node.suspicion.isSuspect).length);
    note("idle connections", pool.idleConnections);
    for (const node of pool.nodes) {
      note("in flight", node.inFlight);
      note("attempts", node.attempts.size);
    }
  }
  return found;
}

/** Objects of one request's or connection's life that something still holds, pending lists and timers included. */
export function heldObjects(): Record<string, number> {
  const held = Object.entries(TRANSIENT).map(([name, type]) => [
    name,
    v8.queryObjects(type as never, { format: "count" }),
  ]);
  return Object.fromEntries(held.filter(([, count]) => count !== 0));
}
