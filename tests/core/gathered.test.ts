// What comes over the live stream in one go is taken in one go.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { gathered } from "#lib/client/gathered.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("hands on all that came in one task as one list, in its order and once", () => {
  const taken: number[][] = [];
  const { add } = gathered<number>((items) => taken.push(items));
  for (const item of [1, 2, 3]) add(item);
  expect(taken).toEqual([]);
  vi.runAllTimers();
  expect(taken).toEqual([[1, 2, 3]]);
  add(4);
  vi.runAllTimers();
  expect(taken).toEqual([[1, 2, 3], [4]]);
});

it("hands on what comes while it hands on, afterwards", () => {
  const taken: number[][] = [];
  const { add } = gathered<number>((items) => {
    if (taken.length === 0) add(2);
    taken.push(items);
  });
  add(1);
  vi.runAllTimers();
  expect(taken).toEqual([[1], [2]]);
});

it("hands on nothing after it was left", () => {
  const { add, stop } = gathered<number>(() => expect.unreachable());
  add(1);
  stop();
  vi.runAllTimers();
});
