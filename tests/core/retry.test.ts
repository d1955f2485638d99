import { describe, expect, test } from "vitest";
import { classifyStatus, connectFault, OUTCOMES } from "#lib/core/classify.ts";
import { decideRetry, isIdempotent, RetryBudget, type RetryInput } from "#lib/core/retry.ts";
import { settings } from "./facts.ts";

const input: RetryInput = {
  outcome: OUTCOMES.reset,
  idempotent: true,
  sentAnything: true,
  replayable: true,
  committed: false,
  retriesMade: 0,
  budgetLeft: true,
  retriesRest: true,
  settings: settings.retry,
};
const retry = (reason: string) => ({ action: "retry", reason });
const giveUp = (reason: string) => ({ action: "give-up", reason });

describe("retry", () => {
  test.each<[string, Partial<RetryInput>, object]>([
    ["repeats an idempotent request after a reset", {}, retry("idempotent")],
    ["repeats after a time-out", { outcome: OUTCOMES.firstByteTimeout }, retry("idempotent")],
    ["repeats after 503", { outcome: classifyStatus(503) }, retry("idempotent")],
    ["hands 501 on: it is not in the retry statuses", { outcome: classifyStatus(501) }, giveUp("final-answer")],
    ["hands 429 on", { outcome: classifyStatus(429) }, giveUp("final-answer")],
    ["hands 200 on", { outcome: classifyStatus(200) }, giveUp("final-answer")],
    ["never repeats after commit", { committed: true, outcome: OUTCOMES.truncated }, giveUp("committed")],
    ["does not repeat for a client that left", { outcome: OUTCOMES.clientAbort }, giveUp("client-gone")],
    ["does not repeat a sent POST", { idempotent: false }, giveUp("not-idempotent")],
    [
      "does not repeat a sent POST after 503 either",
      { idempotent: false, outcome: classifyStatus(503) },
      giveUp("not-idempotent"),
    ],
    [
      "repeats a POST of which nothing was sent",
      { idempotent: false, sentAnything: false, outcome: connectFault("ECONNREFUSED") },
      retry("nothing-sent"),
    ],
    ["does not repeat what it no longer has whole", { replayable: false }, giveUp("not-replayable")],
    ["allows the last retry", { retriesMade: 1 }, retry("idempotent")],
    ["and no further one", { retriesMade: 2 }, giveUp("retries-spent")],
    ["keeps to the budget", { budgetLeft: false }, giveUp("budget-spent")],
    [
      "does not ask the budget where nothing was sent: no node got more load",
      { budgetLeft: false, sentAnything: false, outcome: connectFault("ECONNREFUSED") },
      retry("nothing-sent"),
    ],
  ])("%s", (_, change, decision) => {
    expect(decideRetry({ ...input, ...change })).toEqual(decision);
  });

  test("knows the idempotent methods", () => {
    for (const method of ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]) expect(isIdempotent(method)).toBe(true);
    for (const method of ["POST", "PATCH", "CONNECT", "get", "BREW"]) expect(isIdempotent(method)).toBe(false);
  });
});

describe("retry budget", () => {
  const budget = (requests: number, retries: number, nowMs = 0) => {
    const b = new RetryBudget();
    for (let i = 0; i < requests; i++) b.recordRequest(nowMs);
    for (let i = 0; i < retries; i++) b.recordRetry(nowMs);
    return b;
  };

  test("allows 20 % of the requests and ten a second, over ten seconds", () => {
    expect(budget(1_000, 299).hasLeft(settings.retry, 0)).toBe(true);
    expect(budget(1_000, 300).hasLeft(settings.retry, 0)).toBe(false);
  });

  test("allows none of too few requests where the minimum is 0", () => {
    const strict = { budgetRatio: 0.2, minRetries: 0 };
    expect(budget(0, 0).hasLeft(strict, 0)).toBe(false);
    expect(budget(5, 0).hasLeft(strict, 0)).toBe(true);
    expect(budget(5, 1).hasLeft(strict, 0)).toBe(false);
  });

  test("has room again ten seconds later, not a millisecond sooner", () => {
    expect(budget(0, 100).hasLeft(settings.retry, 9_999)).toBe(false);
    expect(budget(0, 100).hasLeft(settings.retry, 10_000)).toBe(true);
  });

  test("carries the death of a node with half of 200 slow requests in flight", () => {
    const b = budget(200, 0);
    for (let i = 0; i < 100; i++) {
      expect(b.hasLeft(settings.retry, 0)).toBe(true);
      b.recordRetry(0);
    }
  });
});
