import { describe, expect, test } from "vitest";
import { decideEligibility } from "#lib/core/balance/eligibility.ts";
import type { EligibilityNode } from "#lib/core/balance/types.ts";
import { classifyRest, classifyStatus } from "#lib/core/classify.ts";
import { Cooling } from "#lib/core/cooling.ts";
import { decideRetry } from "#lib/core/retry.ts";
import { retryAfterMs } from "#lib/core/retry-after.ts";
import { whyUnavailable } from "#lib/core/unavailable.ts";
import { admin, coolingUntil, halfOpen, health, openUntil, settings as pool, servingFacts } from "./facts.ts";

const START_MS = Date.parse("2026-11-27T20:00:00Z");
const settings = pool.cooling;

describe("Retry-After", () => {
  test.each<[string, number | null]>([
    ["0", 0],
    ["120", 120_000],
    [" 7 ", 7_000],
    ["Fri, 27 Nov 2026 20:00:30 GMT", 30_000],
    ["Fri, 27 Nov 2026 19:59:59 GMT", 0],
    ["", null],
    ["-1", null],
    ["1.5", null],
    ["soon", null],
    ["2026-11-27T20:00:30Z", null],
    ["99999999999", null],
  ])("%j is %s ms", (value, ms) => expect(retryAfterMs(value, START_MS)).toBe(ms));
});

describe("cooling", () => {
  const cooled = (seconds = "10", change: object = {}) => {
    const cooling = new Cooling({ ...settings, ...change });
    cooling.asksForRest(429, seconds, START_MS);
    return cooling;
  };

  test("lasts as long as the node asks, to the millisecond", () => {
    const cooling = cooled();
    const untilMs = START_MS + 10_000;
    expect(cooling.state).toEqual({ state: "cooling", sinceMs: START_MS, untilMs, cause: "status-429" });
    expect(cooling.advance(untilMs - 1)).toBe(false);
    expect(cooling.advance(untilMs)).toBe(true);
    expect(cooling.state.state).toBe("not-cooling");
  });

  test("lasts no longer than the cap", () => {
    expect(cooled("86400").state).toMatchObject({ untilMs: START_MS + settings.maxMs });
  });

  test("takes a 503 without Retry-After for a failure, and a 429 without it for nothing", () => {
    const cooling = new Cooling(settings);
    expect(cooling.asksForRest(503, undefined, START_MS)).toBe(false);
    expect(cooling.asksForRest(503, "soon", START_MS)).toBe(false);
    expect(cooling.asksForRest(429, undefined, START_MS)).toBe(false);
    expect(cooling.asksForRest(503, "1", START_MS)).toBe(true);
    const strict = new Cooling({ ...settings, defaultMs: 5_000 });
    expect(strict.asksForRest(503, undefined, START_MS)).toBe(false);
    expect(strict.asksForRest(429, undefined, START_MS)).toBe(true);
    expect(strict.state).toMatchObject({ untilMs: START_MS + 5_000 });
  });

  test("is made longer by a later answer, never shorter", () => {
    const cooling = cooled();
    cooling.asksForRest(429, "1", START_MS + 1_000);
    expect(cooling.state).toMatchObject({ untilMs: START_MS + 10_000 });
    cooling.asksForRest(503, "20", START_MS + 1_000);
    expect(cooling.state).toMatchObject({ sinceMs: START_MS, untilMs: START_MS + 21_000, cause: "status-503" });
  });

  test("that is over at once is no rest, and no failure either", () => {
    const cooling = new Cooling(settings);
    expect(cooling.asksForRest(429, "0", START_MS)).toBe(true);
    expect(cooling.state.state).toBe("not-cooling");
  });

  test("is taken over from a sibling unless it is over, or shorter", () => {
    const told = cooled("30").state;
    const cooling = cooled();
    expect(cooling.adopt(told, START_MS + 1)).toBe(true);
    expect(cooling.adopt(told, START_MS + 2)).toBe(false);
    expect(cooled("60").adopt(told, START_MS)).toBe(false);
    expect(new Cooling(settings).adopt(told, START_MS + 30_000)).toBe(false);
  });

  test("turned off, nothing cools and what cools is warm again", () => {
    const cooling = cooled();
    cooling.configure({ ...settings, enabled: false });
    expect(cooling.state.state).toBe("not-cooling");
    expect(cooling.asksForRest(429, "10", START_MS)).toBe(false);
  });
});

describe("a resting node", () => {
  const decide = (specs: Partial<EligibilityNode>[], whenAll: "use" | "refuse" = "use") =>
    decideEligibility(
      { ...pool, cooling: { ...settings, whenAll } },
      specs.map((spec, i) => ({
        ...servingFacts,
        weight: 1,
        backup: false,
        priority: 0,
        zone: "",
        ...spec,
        id: `n${i}`,
      })),
      1_000,
    );
  const rests = coolingUntil(9_000);
  const reasons = (specs: Partial<EligibilityNode>[], whenAll?: "use" | "refuse") =>
    decide(specs, whenAll).nodes.map((node) => node.reason);

  test("is left alone while another is usable, backups included", () => {
    expect(reasons([rests, {}])).toEqual(["cooling", "usable"]);
    expect(reasons([rests, { backup: true }])).toEqual(["cooling", "usable-as-backup"]);
    expect(decide([rests, {}]).nextChangeMs).toBe(9_000);
  });

  test("goes before one that is not fit, when all that are fit are resting", () => {
    expect(reasons([rests, health("unhealthy")])).toEqual(["usable-while-cooling", "unhealthy"]);
    expect(decide([rests, health("unhealthy")]).mode).toBe("normal");
    expect(reasons([{ ...rests, backup: true }, openUntil(9_000)])).toEqual(["usable-while-cooling", "breaker-open"]);
  });

  test("is really left alone where the pool refuses instead", () => {
    expect(decide([rests, health("unhealthy")], "refuse")).toMatchObject({ mode: "none" });
    expect(reasons([rests, rests], "refuse")).toEqual(["cooling", "cooling"]);
    expect(decide([health("unhealthy")], "refuse").mode).toBe("panic");
  });

  test("does not keep a half-open primary from its trials", () => {
    expect(reasons([halfOpen, rests])).toEqual(["usable", "cooling"]);
  });

  test("does not count as unhealthy towards panic", () => {
    const specs = [{}, rests, rests, rests].map((spec, i) => ({ ...servingFacts, ...spec, id: `${i}`, weight: 1 }));
    const nodes = specs.map((spec) => ({ ...spec, backup: false, priority: 0, zone: "" }));
    expect(decideEligibility({ ...pool, panicThreshold: 0.5 }, nodes, 1_000).mode).toBe("normal");
  });
});

describe("an answer that asks for rest", () => {
  const input = { idempotent: true, sentAnything: true, replayable: true, committed: false, retriesMade: 0 };
  const decide = (outcome: ReturnType<typeof classifyRest>, retriesRest: boolean, change: object = {}) =>
    decideRetry({ ...input, outcome, budgetLeft: true, settings: pool.retry, retriesRest, ...change }).action;

  test("is asked of another node, if the pool wants that and the request may be repeated", () => {
    expect(decide(classifyRest(429), true)).toBe("retry");
    expect(decide(classifyRest(429), false)).toBe("give-up");
    expect(decide(classifyRest(429), true, { idempotent: false })).toBe("give-up");
    expect(decide(classifyStatus(429), true)).toBe("give-up");
  });

  test("is neither success nor failure of the node", () => {
    expect([classifyRest(429).counts, classifyRest(503).counts]).toEqual(["neither", "neither"]);
    expect(classifyStatus(503).counts).toBe("failure");
  });
});

describe("why no node takes a request", () => {
  const node = (reason: string, facts: object = {}) => ({ ...servingFacts, ...facts, reason }) as never;
  test.each<[string, unknown[], string, number]>([
    ["an empty pool", [], "no-usable-node", 1],
    ["drained", [node("drain", admin("drain")), node("weight-zero")], "nodes-out", 1],
    ["resting, beside drained", [node("cooling", coolingUntil(8_500)), node("drain")], "nodes-cooling", 8],
    [
      "resting: the first to come back",
      [node("cooling", coolingUntil(8_500)), node("cooling", coolingUntil(3_001))],
      "nodes-cooling",
      3,
    ],
    ["open breakers", [node("breaker-open", openUntil(6_000)), node("maintenance")], "breakers-open", 5],
    ["half-open, with all trials under way", [node("usable", halfOpen), node("drain")], "breakers-open", 1],
    ["half-open and used as a backup", [node("unhealthy"), node("usable-as-backup", halfOpen)], "breakers-open", 1],
    ["asked already by this request", [node("usable"), node("drain")], "no-usable-node", 1],
  ])("%s", (_, nodes, code, retryAfterSeconds) => {
    expect(whyUnavailable(nodes as never, 1_000)).toMatchObject({ code, retryAfterSeconds });
  });
});
