// What it costs control to decide the weights of 10,000 nodes: a second of frames taken in, with the degrade rule looking at
// every node, and once an interval dynamic weights for all of them.
import { randomUUID } from "node:crypto";
import { ConfigDocument } from "#lib/contracts/config.ts";
import type { MetricFrame } from "#lib/contracts/metrics.ts";
import { Fleet } from "#workers/control/fleet.ts";
import { Weights } from "#workers/control/weights.ts";
import { SpanCounts } from "#workers/proxy/recorder.ts";
import { median, table } from "../support/report.ts";
import { cpuNs, withoutNoise } from "./figures.ts";

const NODES = 10_000;
const ROUNDS = 30;
/** A second takes at most so long, of one core. */
const LIMIT_MS = 50;
const SECOND_MS = 1_000;

type Settings = { dynamicWeights: object; degrade: object };

function fleetOf(settings: Settings): Fleet {
  const nodes = Array.from({ length: NODES }, (_, i) => {
    return {
      id: randomUUID(),
      name: `n${i}`,
      url: `http://10.${i >> 16}.${(i >> 8) & 255}.${i & 255}:80`,
      weight: 100,
    };
  });
  const pool = { id: randomUUID(), name: "pool", algorithm: "weighted-round-robin", ...settings, nodes };
  const fleet = new Fleet();
  fleet.load({ revision: 1, document: ConfigDocument.parse({ pools: [pool], routes: [] }) }, 0);
  return fleet;
}

/** Every node had some ten requests, of latencies of its own; one in ten fails. */
function frameOf(fleet: Fleet, second: number): MetricFrame {
  const nodes = [...fleet.nodes.values()].map(({ nodeId, pool }, at) => {
    const counts = new SpanCounts();
    for (let n = 0; n < 10; n++)
      counts.record(
        n === 0 && at % 10 === 0 ? 500 : 200,
        n === 0 && at % 10 === 0,
        5 + ((at * 7 + n * 13 + second) % 90),
      );
    return { nodeId, poolId: pool.id, ...counts.takeOfNode(), inFlight: 0, share: 1 / NODES };
  });
  return { atMs: second * SECOND_MS, pools: [], nodes };
}

/** Processor time of seconds, in ms: their median, and the dearest of them. */
function measure(settings: Settings): { medianMs: number; dearestMs: number; changed: number } {
  const fleet = fleetOf(settings);
  const weights = new Weights(fleet);
  let changed = 0;
  const taken = Array.from({ length: 2 * ROUNDS }, (_, second) => {
    const frame = frameOf(fleet, second + 1);
    const before = cpuNs();
    changed = weights.take(frame).length;
    return (cpuNs() - before) / 1_000_000;
  }).slice(ROUNDS);
  return { medianMs: median(taken), dearestMs: Math.max(...taken), changed };
}

export function weighing(): { text: string; faults: string[] } {
  const faults: string[] = [];
  const on = { enabled: true, intervalMs: SECOND_MS };
  const cases: [string, Settings][] = [
    ["nothing on", { dynamicWeights: {}, degrade: { enabled: false } }],
    ["degrade rule by the mean (the default)", { dynamicWeights: {}, degrade: {} }],
    ["degrade rule by P99", { dynamicWeights: {}, degrade: { measure: "p99" } }],
    ["dynamic weights every second", { dynamicWeights: on, degrade: { enabled: false } }],
    ["both, weights every 10 s (the default)", { dynamicWeights: { enabled: true }, degrade: { measure: "p99" } }],
  ];
  const rows = cases.map(([name, settings]) => {
    const once = () => measure(settings);
    const { medianMs, dearestMs, changed } = withoutNoise(once, (figures) => figures.medianMs > LIMIT_MS);
    if (medianMs > LIMIT_MS) faults.push(`${name}: a second takes ${medianMs.toFixed(1)} ms, more than ${LIMIT_MS}`);
    return [name, medianMs.toFixed(1), dearestMs.toFixed(1), String(changed)];
  });
  const head = ["what is decided", "ms a second", "dearest second, ms", "changes in the last one"];
  return { text: `Weights of ${NODES} nodes, each with ten requests a second:\n\n${table(head, rows)}`, faults };
}
