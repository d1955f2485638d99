import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { NodeTimes } from "#lib/contracts/bus.ts";
import { LimitDesk } from "#workers/control/limit-desk.ts";
import { configOf } from "../proxy/rig.ts";

const START_MS = 1_000_000;

function desk(settings: object = {}) {
  const nodeId = randomUUID();
  const poolId = randomUUID();
  const document = (url: string, more: object = {}) =>
    configOf([
      {
        id: poolId,
        nodes: [{ id: nodeId, url }],
        adaptiveConcurrency: { enabled: true, windowMs: 50, ...settings, ...more },
      },
    ]).document;
  const limits = new LimitDesk<string>(() => 0);
  limits.configure(document("http://127.0.0.1:1"));
  /** `count` attempts that began at `startedMs`, took `latencyMs` and left `inFlight` of their process. */
  const times = (count: number, latencyMs: number, startedMs: number, inFlight: number): NodeTimes => ({
    nodeId,
    inFlight,
    times: Array.from({ length: count }, () => [latencyMs, startedMs, inFlight, true]),
  });
  return { limits, nodeId, document, times };
}

describe("the limit of a node", () => {
  test("is found from what the requests of all processes took, and told when it changes", () => {
    const { limits, nodeId, times } = desk();
    // A measurement at four: it needs ten answers to requests that began with so few in flight.
    expect(limits.hear("a", [times(1, 10, START_MS, 1)], START_MS)).toEqual([[nodeId, 4]]);
    expect(limits.hear("b", [times(5, 10, START_MS, 1)], START_MS + 10)).toEqual([]);
    expect(limits.hear("a", [times(5, 10, START_MS, 1)], START_MS + 20)).toEqual([[nodeId, 8]]);
    // Half of eight in flight, of both together: so the limit is made use of, and grows.
    limits.hear("a", [times(5, 10, START_MS + 20, 2)], START_MS + 30);
    const [grown] = limits.hear("b", [times(5, 10, START_MS + 20, 1)], START_MS + 80);
    expect(grown?.[1]).toBeGreaterThan(8);
    expect(limits.limitOf(nodeId)).toBe(grown?.[1]);
  });

  test("does not grow where the processes together do not make use of it", () => {
    const { limits, nodeId, times } = desk();
    limits.hear("a", [times(1, 10, START_MS, 0)], START_MS);
    limits.hear("a", [times(10, 10, START_MS, 0)], START_MS + 10);
    limits.hear("b", [times(5, 10, START_MS + 10, 0)], START_MS + 20);
    expect(limits.hear("b", [times(5, 10, START_MS + 20, 0)], START_MS + 80)).toEqual([]);
    expect(limits.limitOf(nodeId)).toBe(8);
  });

  test("goes on from what an earlier control had found", () => {
    const { limits, nodeId } = desk();
    expect(limits.hear("a", [{ nodeId, limit: 100, inFlight: 30, times: [] }], START_MS)).toEqual([[nodeId, 50]]);
    expect(limits.hear("b", [{ nodeId, limit: 7, inFlight: 30, times: [] }], START_MS)).toEqual([]);
  });

  test("begins anew with another server, and is none where the pool does not ask for it", () => {
    const { limits, nodeId, document } = desk();
    limits.hear("a", [{ nodeId, limit: 100, inFlight: 30, times: [] }], START_MS);
    limits.configure(document("http://127.0.0.1:1", { maxLimit: 20 }));
    expect(limits.limitOf(nodeId)).toBe(10);
    limits.configure(document("http://127.0.0.1:2"));
    expect(limits.limitOf(nodeId)).toBeUndefined();
    limits.configure(document("http://127.0.0.1:2", { enabled: false }));
    expect(limits.hear("a", [{ nodeId, inFlight: 0, times: [] }], START_MS)).toEqual([]);
    expect(limits.all()).toEqual([]);
  });
});
