import { isIP } from "node:net";
import { describe, expect, test } from "vitest";
import {
  AVOID_MS,
  addressOrder,
  MAX_REFRESH_MS,
  MIN_REFRESH_MS,
  type NameState,
  nameAnswered,
  nameFailed,
  parseHosts,
} from "#lib/core/names.ts";

const PENDING: NameState = { state: "pending" };
const answer = (addresses: string[], ttlMs = 5_000) => ({ addresses, ttlMs });

describe("a look-up that brings addresses", () => {
  test("is repeated when its TTL is over, not before, and up to a tenth later", () => {
    expect(nameAnswered(PENDING, answer(["10.0.0.1"]), 0, 0).nextInMs).toBe(5_000);
    expect(nameAnswered(PENDING, answer(["10.0.0.1"]), 0, 1).nextInMs).toBe(5_500);
  });

  test("is repeated within bounds whatever the TTL", () => {
    expect(nameAnswered(PENDING, answer(["10.0.0.1"], 0), 0, 0).nextInMs).toBe(MIN_REFRESH_MS);
    expect(nameAnswered(PENDING, answer(["10.0.0.1"], 86_400_000), 0, 0).nextInMs).toBe(MAX_REFRESH_MS);
  });

  test("is news only when the set of addresses changes: servers shuffle them", () => {
    const first = nameAnswered(PENDING, answer(["10.0.0.2", "10.0.0.1"]), 1, 0);
    expect(first).toMatchObject({ isNews: true, state: { addresses: ["10.0.0.1", "10.0.0.2"], lastGoodMs: 1 } });
    const same = nameAnswered(first.state, answer(["10.0.0.1", "10.0.0.2"]), 2, 0);
    expect(same).toMatchObject({ isNews: false, state: { lastGoodMs: 2 } });
    expect(nameAnswered(first.state, answer(["10.0.0.1", "10.0.0.3"]), 2, 0).isNews).toBe(true);
    expect(nameAnswered(first.state, answer(["10.0.0.1"]), 2, 0).isNews).toBe(true);
  });

  test("keeps the addresses of the family that could not be asked for, and no others", () => {
    const { state } = nameAnswered(PENDING, answer(["10.0.0.1", "fd00::1"]), 0, 0);
    const next = nameAnswered(state, { ...answer(["10.0.0.2"]), unknownFamily: 6 }, 0, 0);
    expect(next.state).toMatchObject({ addresses: ["10.0.0.2", "fd00::1"] });
    expect(nameAnswered(next.state, answer(["10.0.0.2"]), 0, 0).state).toMatchObject({ addresses: ["10.0.0.2"] });
  });

  test("cannot be empty", () => {
    expect(() => nameAnswered(PENDING, answer([]), 0, 0)).toThrow(RangeError);
  });
});

describe("a look-up that fails", () => {
  const good = nameAnswered(PENDING, answer(["10.0.0.1"]), 1_000, 0).state;

  test("keeps the last good addresses, and says since when and why", () => {
    const { state, isNews } = nameFailed(good, "name-not-found", 6_000, 0);
    expect(isNews).toBe(true);
    expect(state).toEqual({
      state: "failing",
      addresses: ["10.0.0.1"],
      lastGoodMs: 1_000,
      sinceMs: 6_000,
      failures: 1,
      cause: "name-not-found",
    });
  });

  test("is news again only with another cause, and when it is over", () => {
    const first = nameFailed(good, "name-not-found", 6_000, 0).state;
    const second = nameFailed(first, "name-not-found", 7_000, 0);
    expect(second).toMatchObject({ isNews: false, state: { sinceMs: 6_000, failures: 2 } });
    expect(nameFailed(first, "name-lookup-timeout", 7_000, 0).isNews).toBe(true);
    expect(nameAnswered(second.state, answer(["10.0.0.1"]), 8_000, 0).isNews).toBe(true);
  });

  test("is repeated after 1, 2, 4, 8 and then every 10 s", () => {
    let state = good;
    const waits = [1, 2, 3, 4, 5, 6].map(() => {
      const step = nameFailed(state, "name-lookup-failed", 0, 0);
      state = step.state;
      return step.nextInMs;
    });
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  });

  test("has no addresses when there never were any", () => {
    expect(nameFailed(PENDING, "name-lookup-timeout", 5, 0).state).toMatchObject({ addresses: [], lastGoodMs: null });
  });
});

describe("the addresses of a name", () => {
  const addresses = ["a", "b", "c", "d"];

  test("take turns, three of them for one connection", () => {
    const order = (turn: number) => addressOrder(addresses, turn, new Map(), 0).join("");
    expect([0, 1, 2, 3, 4].map(order)).toEqual(["abc", "bcd", "cda", "dab", "abc"]);
  });

  test("come last for a while after they failed, and have their turn again to the millisecond", () => {
    const avoid = new Map([["a", AVOID_MS]]);
    expect(addressOrder(["a", "b"], 0, avoid, AVOID_MS - 1)).toEqual(["b", "a"]);
    expect(addressOrder(["a", "b"], 0, avoid, AVOID_MS)).toEqual(["a", "b"]);
  });

  test("are all tried when all failed, the one that failed longest ago first", () => {
    const avoid = new Map(Object.entries({ a: 9, b: 8 }));
    expect(addressOrder(["a", "b"], 7, avoid, 0)).toEqual(["b", "a"]);
    expect(addressOrder([], 7, new Map(), 0)).toEqual([]);
  });
});

test("a hosts file is read as hosts(5) says: comments, aliases, several addresses, no case, a dot at the end", () => {
  const text =
    "127.0.0.1 localhost\n# 10.0.0.9 gone\n10.0.0.1\tApi api.example.org # one\r\n::1 localhost.\nbad line here\n";
  const hosts = parseHosts(text, (address) => isIP(address) !== 0);
  expect(Object.fromEntries(hosts)).toEqual({
    localhost: ["127.0.0.1", "::1"],
    api: ["10.0.0.1"],
    "api.example.org": ["10.0.0.1"],
  });
});
