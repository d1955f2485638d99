import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KeyTable } from "#lib/core/lease/key-table.ts";
import { type LeasedLimit, LeasedRate, lotOf } from "#lib/core/lease/leased-rate.ts";
import { afterTaking, levelOf, rateOf, shareOf, waitOf } from "#lib/core/lease/rate.ts";
import { RatePot } from "#lib/core/lease/rate-pot.ts";

const FIVE_A_SECOND = rateOf({ requests: 5, windowMs: 1_000, burst: 0 });
const ASK = { need: 0, want: 0, used: 0, back: 0, owed: 0 };

describe("a bucket", () => {
  test("is as large as its requests unless it says otherwise", () => {
    expect(FIVE_A_SECOND).toEqual({ tokenMs: 200, burst: 5 });
    expect(rateOf({ requests: 5, windowMs: 1_000, burst: 2 })).toEqual({ tokenMs: 200, burst: 2 });
  });
  test.each([
    ["just emptied", 0, 0, 200],
    ["a millisecond before its first token", 199, 0, 1],
    ["when its first token is there", 200, 1, 0],
    ["a millisecond before it is full", 999, 4, 0],
    ["when it is full", 1_000, 5, 0],
    ["long after", 1_000_000, 5, 0],
  ])("%s", (_, nowMs, level, wait) => {
    const fullAtMs = afterTaking(FIVE_A_SECOND, 0, 5, 0);
    expect([levelOf(FIVE_A_SECOND, fullAtMs, nowMs), waitOf(FIVE_A_SECOND, fullAtMs, nowMs)]).toEqual([level, wait]);
  });
  test("is shared so that the shares together are no more, but for one token each", () => {
    expect(shareOf(FIVE_A_SECOND, 2)).toEqual({ tokenMs: 400, burst: 2 });
    expect(shareOf(FIVE_A_SECOND, 8)).toEqual({ tokenMs: 1_600, burst: 1 });
  });
});

describe("a pot", () => {
  test("gives what is needed until it is empty, and then says when there is more", () => {
    const pot = new RatePot(0);
    const one = (nowMs: number) => pot.ask(FIVE_A_SECOND, 1, { ...ASK, need: 1, want: 1 }, nowMs);
    expect([0, 0, 0, 0, 0].map(one).map(({ granted, left }) => [granted, left])).toEqual([
      [1, 4],
      [1, 3],
      [1, 2],
      [1, 1],
      [1, 0],
    ]);
    expect(one(0)).toEqual({ granted: 0, left: 0, waitMs: 200 });
    expect(one(199)).toEqual({ granted: 0, left: 0, waitMs: 1 });
    expect(one(200)).toEqual({ granted: 1, left: 0, waitMs: 0 });
  });
  test("gives in part when it has not enough, and beyond the need half of what is left at most", () => {
    const rate = { tokenMs: 10, burst: 10 };
    const pot = new RatePot(0);
    expect(pot.ask(rate, 1, { ...ASK, need: 2, want: 100 }, 0)).toEqual({ granted: 6, left: 4, waitMs: 0 });
    expect(pot.ask(rate, 2, { ...ASK, need: 7, want: 100 }, 0)).toEqual({ granted: 4, left: 0, waitMs: 10 });
  });
  test("does not fill up behind the back of what is out", () => {
    const rate = { tokenMs: 10, burst: 10 };
    const pot = new RatePot(0);
    pot.ask(rate, 1, { ...ASK, want: 5 }, 0);
    // Five are out for a second: only five more may be there.
    expect(pot.ask(rate, 2, { ...ASK, need: 10, want: 10 }, 1_000)).toMatchObject({ granted: 5, left: 0 });
  });
  test("takes back what was not spent, and counts what a process held that is gone as spent", () => {
    const rate = { tokenMs: 1_000, burst: 10 };
    const pot = new RatePot(0);
    pot.ask(rate, 1, { ...ASK, want: 10 }, 0);
    expect(pot.ask(rate, 1, { ...ASK, used: 2, back: 3 }, 0)).toMatchObject({ left: 8 });
    pot.ask(rate, 2, { ...ASK, want: 8 }, 0);
    expect(pot.isPinned).toBe(true);
    pot.gone(2, rate, 0);
    expect(pot.isPinned).toBe(false);
    expect(pot.ask(rate, 1, { ...ASK }, 0)).toMatchObject({ left: 4 });
  });
  test("takes what was spent while nobody answered, but is never less than empty", () => {
    const pot = new RatePot(0);
    expect(pot.ask(FIVE_A_SECOND, 1, { ...ASK, owed: 2 }, 0)).toMatchObject({ left: 3 });
    expect(pot.ask(FIVE_A_SECOND, 1, { ...ASK, owed: 100, need: 1 }, 0)).toEqual({ granted: 0, left: 0, waitMs: 200 });
  });
});

/** Processes that share one pot, driven by whatever happens; each spending is told with its time. */
function spendings(limit: LeasedLimit, steps: readonly { by: number; process: number; what: string }[]): number[] {
  const pot = new RatePot(0);
  const processes = Array.from({ length: 4 }, () => new LeasedRate(0));
  const spent: number[] = [];
  let nowMs = 0;
  for (const { by, process, what } of steps) {
    nowMs += by;
    const own = processes[process] as LeasedRate;
    const ask = (how: "more" | "tell" | "back") =>
      own.granted(limit, pot.ask(limit.rate, process, own.ask(limit, how, nowMs), nowMs), nowMs).go;
    if (what === "tell" || what === "back") ask(what);
    else if (what === "vanish") own.waiting = 0;
    else {
      const taken = own.take(limit, nowMs);
      if (taken.kind === "taken") spent.push(nowMs);
      if (taken.kind !== "ask") continue;
      own.waiting++;
      for (let go = ask("more"); go > 0; go--) spent.push(nowMs);
      own.waiting = 0;
    }
  }
  return spent;
}

describe("processes that share a limit", () => {
  test("never let more than burst + rate · t through in any time t, however tokens are handed out", () => {
    const step = fc.record({
      by: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 400 })),
      process: fc.integer({ min: 0, max: 3 }),
      what: fc.constantFrom("take", "take", "take", "take", "tell", "back"),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 0, max: 60 }),
        fc.array(step, { maxLength: 300 }),
        (requests, burst, steps) => {
          const rate = rateOf({ requests, windowMs: 1_000, burst });
          const limit = { rate, share: shareOf(rate, 4), lot: Math.max(1, lotOf(rate, 4)) };
          const spent = spendings(limit, steps);
          for (const [i, from] of spent.entries())
            for (let j = i; j < spent.length; j++)
              expect(j - i + 1).toBeLessThanOrEqual(rate.burst + ((spent[j] as number) - from) / rate.tokenMs + 1e-6);
        },
      ),
    );
  });
  test("let as much through as one bucket would, when one of them gets all the requests", () => {
    const rate = rateOf({ requests: 40, windowMs: 1_000, burst: 0 });
    const limit = { rate, share: shareOf(rate, 4), lot: lotOf(rate, 4) };
    const steps = Array.from({ length: 3_000 }, () => ({ by: 5, process: 2, what: "take" }));
    // 15 s at 200 requests a second.
    expect(spendings(limit, steps).length).toBeGreaterThanOrEqual(40 + 15 * 40 - 10);
  });
});

describe("a process whose control is away", () => {
  const limit = { rate: FIVE_A_SECOND, share: shareOf(FIVE_A_SECOND, 2), lot: 0 };
  test("lets its share through, tells of it afterwards, and refuses with the time to wait", () => {
    const own = new LeasedRate(0);
    expect([0, 0, 0].map((nowMs) => own.takeAlone(limit, nowMs))).toEqual([
      { kind: "taken", left: 1 },
      { kind: "taken", left: 0 },
      { kind: "refused", waitMs: 400 },
    ]);
    expect(own.takeAlone(limit, 399)).toEqual({ kind: "refused", waitMs: 1 });
    expect(own.takeAlone(limit, 400).kind).toBe("taken");
    expect(own.ask(limit, "tell", 400)).toMatchObject({ owed: 3 });
    expect(own.ask(limit, "tell", 400)).toMatchObject({ owed: 0 });
  });
  test("counts against its share what it was granted before", () => {
    const own = new LeasedRate(0);
    own.waiting = 5;
    own.ask(limit, "more", 0);
    expect(own.granted(limit, { granted: 5, left: 0, waitMs: 0 }, 0)).toEqual({ go: 5, isEmpty: false });
    own.lost();
    expect(own.takeAlone(limit, 0).kind).toBe("refused");
  });
  test("drops what it holds of a control that is gone: nobody else knows of it", () => {
    const lots = { ...limit, lot: 4 };
    const own = new LeasedRate(0);
    own.granted(lots, { granted: 4, left: 0, waitMs: 0 }, 0);
    expect(own.inHand).toBe(4);
    own.lost();
    expect([own.inHand, own.isDue, own.take(lots, 0).kind]).toEqual([0, false, "ask"]);
  });
  test("does not pay twice for those who went before control's answer came", () => {
    const own = new LeasedRate(0);
    own.waiting = 2;
    own.ask(limit, "more", 0);
    own.waiting = 0;
    for (let i = 0; i < 2; i++) own.takeAlone(limit, 60);
    own.granted(limit, { granted: 2, left: 0, waitMs: 0 }, 70);
    expect(own.ask(limit, "tell", 70)).toMatchObject({ owed: 0, used: 0, back: 0 });
  });
  test("remembers that there is nothing, until there is", () => {
    const own = new LeasedRate(0);
    own.waiting = 1;
    own.ask(limit, "more", 0);
    expect(own.granted(limit, { granted: 0, left: 0, waitMs: 200 }, 0)).toEqual({ go: 0, isEmpty: true });
    expect(own.take(limit, 199)).toEqual({ kind: "refused", waitMs: 1 });
    expect(own.take(limit, 200)).toEqual({ kind: "ask" });
  });
});

describe("a table of keys", () => {
  const entry = (fullAtMs: number, isPinned = false) => ({ fullAtMs, isPinned });
  test("forgets the one that is full again soonest, and never one that is pinned", () => {
    const table = new KeyTable<ReturnType<typeof entry>>(3);
    table.add("throttled", entry(1_000));
    table.add("pinned", entry(1, true));
    table.add("fresh", entry(10));
    table.add("new", entry(20));
    expect(["throttled", "pinned", "fresh", "new"].filter((key) => table.get(key))).toEqual([
      "throttled",
      "pinned",
      "new",
    ]);
  });
  test("goes by what buckets are now, not by what they were when they were added", () => {
    const table = new KeyTable<ReturnType<typeof entry>>(2);
    const busy = entry(1);
    table.add("busy", busy);
    table.add("idle", entry(5));
    busy.fullAtMs = 1_000;
    table.add("new", entry(6));
    expect([table.get("busy"), table.get("idle")]).toEqual([busy, undefined]);
  });
  test("keeps a throttled key through a flood of a hundred thousand others", () => {
    const pots = new KeyTable<RatePot>(1_000);
    const rate = rateOf({ requests: 10, windowMs: 60_000, burst: 0 });
    const ask = (key: string, nowMs: number) => {
      const pot = pots.get(key) ?? new RatePot(nowMs);
      if (pots.get(key) === undefined) pots.add(key, pot);
      return pot.ask(rate, 1, { ...ASK, need: 1, want: 1 }, nowMs).granted;
    };
    for (let i = 0; i < 10; i++) expect(ask("throttled", 0)).toBe(1);
    expect(ask("throttled", 0)).toBe(0);
    for (let i = 0; i < 100_000; i++) ask(`flood ${i}`, i / 100);
    expect(pots.size).toBe(1_000);
    expect(ask("throttled", 1_000)).toBe(0);
  });
  test("never grows beyond its bound but for what is pinned", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 100 }))), (adds) => {
        const table = new KeyTable<ReturnType<typeof entry>>(5);
        for (const [key, at] of adds) {
          const known = table.get(String(key));
          if (known) known.fullAtMs = Math.max(known.fullAtMs, at);
          else table.add(String(key), entry(at));
        }
        expect(table.size).toBeLessThanOrEqual(5);
      }),
    );
  });
});
