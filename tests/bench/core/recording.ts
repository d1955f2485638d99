// What measuring a request costs: counts and latencies of its pool and its node; and with it everything else that settling
// it does: load, latency averages, breaker, ejection, the tail that hedging goes by.

import { classifyStatus } from "#lib/core/classify.ts";
import { LatencyTail } from "#lib/core/latency-tail.ts";
import { Names } from "#workers/names/names.ts";
import { Leases } from "#workers/proxy/lease/leases.ts";
import { SharedLimits } from "#workers/proxy/lease/shared-limits.ts";
import { SlotLeases } from "#workers/proxy/lease/slot-leases.ts";
import { SpanCounts } from "#workers/proxy/recorder.ts";
import type { NodeState } from "#workers/proxy/state/node-state.ts";
import { PoolState } from "#workers/proxy/state/pool-state.ts";
import { SessionBus } from "#workers/proxy/sticky/session-bus.ts";
import { poolOf } from "../support/product.ts";
import { table } from "../support/report.ts";
import { nsPerCalls } from "./figures.ts";

const TIMES = 200_000;
const ROUNDS = 9;
const LIMIT_NS = 300;

/** Latencies as they come: most of a few milliseconds, some of a second. */
const LATENCIES_MS = Float64Array.from({ length: 1_024 }, (_, i) => 0.2 + ((i * 2_654_435_761) % 1_000) ** 2 / 1_000);

export function recording(): { text: string; faults: string[] } {
  const names = new Names();
  const pool = new PoolState(
    poolOf("recording", "least-connections", [1_000]),
    {
      names,
      random: Math.random,
      slots: new SlotLeases(1, () => {}),
      foundLimits: new SharedLimits(() => {}),
      leases: new Leases(() => {}),
      zone: "",
      sessionKey: Buffer.alloc(0),
      sessions: new SessionBus({ send: () => {}, pools: () => [] }),
      tellSiblings: () => {},
      forwarding: null,
    },
    Date.now(),
  );
  const node = pool.nodes[0] as NodeState;
  const flow = pool.flows.ofRoute("route");
  const [poolCounts, nodeCounts, tail] = [new SpanCounts(), new SpanCounts(), new LatencyTail()];
  let i = 0;
  const next = () => LATENCIES_MS[i++ & 1_023] as number;
  const nowMs = Date.now();
  const record = () => {
    const latencyMs = next();
    poolCounts.record(200, false, latencyMs);
    nodeCounts.record(200, false, latencyMs);
    poolCounts.bytesOut += 256;
    nodeCounts.bytesOut += 256;
    node.connections.reused(flow.connections);
    tail.record(latencyMs, nowMs);
  };
  const settle = () => {
    pool.exchangeStarted(flow, nowMs);
    const attempt = { node, permit: node.breakerGate.acquire(), startedAtMs: nowMs, flow };
    pool.attemptStarted(node);
    node.connections.reused(flow.connections);
    const latencyMs = next();
    pool.attemptSettled(attempt, classifyStatus(200), latencyMs);
    pool.exchangeDone(flow, 200, false, latencyMs, 256, "ok");
  };
  const [recordNs = 0, settleNs = 0] = nsPerCalls([record, settle], TIMES, ROUNDS);
  pool.close();
  names.stop();
  const text = table(
    ["per request", "ns"],
    [
      ["recording its status, bytes, latency and connection, for route, node and tail", recordNs.toFixed(0)],
      ["admitting and settling it: the above, load, averages, breaker, ejection, retry budget", settleNs.toFixed(0)],
    ],
  );
  const faults = recordNs > LIMIT_NS ? [`recording a request takes ${recordNs.toFixed(0)} ns, not ${LIMIT_NS}`] : [];
  return { text, faults };
}
