// A random mix of everything, 20,000 times, after which nothing is left; `npm run soak` does it 500,000 times.
import { expect, test } from "vitest";
import { runSoak } from "./soak/soak.ts";

test("20,000 requests, aborts, faults, restarts and changes leave nothing behind", { timeout: 600_000 }, async () => {
  const seed = Number(process.env.GB_SOAK_SEED ?? Date.now() % 1_000_000);
  const outcomes = await runSoak({ requests: 20_000, seed, say: (line) => console.info(line) });
  const total = [...outcomes.values()].reduce((sum, count) => sum + count, 0);
  expect(total).toBeGreaterThanOrEqual(20_000);
  // Most of it must have gone well, or too little has been tried.
  expect(outcomes.get("200") ?? 0).toBeGreaterThan(total / 3);
});
