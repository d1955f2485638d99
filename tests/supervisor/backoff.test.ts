import { expect, test } from "vitest";
import { restartDelayMs } from "#workers/supervisor/backoff.ts";

test("restarts at once after the first end, then waits from 250 ms up to 5 s, for ever", () => {
  expect([0, 1, 2, 3, 4, 5, 6, 1_000].map(restartDelayMs)).toEqual([0, 250, 500, 1000, 2000, 4000, 5000, 5000]);
});
