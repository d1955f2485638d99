import { expect, test } from "vitest";
import { trueAddress } from "#lib/server/true-address.ts";

test("who calls directly is known by the connection, whatever it writes", () => {
  expect(trueAddress("203.0.113.7", "192.0.2.1", false)).toBe("192.0.2.1");
  expect(trueAddress(undefined, "::ffff:192.0.2.1", false)).toBe("192.0.2.1");
});

test("behind a terminator the last entry counts, which the terminator wrote", () => {
  expect(trueAddress("203.0.113.7, 198.51.100.2", "127.0.0.1", true)).toBe("198.51.100.2");
  expect(trueAddress(undefined, "127.0.0.1", true)).toBe("127.0.0.1");
  expect(trueAddress(" ,", "127.0.0.1", true)).toBe("127.0.0.1");
});
