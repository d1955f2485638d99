import { expect, test } from "vitest";
import { ConnectionBook, TOLD_FOR_MS } from "#lib/core/connection-limits.ts";

function book(limits: { max?: number; maxPerAddress?: number }, processes = 1) {
  const made = new ConnectionBook();
  made.configure({ max: 0, maxPerAddress: 0, ...limits }, processes);
  return made;
}
const enter = (made: ConnectionBook, address: string | null, times = 1) =>
  Array.from({ length: times }, () => made.enter(address, 0)).at(-1);

test("an address has its limit and not one more, others are let in, and who leaves makes room", () => {
  const made = book({ maxPerAddress: 3 });
  expect(enter(made, "a", 3)).toBe("admitted");
  expect(enter(made, "a")).toBe("too-many-connections");
  expect(enter(made, "b")).toBe("admitted");
  made.leave("a");
  expect(enter(made, "a")).toBe("admitted");
  expect(enter(made, "a")).toBe("too-many-connections");
});

test("the total is limited for everybody, also for proxies that carry many clients", () => {
  const made = book({ max: 2, maxPerAddress: 1 });
  expect(enter(made, null, 2)).toBe("admitted");
  expect(enter(made, null)).toBe("connections-exhausted");
  expect(enter(made, "a")).toBe("connections-exhausted");
  made.leave(null);
  expect(enter(made, "a")).toBe("admitted");
});

test("connections at siblings count, until they are told to be fewer or nothing is told for too long", () => {
  const made = book({ maxPerAddress: 10, max: 100 }, 2);
  made.hear(1, { total: 50, addresses: [["a", 9]] }, 0);
  expect(made.enter("a", 0)).toBe("admitted");
  expect(made.enter("a", 0)).toBe("too-many-connections");
  made.hear(1, { total: 50, addresses: [] }, 1_000);
  expect(made.enter("a", 1_000)).toBe("admitted");
  made.hear(1, { total: 98, addresses: [["b", 9]] }, 2_000);
  expect(made.enter("b", 2_000 + TOLD_FOR_MS - 1)).toBe("connections-exhausted");
  expect(made.enter("b", 2_000 + TOLD_FOR_MS)).toBe("admitted");
});

test("processes that tell each other admit an eighth more than the limit at most, however connections fall", () => {
  const processes = 4;
  const limit = 64;
  const books = Array.from({ length: processes }, () => book({ maxPerAddress: limit }, processes));
  let admitted = 0;
  for (let i = 0; i < 1_000; i++) {
    const at = ((i * 7) % 11) % processes;
    if (books[at]?.enter("a", 0) === "admitted") admitted++;
    for (const [other, one] of books.entries()) if (other !== at) one.hear(at, (books[at] as ConnectionBook).tell(), 0);
  }
  expect(admitted).toBeGreaterThanOrEqual(limit);
  expect(admitted).toBeLessThanOrEqual(limit * 1.125);
});

test("of very many addresses those with the most connections are told", () => {
  const made = book({ maxPerAddress: 8 }, 2);
  for (let i = 0; i < 1_500; i++) enter(made, `address ${i}`, i === 1_400 ? 5 : 1);
  const { addresses, total } = made.tell();
  expect(total).toBe(1_504);
  expect(addresses).toHaveLength(1_000);
  expect(addresses[0]).toEqual(["address 1400", 5]);
});

test("without limits everybody is let in", () => {
  const made = book({});
  expect(made.isOn).toBe(false);
  expect(enter(made, "a", 100_000)).toBe("admitted");
});
