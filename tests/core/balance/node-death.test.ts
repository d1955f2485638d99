// The decisions put together as the data plane does, over a simulated second in which one node is killed.
import { describe, expect, test } from "vitest";
import { ALGORITHMS, type Algorithm } from "#lib/contracts/config.ts";
import { createPicker } from "#lib/core/balance/create.ts";
import { decideEligibility } from "#lib/core/balance/eligibility.ts";
import { newCandidate, recordLatency } from "#lib/core/balance/latency.ts";
import type { Candidate } from "#lib/core/balance/types.ts";
import { classifyStatus, connectFault } from "#lib/core/classify.ts";
import { Ejection } from "#lib/core/ejection.ts";
import { decideRetry, RetryBudget } from "#lib/core/retry.ts";
import { servingFacts, settings } from "../facts.ts";
import { seededRandom } from "./support.ts";

function killOneOf(size: number, algorithm: Algorithm) {
  const picker = createPicker<Candidate>(algorithm, seededRandom(1));
  const nodes = Array.from({ length: size }, (_, i) => ({
    candidate: newCandidate(`node-${i}`, 0),
    ejection: new Ejection(settings.ejection),
  }));
  const refresh = (nowMs: number) => {
    const specs = nodes.map((n) => ({
      ...servingFacts,
      id: n.candidate.id,
      weight: 1,
      backup: false,
      priority: 0,
      zone: "",
      ejection: n.ejection.state,
    }));
    decideEligibility(settings, specs, nowMs).nodes.forEach(({ effectiveWeight }, i) => {
      const node = nodes[i];
      if (node) node.candidate.effectiveWeight = effectiveWeight;
    });
    picker.update(nodes.map((n) => n.candidate));
  };
  const dead = nodes[0]?.candidate;
  const budget = new RetryBudget();
  const seen = { failed: 0, metDead: 0 };

  const attempt = (nowMs: number, tried: Set<Candidate>): boolean => {
    const candidate = picker.pick(nowMs, (nowMs * 2_654_435_761) >>> 0, tried.size > 0 ? (c) => tried.has(c) : null);
    const node = nodes.find((n) => n.candidate === candidate);
    if (!candidate || !node) return false;
    const outcome = candidate === dead ? connectFault("ECONNREFUSED") : classifyStatus(200);
    if (candidate === dead) seen.metDead += 1;
    const failed = outcome.counts === "failure";
    recordLatency(candidate, 5, failed, nowMs);
    picker.loadChanged(candidate);
    const ejected = nodes.filter((n) => n.ejection.state.state === "ejected").length;
    if (node.ejection.record(failed, outcome.cause, nowMs, nowMs, { size, ejected })) refresh(nowMs);
    if (!failed) return true;
    const decision = decideRetry({
      outcome,
      idempotent: false,
      sentAnything: false,
      replayable: true,
      committed: false,
      retriesMade: tried.size,
      budgetLeft: budget.hasLeft(settings.retry, nowMs),
      retriesRest: true,
      settings: settings.retry,
    });
    return decision.action === "retry" && attempt(nowMs, tried.add(candidate));
  };

  refresh(0);
  for (let nowMs = 0; nowMs < 1_000; nowMs++) if (!attempt(nowMs, new Set())) seen.failed += 1;
  return { ...seen, ejection: nodes[0]?.ejection.state };
}

describe("death of a node", () => {
  describe.each([2, 3])("in a pool of %i", (size) => {
    test.each(ALGORITHMS)("fails no request and is met five times at most, with %s", (algorithm) => {
      const { failed, metDead, ejection } = killOneOf(size, algorithm);
      expect(failed).toBe(0);
      expect(metDead).toBeGreaterThan(0);
      expect(metDead).toBeLessThanOrEqual(5);
      if (metDead === 5) expect(ejection).toMatchObject({ state: "ejected", cause: "connect-refused" });
    });
  });
});
