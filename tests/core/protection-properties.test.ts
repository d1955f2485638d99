// What holds for breaker and ejection whatever happens, in whatever order.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Breaker, REFUSED } from "#lib/core/breaker.ts";
import { Ejection, QUIET_MS } from "#lib/core/ejection.ts";
import { RollingWindow } from "#lib/core/rolling-window.ts";
import { settings as pool } from "./facts.ts";

const START_MS = 1_000_000;

describe("ejection", () => {
  const event = fc.record({
    node: fc.nat(11),
    kind: fc.constantFrom("fail", "fail", "fail", "truncate", "succeed", "silent", "outlier", "check", "wait"),
    waitMs: fc.nat(2 * QUIET_MS),
  });

  test("never has more of a pool out than its cap, however nodes come to be ejected, but one always", () => {
    const maxEjectedRatio = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        maxEjectedRatio,
        fc.array(event, { maxLength: 200 }),
        (size, ratio, events) => {
          const settings = { ...pool.ejection, maxEjectedRatio: ratio, consecutiveFailures: 2 };
          const nodes = Array.from({ length: size }, () => new Ejection(settings));
          const out = () => nodes.filter(({ state }) => state.state === "ejected").length;
          const cap = Math.max(1, Math.floor(ratio * size + 1e-9));
          let nowMs = START_MS;
          for (const { node, kind, waitMs } of events) {
            const one = nodes[node % size] as Ejection;
            const others = { size, ejected: out() };
            const wasOut = one.state.state === "ejected";
            if (kind === "wait") nowMs += waitMs;
            for (const each of nodes) each.advance(nowMs);
            if (kind === "fail") one.record(true, "status-500", nowMs, nowMs, { size, ejected: out() });
            if (kind === "truncate") one.record(true, "answer-truncated", nowMs, nowMs, { size, ejected: out() });
            if (kind === "succeed") one.record(false, "ok", nowMs, nowMs, { size, ejected: out() });
            if (kind === "silent") one.silent(settings.silentMs, nowMs, { size, ejected: out() });
            if (kind === "outlier") one.outlier("failure-share", nowMs, { size, ejected: out() });
            if (kind === "check") one.checkPassed(nowMs, nowMs);
            expect(out()).toBeLessThanOrEqual(cap);
            // An outlier where nobody is out goes, also from a pool of one or two.
            if (kind === "outlier" && others.ejected === 0 && !wasOut) expect(one.state.state).toBe("ejected");
          }
        },
      ),
    );
  });

  test.each([1, 2, 3])("of the defaults takes exactly one node out of a pool of %i where all fail", (size) => {
    const nodes = Array.from({ length: size }, () => new Ejection(pool.ejection));
    const out = () => nodes.filter(({ state }) => state.state === "ejected").length;
    for (let i = 0; i < 20; i++)
      for (const one of nodes) one.record(true, "status-500", START_MS, START_MS, { size, ejected: out() });
    expect(out()).toBe(1);
  });
});

describe("breaker", () => {
  test("leaks no permit: what was aborted or settled late can always be had again, and never more than there are", () => {
    const step = fc.record({ take: fc.boolean(), which: fc.nat(20), how: fc.constantFrom("abort", "pass") });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.array(step, { maxLength: 100 }), (halfOpenRequests, steps) => {
        // One more than can ever pass here, so that it stays half-open.
        const trials = halfOpenRequests + steps.length;
        const breaker = new Breaker({ ...pool.breaker, minimumRequests: 1, halfOpenRequests: trials });
        const stragglers = Array.from({ length: 3 }, () => breaker.acquire());
        breaker.record(breaker.acquire(), true, "status-500", START_MS);
        breaker.advance(START_MS + pool.breaker.openMs);
        for (const old of stragglers) breaker.abort(old);
        const held: number[] = [];
        let passed = 0;
        for (const { take, which, how } of steps) {
          if (take) {
            const permit = breaker.acquire();
            expect(permit === REFUSED).toBe(held.length + passed >= trials);
            if (permit !== REFUSED) held.push(permit);
          } else if (held.length > 0) {
            const [permit] = held.splice(which % held.length, 1) as [number];
            if (how === "abort") breaker.abort(permit);
            else {
              breaker.record(permit, false, "ok", START_MS + pool.breaker.openMs);
              passed++;
            }
          }
        }
        for (const permit of held) breaker.abort(permit);
        let left = 0;
        while (breaker.acquire() !== REFUSED) left++;
        expect(left).toBe(trials - passed);
      }),
    );
  });

  test("an idle gap as long as the window clears it: what was before counts for nothing", () => {
    const attempt = fc.record({ gapMs: fc.nat(3_000), failed: fc.boolean(), slow: fc.boolean() });
    fc.assert(
      fc.property(fc.array(attempt, { maxLength: 60 }), fc.nat(100_000), (attempts, moreMs) => {
        const settings = { ...pool.breaker, minimumRequests: 20, errorRatio: 1, slowRatio: 1, slowMs: 500 };
        const breaker = new Breaker(settings);
        const window = new RollingWindow(settings.windowMs);
        let nowMs = START_MS;
        for (const { gapMs, failed, slow } of attempts) {
          nowMs += gapMs;
          breaker.advance(nowMs);
          breaker.record(breaker.acquire(), failed, "status-500", nowMs, slow ? 500 : 1);
          window.record(failed, nowMs, slow);
        }
        fc.pre(breaker.state.state === "closed");
        const afterMs = nowMs + settings.windowMs + moreMs;
        expect([window.total(afterMs), window.failed(afterMs), window.slow(afterMs)]).toEqual([0, 0, 0]);
        const fail = () => breaker.record(breaker.acquire(), true, "status-500", afterMs);
        for (let i = 1; i < settings.minimumRequests; i++) expect(fail()).toBeNull();
        expect(fail()?.to).toBe("open");
      }),
    );
  });

  test("a trial that fails opens it again, each time for longer until the cap, and never for longer than that", () => {
    const openMs = fc.integer({ min: 100, max: 600_000 });
    fc.assert(
      fc.property(
        openMs,
        fc.integer({ min: 100, max: 3_600_000 }),
        fc.integer({ min: 1, max: 40 }),
        (first, max, rounds) => {
          const settings = { ...pool.breaker, minimumRequests: 1, openMs: first, maxOpenMs: max };
          const breaker = new Breaker(settings);
          const cap = Math.max(first, max);
          let nowMs = START_MS;
          let beforeMs = 0;
          breaker.record(breaker.acquire(), true, "status-500", nowMs);
          for (let round = 0; round < rounds; round++) {
            if (breaker.state.state !== "open") throw new Error("must be open");
            const forMs = breaker.state.untilMs - nowMs;
            expect(forMs).toBeLessThanOrEqual(cap);
            expect(forMs > beforeMs || forMs === cap).toBe(true);
            expect(breaker.advance(breaker.state.untilMs - 1)).toBeNull();
            beforeMs = forMs;
            nowMs = breaker.state.untilMs;
            breaker.advance(nowMs);
            breaker.record(breaker.acquire(), true, "status-500", nowMs);
          }
        },
      ),
    );
  });
});
