import { expect, test } from "vitest";
import { checksAtOnce } from "#workers/probes/at-once.ts";

test.each([
  ["Max open files            1024                 524288               files", 512],
  ["Max open files            20                   20                   files", 16],
  ["Max open files            1048576              1048576              files", 2_048],
  ["Max open files            unlimited            unlimited            files", 2_048],
  ["", 512],
])("checks at once leave half of the descriptors to others: %j", (limits, atOnce) => {
  expect(checksAtOnce(`Limit\nMax cpu time  unlimited\n${limits}\n`)).toBe(atOnce);
});
