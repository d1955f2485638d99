import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type CheckLevel, HealthCheck, NodeTlsSettings } from "#lib/contracts/config.ts";
import type { LevelVerdict } from "#lib/core/health.ts";
import { type Scheduler, type SchedulerOptions, startScheduler } from "#workers/probes/scheduler.ts";
import { targetOf } from "#workers/probes/target.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  scheduler?.stop();
  vi.useRealTimers();
});

const passed = (levels: readonly CheckLevel[]): LevelVerdict[] =>
  levels.map((level) => ({ level, ok: true, reason: "ok", detail: "", latencyMs: 1 }));
const target = (id: string, intervalMs = 1_000, url = `http://${id}`, more: object = {}) =>
  targetOf({ id, url }, { healthCheck: HealthCheck.parse({ intervalMs, ...more }), tls: NodeTlsSettings.parse({}) });
let scheduler: Scheduler | undefined;

/** A scheduler whose checks end when the test says so, without jitter unless told. */
function start(options: Partial<SchedulerOptions> = {}) {
  const running: { url: string; levels: readonly CheckLevel[]; end: () => Promise<void> }[] = [];
  const results: string[] = [];
  scheduler = startScheduler({
    random: () => 0.5,
    probe: ({ url }, levels) =>
      new Promise((resolve) => {
        const end = async () => {
          running.splice(running.indexOf(entry), 1);
          resolve(passed(levels));
          await vi.advanceTimersByTimeAsync(0);
        };
        const entry = { url, levels, end };
        running.push(entry);
      }),
    onResult: (nodeId, verdicts) => {
      results.push(`${nodeId} ${verdicts[0]?.reason}`);
      return () => 1;
    },
    ...options,
  });
  return { scheduler, running, results };
}
/** Until all first checks have begun: a few milliseconds apart, those of five together. */
const settle = () => vi.advanceTimersByTimeAsync(10);

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
  await settle();
  for (const left of [2, 2, 1]) {
    expect(running).toHaveLength(left);
    await running[0]?.end();
  }
  expect(results.toSorted()).toEqual(["a ok", "b ok", "c ok"]);
});

test("drops the result of a node that was removed or got another address during its check", async () => {
  const { scheduler, running, results } = start();
  scheduler.update([target("a"), target("b")]);
  await settle();
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
  const results: LevelVerdict[] = [];
  start({
    probe: () => Promise.reject(Object.assign(new Error("no"), { code: "EMFILE" })),
    onResult: (_, verdicts) => {
      results.push(...verdicts);
      return () => 1;
    },
  }).scheduler.update([target("a")]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(results.map(({ level, ok, reason }) => [level, ok, reason])).toEqual([
    ["tcp", false, "no-file-descriptors"],
    ["http", false, "no-file-descriptors"],
    ["tcp", false, "no-file-descriptors"],
    ["http", false, "no-file-descriptors"],
  ]);
});

test("levels have rhythms of their own, and what is due together is one check", async () => {
  const { scheduler, running } = start();
  scheduler.update([target("a", 1_000, undefined, { http: { intervalMs: 3_000 } })]);
  const seen: string[] = [];
  for (let second = 0; second < 7; second++) {
    seen.push(running.map(({ levels }) => levels.join("+")).join());
    await running[0]?.end();
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(seen).toEqual(["tcp+http", "tcp", "tcp", "tcp+http", "tcp", "tcp", "tcp+http"]);
});

test("a level that fails is checked at the factor it was given, to the millisecond", async () => {
  const { scheduler, running } = start({ onResult: () => (level) => (level === "http" ? 0.2 : 1) });
  scheduler.update([target("a")]);
  await running[0]?.end();
  await vi.advanceTimersByTimeAsync(199);
  expect(running).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(running[0]?.levels).toEqual(["tcp", "http"]);
});

test("settings that change while a node is checked take effect after that check, never beside it", async () => {
  const { scheduler, running, results } = start();
  scheduler.update([target("a")]);
  scheduler.update([target("a", 500)]);
  expect(running).toHaveLength(1);
  await running[0]?.end();
  expect(results).toEqual([]);
  expect(running).toHaveLength(1);
  await running[0]?.end();
  expect(results).toEqual(["a ok"]);
  await vi.advanceTimersByTimeAsync(500);
  expect(running).toHaveLength(1);
});

describe("a check by hand", () => {
  test("is about all levels, at once, and the rhythm goes on from it", async () => {
    const { scheduler, running, results } = start();
    scheduler.update([target("a", 1_000, undefined, { http: { intervalMs: 9_000 } })]);
    await running[0]?.end();
    await vi.advanceTimersByTimeAsync(600);
    const asked = scheduler.checkNow("a");
    expect(running[0]?.levels).toEqual(["tcp", "http"]);
    await running[0]?.end();
    expect((await asked)?.map(({ level }) => level)).toEqual(["tcp", "http"]);
    expect(results).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(999);
    expect(running).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(running).toHaveLength(1);
  });

  test("waits for the check that is under way", async () => {
    const { scheduler, running } = start();
    scheduler.update([target("a")]);
    const asked = Promise.all([scheduler.checkNow("a"), scheduler.checkNow("a")]);
    expect(running).toHaveLength(1);
    for (let check = 0; check < 3; check++) {
      expect(running).toHaveLength(1);
      await running[0]?.end();
    }
    expect(await asked).toHaveLength(2);
  });

  test("of a node that is not checked is nobody's", () => {
    expect(start().scheduler.checkNow("a")).toBeNull();
  });
});

describe("no storm", () => {
  const fleet = (count: number, intervalMs: number) =>
    Array.from({ length: count }, (_, n) => target(`n${n}`, intervalMs));
  const counted = () => {
    const at: number[] = [];
    const probe: SchedulerOptions["probe"] = async (_, levels) => {
      at.push(performance.now());
      return passed(levels);
    };
    return { at, ...start({ probe, maxAtOnce: 10_000 }) };
  };
  const most = (at: readonly number[], spanMs: number) =>
    Math.max(
      ...Map.groupBy(at, (ms) => Math.floor(ms / spanMs))
        .values()
        .map((group) => group.length),
    );

  test("at the start: ten thousand nodes of a 5 s interval are first checked over 5 s, each once", async () => {
    const { scheduler, at } = counted();
    scheduler.update(fleet(10_000, 5_000));
    await vi.advanceTimersByTimeAsync(4_400);
    expect(at.length).toBeGreaterThan(8_700);
    expect(at.length).toBeLessThanOrEqual(8_900);
    expect(most(at, 100)).toBeLessThanOrEqual(220);
  });

  test("after a sleep: what fell due meanwhile is spread anew", async () => {
    const { scheduler, at } = counted();
    scheduler.update(fleet(2_000, 5_000));
    await vi.advanceTimersByTimeAsync(6_000);
    at.length = 0;
    const asleep = performance.now() + 60_000;
    // The clock went on while no timer could run, as after SIGSTOP.
    vi.spyOn(performance, "now").mockImplementation(() => asleep + (Date.now() - base));
    const base = Date.now();
    await vi.advanceTimersByTimeAsync(5_000);
    vi.mocked(performance.now).mockRestore();
    expect(at.length).toBeGreaterThanOrEqual(2_000);
    expect(most(at, 100)).toBeLessThanOrEqual(110);
  });
});

test("no node is ever checked twice at once and none is lost, whatever happens to it", async () => {
  type Step = { kind: "update" | "check" | "end" | "wait"; node: number; ms: number };
  const steps = fc.array(
    fc.record<Step>({
      kind: fc.constantFrom("update", "check", "end", "end", "wait"),
      node: fc.nat(3),
      ms: fc.nat(1_500),
    }),
    { maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      const { scheduler, running } = start({ random: Math.random, maxAtOnce: 3 });
      let wanted = [0, 1, 2, 3];
      let round = 1_000;
      const apply = () => scheduler.update(wanted.map((node) => target(`n${node}`, round)));
      apply();
      for (const { kind, node, ms } of script) {
        if (kind === "update") {
          round = 500 + (ms % 2) * 500;
          wanted = wanted.includes(node) ? wanted.filter((one) => one !== node) : [...wanted, node];
          apply();
        } else if (kind === "check") void scheduler.checkNow(`n${node}`);
        else if (kind === "end") await running[node % Math.max(1, running.length)]?.end();
        else await vi.advanceTimersByTimeAsync(ms);
        const urls = running.map(({ url }) => url);
        expect(new Set(urls).size).toBe(urls.length);
      }
      const seen = new Set<string>();
      for (let turn = 0; turn < 40; turn++) {
        for (const { url, end } of [...running]) {
          seen.add(url);
          await end();
        }
        await vi.advanceTimersByTimeAsync(300);
      }
      for (const node of wanted) expect(seen).toContain(`http://n${node}`);
      scheduler.stop();
    }),
    { numRuns: 60 },
  );
});
