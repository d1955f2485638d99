// One contender, three nodes, one fault: how many requests failed or were slowed.
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Generator } from "../load/generator.ts";
import type { Result } from "../load/jobs.ts";
import { freePort } from "../support/ports.ts";
import { median } from "../support/report.ts";
import type { Workshop } from "../support/workshop.ts";
import { type Fault, liftBlackHole } from "./faults.ts";
import type { Contender } from "./targets.ts";

export const PER_SECOND = 300;
/** A client waits this long for its whole answer, then the request has failed. */
export const PATIENCE_MS = 10_000;
/** What is later than its normal latency by more than this was slowed. */
export const SLOWED_MS = 100;
const NODES = 3;
/** Traffic before anything is measured: connections are opened, code is compiled, probes have passed. */
const WARM_UP_MS = 2_000;
const BEFORE_MS = 2_000;
const AFTER_MS = 5_000;

export interface Outcome {
  requests: number;
  failed: number;
  slowed: number;
  maxMs: number;
  normalMs: number;
  faults: Record<string, number>;
}

/** @returns null when the contender is not installed */
export async function play(shop: Workshop, generator: Generator, contender: Contender, fault: Fault) {
  const ports = await Promise.all(Array.from({ length: NODES }, freePort));
  const script = path.join(import.meta.dirname, "node.ts");
  const nodes = await Promise.all(ports.map((port) => shop.start("node", process.execPath, [script, String(port)])));
  const running = await contender.start(shop, ports);
  if (!running) return null;
  const item = fault.item ?? "item";
  const job = { kind: "open", host: "127.0.0.1", port: running.port, item, perSecond: PER_SECOND } as const;
  await generator.run({ ...job, ms: WARM_UP_MS, patienceMs: PATIENCE_MS });
  const [struck, port] = [nodes[1], ports[1]];
  if (!struck || !port) throw new Error("no node to strike");
  const traffic = generator.run({ ...job, ms: BEFORE_MS + AFTER_MS, patienceMs: PATIENCE_MS });
  await sleep(BEFORE_MS);
  fault.strike(struck, port);
  const outcome = judge(await traffic);
  if (fault.needsNamespace) liftBlackHole();
  await running.stop();
  await Promise.all(nodes.map((node) => shop.stop(node)));
  return outcome;
}

function judge({ fates, faults }: Result): Outcome {
  // A margin before the strike: the generator's clock started a moment after ours.
  const before = fates.filter(([dueMs, , failed]) => dueMs < BEFORE_MS - SLOWED_MS && failed === 0);
  const normalMs = median(before.map(([, tookMs]) => tookMs));
  const failed = fates.filter((fate) => fate[2] === 1);
  const slowed = fates.filter(([, tookMs, wrong]) => wrong === 0 && tookMs > normalMs + SLOWED_MS);
  const maxMs = fates.reduce((max, [, tookMs]) => Math.max(max, tookMs), 0);
  return { requests: fates.length, failed: failed.length, slowed: slowed.length, maxMs, normalMs, faults };
}
