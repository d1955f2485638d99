// What a pick costs with 10 nodes and with 10,000: through the pool of a proxy process, with requests in flight, so that
// every pick is followed by the changes of load that it brings about.

import { ALGORITHMS } from "#lib/contracts/config.ts";
import { Names } from "#workers/names/names.ts";
import { Leases } from "#workers/proxy/lease/leases.ts";
import { SharedLimits } from "#workers/proxy/lease/shared-limits.ts";
import { SlotLeases } from "#workers/proxy/lease/slot-leases.ts";
import type { NodeState } from "#workers/proxy/state/node-state.ts";
import { PoolState } from "#workers/proxy/state/pool-state.ts";
import { SessionBus } from "#workers/proxy/sticky/session-bus.ts";
import { poolOf } from "../support/product.ts";
import { table } from "../support/report.ts";
import { nsPerCalls, withoutNoise } from "./figures.ts";

const FEW = 10;
const MANY = 10_000;
const IN_FLIGHT = 64;
const PICKS = 50_000;
const ROUNDS = 15;
/** A pick among 10,000 nodes costs at most this many times one among 10. */
const LIMIT = 3;

type Algorithm = (typeof ALGORITHMS)[number];

const names = new Names();
const shell = {
  names,
  random: Math.random,
  zone: "",
  slots: new SlotLeases(1, () => {}),
  foundLimits: new SharedLimits(() => {}),
  sessionKey: Buffer.alloc(0),
  leases: new Leases(() => {}),
  sessions: new SessionBus({ send: () => {}, pools: () => [] }),
  tellSiblings: () => {},
  forwarding: null,
};

/** Weights of 1 to 8, as fleets of mixed machines have. */
function poolWith(algorithm: Algorithm, count: number): PoolState {
  const pool = poolOf(
    "picking",
    algorithm,
    Array.from({ length: count }, (_, i) => 1_000 + i),
  );
  pool.nodes.forEach((node, i) => {
    node.weight = 1 + (i % 8);
  });
  return new PoolState(pool, shell, Date.now());
}

/** Picks a node and starts an attempt at it; the oldest of those in flight ends. */
function picker(pool: PoolState): () => void {
  const inFlight: (NodeState | null)[] = Array.from({ length: IN_FLIGHT }, () => null);
  const tried: NodeState[] = [];
  const flow = pool.flows.ofRoute(null);
  const nowMs = Date.now();
  let at = 0;
  let hash = 1;
  return () => {
    const done = inFlight[at];
    if (done) pool.tunnelClosed(done, flow);
    hash = (Math.imul(hash, 1_664_525) + 1_013_904_223) >>> 0;
    const node = pool.pick(nowMs, hash, tried, true);
    if (node === null) throw new Error("nobody to pick");
    pool.tunnelOpened(node, flow);
    inFlight[at] = node;
    at = (at + 1) % IN_FLIGHT;
  };
}

export function picking(): { text: string; faults: string[] } {
  const faults: string[] = [];
  const rows = ALGORITHMS.map((algorithm) => {
    const [few, many] = [poolWith(algorithm, FEW), poolWith(algorithm, MANY)];
    const pickers = [picker(few), picker(many)];
    const [fewNs = 0, manyNs = 0] = withoutNoise(
      () => nsPerCalls(pickers, PICKS, ROUNDS),
      ([one = 0, other = 0]) => other > LIMIT * one,
    );
    const [updateNs = 0] = nsPerCalls([() => many.recompute(Date.now())], 1, 9);
    few.close();
    many.close();
    const ratio = manyNs / fewNs;
    if (ratio > LIMIT)
      faults.push(`${algorithm}: a pick among ${MANY} nodes costs ${ratio.toFixed(2)} × one among ${FEW}`);
    return [algorithm, fewNs.toFixed(0), manyNs.toFixed(0), `${ratio.toFixed(2)} ×`, (updateNs / 1e6).toFixed(1)];
  });
  names.stop();
  const head = ["algorithm", "ns, 10 nodes", "ns, 10,000 nodes", "ratio", "ms to take a change of state, 10,000 nodes"];
  return { text: table(head, rows), faults };
}
