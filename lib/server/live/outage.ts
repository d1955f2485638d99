// While the database is lost, open pages get their figures from the worker on this machine, over its admin port: it has them in
// memory. Workers elsewhere tell of themselves through the database only, and are not in them.
import type { NodeResources } from "#lib/contracts/resources.ts";
import { type LiveNode, type LiveTick, type StreamEvents, WorkerLive } from "#lib/contracts/views.ts";
import { TickRing } from "#lib/server/live/tick-ring.ts";

const EVERY_MS = 1_000;
const ANSWER_WITHIN_MS = 2_000;

type Tell = <K extends "tick" | "node" | "resources">(name: K, payload: StreamEvents[K]) => void;

type Follower = {
  onTick: (tick: LiveTick) => void;
  onNode: (node: LiveNode) => void;
  onResources: (nodes: NodeResources[]) => void;
};

/** Figures while the database is lost, as the worker of this machine tells them. */
export class Outage {
  #end: (() => void) | undefined;
  readonly #ring = new TickRing();

  /** Of this outage so far, the oldest first. */
  get ticks(): LiveTick[] {
    return this.#ring.ticks();
  }

  begin(tell: Tell): void {
    this.end();
    const url = workerUrl(process.env);
    if (url === null) return;
    const onTick = (tick: LiveTick) => {
      this.#ring.put(tick);
      tell("tick", tick);
    };
    this.#end = followWorker(url, {
      onTick,
      onNode: (node) => tell("node", node),
      onResources: (nodes) => tell("resources", { nodes }),
    });
  }

  end(): void {
    this.#end?.();
    this.#end = undefined;
    this.#ring.clear();
  }
}

/**
 * Asks `GET /live` of the worker's admin port every second and tells what is news. A worker that does not answer tells nothing: the age
 * of the figures on screen shows it.
 * @returns a function that ends it
 */
function followWorker(url: string, { onTick, onNode, onResources }: Follower): () => void {
  let timer: NodeJS.Timeout | undefined;
  let lastTickMs = 0;
  let isOver = false;
  const told = new Map<string, string>();
  const toldResources = new Map<string, string>();
  const look = async () => {
    const live = await readLive(url);
    if (isOver) return;
    for (const tick of live?.ticks ?? []) {
      if (tick.atMs <= lastTickMs) continue;
      lastTickMs = tick.atMs;
      onTick(tick);
    }
    for (const node of live?.nodes ?? []) {
      const signature = signatureOf(node);
      if (told.get(node.nodeId) === signature) continue;
      told.set(node.nodeId, signature);
      onNode(node);
    }
    const news = live?.resources.filter((one) => isNews(toldResources, one)) ?? [];
    if (news.length > 0) onResources(news);
    timer = setTimeout(() => void look(), EVERY_MS);
  };
  void look();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}

/** Told anew, or come to be missing since it grew old. */
function isNews(told: Map<string, string>, { nodeId, atMs, cpu, memory, backlog }: NodeResources): boolean {
  const signature = [atMs, cpu.state, memory.state, backlog.state].join(" ");
  if (told.get(nodeId) === signature) return false;
  told.set(nodeId, signature);
  return true;
}

/** What people see change; the counters behind it move with every check. */
const signatureOf = ({ status, statusReason, facts }: LiveNode): string =>
  JSON.stringify([
    status,
    statusReason,
    facts.health.state,
    facts.ejection,
    facts.breaker,
    facts.cooling,
    facts.warmUp,
  ]);

async function readLive(url: string): Promise<WorkerLive | null> {
  try {
    const response = await fetch(`${url}/live`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    const parsed = WorkerLive.safeParse(await response.json());
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Where the worker of this machine is asked; null: nowhere without its token, which this process does not hold. */
function workerUrl(env: Record<string, string | undefined>): string | null {
  const { GB_ADMIN_PORT: port, GB_ADMIN_BIND: bind = "127.0.0.1" } = env;
  const isLoopback = bind === "localhost" || bind === "::1" || bind.startsWith("127.");
  if (!port || !isLoopback) return null;
  return `http://${bind.includes(":") ? `[${bind}]` : bind}:${port}`;
}
