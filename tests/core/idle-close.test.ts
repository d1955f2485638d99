import { expect, test } from "vitest";
import { IdleClose } from "#lib/core/idle-close.ts";

const after = (...closes: [ageMs: number, atMs: number][]) => {
  const learned = new IdleClose();
  for (const [ageMs, atMs] of closes) learned.closed(ageMs, atMs);
  return learned;
};

test("what is seen twice at different moments is learned, less a second", () => {
  expect(after([5_000, 10_000]).limitMs).toBe(Number.POSITIVE_INFINITY);
  expect(after([5_000, 10_000], [5_100, 20_000]).limitMs).toBe(4_000);
});
test("of a short limit a fifth is left", () => {
  expect(after([1_000, 10_000], [1_000, 20_000]).limitMs).toBe(800);
});
test("a restart, which closes many at once and of any age, teaches nothing", () => {
  expect(after([5_000, 10_000], [5_000, 10_001], [5_000, 10_099]).limitMs).toBe(Number.POSITIVE_INFINITY);
  expect(after([5_000, 10_000], [900, 20_000], [7_000, 30_000]).limitMs).toBe(Number.POSITIVE_INFINITY);
  expect(after([199, 10_000], [199, 20_000]).limitMs).toBe(Number.POSITIVE_INFINITY);
  expect(after([200, 10_000], [200, 20_000]).limitMs).toBe(160);
});
test("ages that differ by a fifth are the same limit, by more they are not", () => {
  expect(after([1_000, 10_000], [1_200, 20_000]).limitMs).toBe(800);
  expect(after([1_000, 10_000], [1_201, 20_000]).limitMs).toBe(Number.POSITIVE_INFINITY);
});
test("a shorter limit takes the place of a longer one, and after ten minutes it is learned anew", () => {
  const learned = after([60_000, 100_000], [60_000, 200_000], [5_000, 300_000], [5_000, 310_000]);
  expect(learned.limitMs).toBe(4_000);
  learned.expire(310_000 + 599_999);
  expect(learned.limitMs).toBe(4_000);
  learned.expire(310_000 + 600_000);
  expect(learned.limitMs).toBe(Number.POSITIVE_INFINITY);
});
