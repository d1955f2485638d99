import { expect, test } from "vitest";
import { DueHeap } from "#workers/probes/due-heap.ts";

test("the heap gives back what is due in order", () => {
  const heap = new DueHeap<number>();
  const due = Array.from({ length: 500 }, (_, n) => (n * 7_919) % 503);
  for (const atMs of due) heap.push({ atMs, item: atMs });
  const popped: number[] = [];
  for (let next = heap.pop(); next; next = heap.pop()) popped.push(next.item);
  expect(popped).toEqual(due.toSorted((a, b) => a - b));
});
