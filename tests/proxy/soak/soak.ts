// The soak: a random mix of everything clients, nodes and operators do, in rounds; after each, all that a request leaves
// behind for its duration must be gone. What is thrown is decided by the seed; what happens when is not, so a fault that
// was found is repeated by running the same seed a few times.
import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { PublishedConfig } from "#lib/contracts/config.ts";
import { ProxyServer } from "#workers/proxy/proxy.ts";
import type { PoolState } from "#workers/proxy/state/pool-state.ts";
import { allReady, anyAdminState, anyConfig, calmConfig } from "./changes.ts";
import { Dice } from "./dice.ts";
import { describeSockets, heldObjects, leftovers, memoryInUse, openSockets } from "./leftovers.ts";
import { SoakNode } from "./node.ts";
import * as operations from "./operations.ts";
import * as streams from "./streams.ts";

export interface SoakOptions {
  requests: number;
  seed: number;
  say: (line: string) => void;
}

const ROUNDS = 5;
const CLIENTS = 64;
/** A change of configuration or of an admin state, and a node's restart, after so many operations. */
const CHANGE_EVERY = 150;
const RESTART_EVERY = 700;
/** What is cut or lost this soon after a restart is the restart's doing. */
const RESTART_ECHO_MS = 3_000;
const SETTLED_WITHIN_MS = 60_000;
/** Longer than retries of a hanging node take. */
const SLOW_MS = 20_000;
const HEAP_GROWTH = 12 * 1_048_576;
const OUTSIDE_GROWTH = 16 * 1_048_576;

const OPERATIONS = {
  request: operations.request,
  "slow-reader": operations.slowReader,
  abort: operations.abort,
  garbage: operations.garbage,
  pipeline: streams.pipeline,
  socket: streams.socket,
};

class Soak {
  readonly outcomes = new Map<string, number>();
  readonly #options: SoakOptions;
  readonly #nodes = Array.from({ length: 4 }, () => new SoakNode());
  readonly #pools = new Set<PoolState>();
  readonly #server: ProxyServer;
  readonly #dice: Dice;
  #config: PublishedConfig | null = null;
  #revision = 0;
  #port = 0;
  #done = 0;
  #restartedMs = Number.NEGATIVE_INFINITY;
  #restarting: Promise<void> = Promise.resolve();

  constructor(options: SoakOptions) {
    this.#options = options;
    this.#dice = new Dice(options.seed);
    this.#server = new ProxyServer({ random: new Dice(options.seed + 1).next, limits: { lingerMs: 500 } });
  }

  async run(): Promise<void> {
    for (const node of this.#nodes) await node.start();
    this.#apply(anyConfig(this.#nodes, this.#dice, ++this.#revision));
    this.#port = await this.#server.listen({ host: "127.0.0.1", port: 0 });
    const sockets = openSockets();
    let first: { heap: number; outside: number } | null = null;
    try {
      for (let round = 1; round <= ROUNDS; round++) {
        const startedMs = performance.now();
        await this.#round(round);
        const busyMs = performance.now() - startedMs;
        await this.#settle(sockets);
        const memory = await memoryInUse();
        const [busyS, settleS] = [busyMs, performance.now() - startedMs - busyMs].map((ms) => (ms / 1_000).toFixed(1));
        this.#options.say(
          `round ${round}: ${this.#done} operations, ${busyS} s and ${settleS} s to settle, heap ${mib(memory.heap)}, outside ${mib(memory.outside)} MiB`,
        );
        // The first round warms caches and compiles.
        first ??= memory;
        if (memory.heap - first.heap > HEAP_GROWTH || memory.outside - first.outside > OUTSIDE_GROWTH)
          throw new Error(`memory grew from ${JSON.stringify(first)} to ${JSON.stringify(memory)}`);
      }
    } catch (cause) {
      throw Object.assign(cause as Error, { sockets: describeSockets() });
    } finally {
      await this.#restarting;
      await this.#server.stop(0);
      for (const node of this.#nodes) await node.stop();
    }
  }

  #apply(config: PublishedConfig): void {
    this.#server.applyConfig(config);
    this.#config = config;
    for (const { id } of config.document.pools) {
      const pool = this.#server.poolState(id);
      if (pool) this.#pools.add(pool);
    }
  }

  async #round(round: number): Promise<void> {
    const each = Math.ceil(this.#options.requests / ROUNDS / CLIENTS);
    const client = async (index: number) => {
      const dice = new Dice(this.#options.seed * 1_000_003 + round * 1_009 + index);
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      for (let i = 0; i < each; i++) await this.#operate(dice, agent, `r${round}-${index}-${i}`);
      agent.destroy();
    };
    await Promise.all(Array.from({ length: CLIENTS }, (_, index) => client(index)));
  }

  async #operate(dice: Dice, agent: http.Agent, id: string): Promise<void> {
    const startedMs = performance.now();
    const word = await OPERATIONS[dice.weighted(operations.WEIGHTS)]({ port: this.#port, dice, agent, id });
    const tookMs = performance.now() - startedMs;
    if (tookMs > SLOW_MS) this.#options.say(`${id} took ${(tookMs / 1_000).toFixed(1)} s: ${word}`);
    this.outcomes.set(word, (this.outcomes.get(word) ?? 0) + 1);
    const isBroken = (word.startsWith("cut") || word.startsWith("lost")) && !word.includes(" half");
    if (isBroken && startedMs - this.#restartedMs > RESTART_ECHO_MS)
      throw new Error(`${id}: ${word}, with no node restarted`);
    this.#done++;
    if (this.#done % CHANGE_EVERY === 0) this.#change();
    if (this.#done % RESTART_EVERY === 0) this.#restart();
  }

  #change(): void {
    if (this.#dice.chance(0.5)) this.#apply(anyConfig(this.#nodes, this.#dice, ++this.#revision));
    else anyAdminState(this.#server, this.#config as PublishedConfig, this.#dice);
  }

  #restart(): void {
    const node = this.#dice.one(this.#nodes);
    const downMs = this.#dice.below(30);
    this.#restarting = this.#restarting.then(() => {
      this.#restartedMs = Number.POSITIVE_INFINITY;
      return node.restart(downMs).then(() => {
        this.#restartedMs = performance.now();
      });
    });
  }

  /** All clients have left: everything must come to rest by itself, and each node must take requests again. */
  async #settle(sockets: number): Promise<void> {
    await this.#restarting;
    this.#apply(calmConfig(this.#nodes, ++this.#revision));
    allReady(this.#server, this.#config as PublishedConfig);
    await eventually("every breaker is closed, and every node answers", () => this.#isCalm());
    // Idle connections to nodes are no leftovers, but their end shows that each was known.
    for (const node of this.#nodes) await node.restart(0);
    await eventually("nothing is left", () => leftovers(this.#server, this.#pools));
    // Those of former configurations are held by nobody else.
    for (const pool of this.#pools) if (this.#server.poolState(pool.config.id) !== pool) this.#pools.delete(pool);
    await eventually("sockets are closed", () => ({ more: openSockets() - sockets }));
    await eventually("nothing is held", heldObjects);
  }

  async #isCalm(): Promise<Record<string, number>> {
    const agent = new http.Agent({ keepAlive: false });
    const dice = new Dice(1);
    const ask = (_: unknown, i: number) => operations.plainGet({ port: this.#port, dice, agent, id: `calm-${i}` });
    const words = await Promise.all(Array.from({ length: 40 }, ask));
    const pool = this.#server.poolState(this.#config?.document.pools[0]?.id ?? "");
    const open = pool?.nodes.filter(({ breaker }) => breaker.state !== "closed").length ?? 0;
    return { failed: words.filter((word) => word !== "200").length, open };
  }
}

const mib = (bytes: number): string => (bytes / 1_048_576).toFixed(1);

/** Waits until all that is looked for is zero. */
async function eventually(
  what: string,
  look: () => Record<string, number> | Promise<Record<string, number>>,
): Promise<void> {
  const deadlineMs = performance.now() + SETTLED_WITHIN_MS;
  for (;;) {
    const found = Object.entries(await look()).filter(([, count]) => count !== 0);
    if (found.length === 0) return;
    if (performance.now() > deadlineMs) throw new Error(`${what}: ${JSON.stringify(Object.fromEntries(found))}`);
    await sleep(50);
  }
}

/** @throws {Error} with what the proxy did wrong, or left behind; the seed repeats it */
export async function runSoak(options: SoakOptions): Promise<Map<string, number>> {
  options.say(`soak of ${options.requests} operations, GB_SOAK_SEED=${options.seed}`);
  const soak = new Soak(options);
  try {
    await soak.run();
  } catch (cause) {
    const { message, sockets } = cause as Error & { sockets: string };
    throw new Error(`GB_SOAK_SEED=${options.seed}: ${message}; sockets: ${sockets}`, { cause });
  }
  return soak.outcomes;
}
