import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ASK_AGAIN_MS, QuotaPot } from "#lib/core/lease/quota-pot.ts";
import { quotaSpan } from "#lib/core/quota.ts";

describe("spans of a quota", () => {
  const at = (text: string) => Date.parse(text);
  test.each([
    ["minute", "2026-11-27T23:59:59.999Z", "2026-11-27T23:59:00Z", "2026-11-28T00:00:00Z"],
    ["minute", "2026-11-28T00:00:00.000Z", "2026-11-28T00:00:00Z", "2026-11-28T00:01:00Z"],
    ["hour", "2026-11-27T23:59:59.999Z", "2026-11-27T23:00:00Z", "2026-11-28T00:00:00Z"],
    ["day", "2026-11-27T23:59:59.999Z", "2026-11-27T00:00:00Z", "2026-11-28T00:00:00Z"],
    ["day", "2026-11-28T00:00:00.000Z", "2026-11-28T00:00:00Z", "2026-11-29T00:00:00Z"],
    ["month", "2026-12-31T23:59:59.999Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"],
    ["month", "2028-02-01T00:00:00.000Z", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z"],
  ] as const)("of a %s: %s is in that from %s to %s", (per, now, start, end) =>
    expect(quotaSpan(per, at(now))).toEqual({ startMs: at(start), endMs: at(end) }),
  );
});

const ask = (need: number, want = need, back = 0) => ({ need, want, back });

describe("a quota's pot", () => {
  test("hands out what is needed to the last, half of the rest beyond that, and then says when to ask again", () => {
    const pot = new QuotaPot(90);
    expect(pot.ask(100, ask(2, 50), 60_000)).toEqual({ granted: 6, left: 4, waitMs: 0 });
    expect(pot.ask(100, ask(5), 60_000)).toEqual({ granted: 4, left: 0, waitMs: ASK_AGAIN_MS });
    expect(pot.ask(100, ask(1), 300)).toEqual({ granted: 0, left: 0, waitMs: 300 });
    expect(pot.ask(100, ask(0, 0, 3), 300)).toEqual({ granted: 0, left: 3, waitMs: 0 });
    expect([pot.used, pot.unwritten]).toEqual([97, 7]);
  });
  test("counts what others used once it is told, and keeps what it has not written yet", () => {
    const pot = new QuotaPot(0);
    pot.ask(100, ask(10), 60_000);
    // Five more are handed out while the ten are being written.
    pot.ask(100, ask(5), 60_000);
    pot.written(10, 60);
    expect([pot.used, pot.unwritten]).toEqual([65, 5]);
    // An operator has set it back.
    pot.written(5, 0);
    expect([pot.used, pot.unwritten]).toEqual([0, 0]);
  });
  test("never lets more be spent than the quota, whoever asks, spends and gives back", () => {
    const step = fc.tuple(fc.constantFrom("ask", "spend", "back", "write"), fc.nat(3), fc.nat(6), fc.nat(9));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.array(step, { maxLength: 200 }), (quota, steps) => {
        const pot = new QuotaPot(0);
        const held = [0, 0, 0, 0];
        let spent = 0;
        let stored = 0;
        for (const [what, who, need, more] of steps) {
          const mine = held[who] as number;
          if (what === "ask") held[who] = mine + pot.ask(quota, ask(need, need + more), 60_000).granted;
          else if (what === "spend") {
            spent += Math.min(mine, need);
            held[who] = mine - Math.min(mine, need);
          } else if (what === "back") {
            pot.ask(quota, ask(0, 0, mine), 60_000);
            held[who] = 0;
          } else {
            stored += pot.unwritten;
            pot.written(pot.unwritten, stored);
          }
          const out = held.reduce((sum, one) => sum + one, 0);
          expect(spent + out).toBeLessThanOrEqual(quota);
          expect(pot.used).toBe(spent + out);
        }
      }),
    );
  });
});
