// The proxy processes of one worker, each a process of its own with a port of its own, so that a test can say whose
// connections a request comes by, and the part of control that shares limits among them.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import pino from "pino";
import { expect } from "vitest";
import type { PassiveFacts } from "#lib/contracts/bus.ts";
import type { PublishedConfig } from "#lib/contracts/config.ts";
import { dataDir } from "#lib/store/data-dir.ts";
import { type BusServer, type ProxyLink, startBus } from "#workers/control/bus-server.ts";
import { LeaseDesk } from "#workers/control/lease-desk.ts";
import { LimitDesk } from "#workers/control/limit-desk.ts";
import { Proxies } from "#workers/control/proxies.ts";
import { QuotaBook } from "#workers/control/quota-book.ts";
import { SlotDesk } from "#workers/control/slot-desk.ts";
import { onCleanUp } from "./clean-up.ts";
import { makeDataDir, ownSocket } from "./proxy-process.ts";

const log = pino({ level: "silent" });

export interface TestWorker {
  /** What each process, by its number, told last of each node. */
  passive: Map<number, Map<string, PassiveFacts>>;
  urls: string[];
  children: ChildProcess[];
  /** Ends control as a kill does: its processes are not told. */
  stopControl(): Promise<void>;
  /** What the present control knows of quotas. */
  quotas(): QuotaBook;
  startControl(): Promise<void>;
  /** What the present control found of a node. */
  limitOf(nodeId: string): number | undefined;
}

async function control(
  file: string,
  limits: LimitDesk<ProxyLink>,
  processes: number,
  passive: TestWorker["passive"],
  quotas: QuotaBook,
): Promise<BusServer> {
  const proxies = new Proxies();
  const leases = new LeaseDesk(quotas);
  const slots = new SlotDesk<ProxyLink>({
    tell: (link, news) => link.send({ type: "slots", news }),
    isWaiting: (heard) => heard < processes,
  });
  const bus = await startBus(file, log, {
    onHello: (link) => proxies.add(link),
    onMessage: (link, message) => {
      if (message.type === "slots") slots.hear(link, message.asks);
      if (message.type === "lease")
        link.send({ type: "grant", grants: leases.grant(link, message.asks, performance.now()) });
      if (message.type === "times")
        proxies.broadcast({ type: "limits", limits: limits.hear(link, message.nodes, Date.now()) });
      if (message.type !== "passive") return;
      const told = passive.get(link.process) ?? new Map<string, PassiveFacts>();
      passive.set(link.process, told);
      for (const facts of message.facts) told.set(facts.nodeId, facts);
      if (message.adopted !== true)
        proxies.broadcast({ type: "passive", process: link.process, facts: message.facts }, link);
    },
    onGone: (link) => {
      proxies.remove(link);
      slots.gone(link);
      limits.gone(link);
      leases.gone(link, performance.now());
    },
  });
  return {
    close: async () => {
      slots.stop();
      await bus.close();
    },
  };
}

async function startChild(root: string, fd: number, index: number, count: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [path.resolve("workers/proxy/main.ts")], {
    env: {
      ...process.env,
      GB_DATA_DIR: root,
      GB_LISTEN_FD: "4",
      GB_PROXY_INDEX: String(index),
      GB_PROXY_PROCESSES: String(count),
      GB_LOG_LEVEL: "warn",
    },
    stdio: ["ignore", "inherit", "inherit", "ipc", fd],
  });
  onCleanUp(() => void child.kill("SIGKILL"));
  const [message] = await once(child, "message");
  expect(message).toEqual({ type: "ready" });
  return child;
}

export async function startWorker(count: number, config: PublishedConfig): Promise<TestWorker> {
  const root = await makeDataDir();
  const { bus: file, config: configFile } = dataDir(root);
  await writeFile(configFile, JSON.stringify(config));
  const passive: TestWorker["passive"] = new Map();
  let bus: BusServer | null = null;
  let quotas = new QuotaBook();
  let limits = new LimitDesk<ProxyLink>();
  const startControl = async () => {
    // It finds what the one before kept on its disk.
    const kept = quotas.keep();
    quotas = new QuotaBook();
    quotas.restore(kept, Date.now());
    limits = new LimitDesk();
    limits.configure(config.document);
    bus = await control(file, limits, count, passive, quotas);
  };
  const stopControl = async () => {
    await bus?.close();
    bus = null;
  };
  onCleanUp(stopControl);
  await startControl();
  const started = await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const { handle, port } = await ownSocket();
      return { child: await startChild(root, handle.fd, i, count), url: `http://127.0.0.1:${port}` };
    }),
  );
  return {
    urls: started.map(({ url }) => url),
    children: started.map(({ child }) => child),
    passive,
    quotas: () => quotas,
    limitOf: (nodeId) => limits.limitOf(nodeId),
    startControl,
    stopControl,
  };
}
