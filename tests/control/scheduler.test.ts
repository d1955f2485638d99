import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { HealthCheck } from "#lib/contracts/config.ts";
import { DueHeap } from "#workers/probes/due-heap.ts";
import type { ProbeResult } from "#workers/probes/probe.ts";
import { type Scheduler, type SchedulerOptions, startScheduler } from "#workers/probes/scheduler.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  scheduler?.stop();
  vi.useRealTimers();
});

const PASSED: ProbeResult = { passed: true, reason: "ok", latencyMs: 1 };
const check = HealthCheck.parse({});
const target = (nodeId: string, intervalMs = 1_000, url = `http://${nodeId}`) => ({ nodeId, url, intervalMs, check });
let scheduler: Scheduler | undefined;

/** A scheduler whose checks end when the test says so, without jitter unless told. */
function start(options: Partial<SchedulerOptions> = {}) {
  const running: { url: string; end: (result?: ProbeResult) => Promise<void> }[] = [];
  const results: string[] = [];
  scheduler = startScheduler({
    random: () => 0.5,
    probe: ({ url }) =>
      new Promise((resolve) => {
        const end = async (result = PASSED) => {
          running.splice(running.indexOf(entry), 1);
          resolve(result);
          await vi.advanceTimersByTimeAsync(0);
        };
        const entry = { url, end };
        running.push(entry);
      }),
    onResult: (nodeId, result) => results.push(`${nodeId} ${result.reason}`),
    ...options,
  });
  return { scheduler, running, results };
}

test("checks a new node at once and again an interval after the check began", async () => {
  const { scheduler, running, results } = start();
  scheduler.update([target("a")]);
  expect(running).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(400);
  await running[0]?.end();
  expect(results).toEqual(["a ok"]);
  await vi.advanceTimersByTimeAsync(599);
  expect(running).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(running).toHaveLength(1);
});

test("never checks a node twice at once, however long a check takes", async () => {
  const { scheduler, running } = start();
  scheduler.update([target("a")]);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(running).toHaveLength(1);
  await running[0]?.end();
  expect(running).toHaveLength(1);
});

test("runs no more checks at once than allowed, and everybody gets a turn", async () => {
  const { scheduler, running, results } = start({ maxAtOnce: 2 });
  scheduler.update(["a", "b", "c"].map((id) => target(id)));
  for (const left of [2, 2, 1]) {
    expect(running).toHaveLength(left);
    await running[0]?.end();
  }
  expect(results.toSorted()).toEqual(["a ok", "b ok", "c ok"]);
});

test("drops the result of a node that was removed or got another address during its check", async () => {
  const { scheduler, running, results } = start();
  scheduler.update([target("a"), target("b")]);
  scheduler.update([target("b", 1_000, "http://elsewhere")]);
  expect(running.map((one) => one.url)).toEqual(["http://a", "http://b", "http://elsewhere"]);
  await running[0]?.end();
  await running[0]?.end();
  expect(results).toEqual([]);
  await running[0]?.end();
  expect(results).toEqual(["b ok"]);
});

test("leaves the rhythm of unchanged nodes alone when others change", async () => {
  const { scheduler, running } = start();
  scheduler.update([target("a")]);
  await running[0]?.end();
  await vi.advanceTimersByTimeAsync(500);
  scheduler.update([target("a"), target("b")]);
  expect(running.map((one) => one.url)).toEqual(["http://b"]);
  await vi.advanceTimersByTimeAsync(500);
  expect(running.map((one) => one.url)).toEqual(["http://b", "http://a"]);
});

test("spreads checks by a tenth of the interval", async () => {
  for (const [random, dueMs] of [
    [0, 900],
    [1, 1_100],
  ] as const) {
    const { scheduler, running } = start({ random: () => random });
    scheduler.update([target("a")]);
    await running[0]?.end();
    await vi.advanceTimersByTimeAsync(dueMs - 1);
    expect(running).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(running).toHaveLength(1);
    scheduler.stop();
  }
});

test("a check that breaks is a failed check, not the end of checking", async () => {
  const results: ProbeResult[] = [];
  start({
    probe: () => Promise.reject(Object.assign(new Error("no"), { code: "EMFILE" })),
    onResult: (_, result) => results.push(result),
  }).scheduler.update([target("a")]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(results).toEqual(Array(2).fill({ passed: false, reason: "no-file-descriptors", latencyMs: 0 }));
});

test("the heap gives back what is due in order", () => {
  const heap = new DueHeap<number>();
  const due = Array.from({ length: 500 }, (_, n) => (n * 7_919) % 503);
  for (const atMs of due) heap.push({ atMs, item: atMs });
  const popped: number[] = [];
  for (let next = heap.pop(); next; next = heap.pop()) popped.push(next.item);
  expect(popped).toEqual(due.toSorted((a, b) => a - b));
});
