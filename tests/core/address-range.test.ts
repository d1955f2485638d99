import { isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AddressRanges as Contract } from "#lib/contracts/config/address-range.ts";
import { AddressRanges, formatAddress, parseAddress } from "#lib/core/address-range.ts";

const has = (ranges: string[], address: string) => new AddressRanges(ranges).has(address);

describe("addresses", () => {
  test.each(["1.2.3.4", "::1", "::", "2001:db8::1", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4", "1::8", "fe80::1%eth0"])(
    "%s is one",
    (text) => expect(parseAddress(text)).toHaveLength(8),
  );
  test.each(["", "1.2.3", "1.2.3.256", "01.2.3.4", "0x1.2.3.4", "1.2.3.4.5", ":::", "1::2::3", "1:2:3:4:5:6:7", "g::"])(
    "%j is none",
    (text) => expect(parseAddress(text)).toBeNull(),
  );
  test.each([
    "1:2:3:4:5:6:7:8:9",
    "12345::",
    "::1.2.3.4:5",
    "1.2.3.4::",
    "[::1]",
    "1.2.3.4:80",
    " 1.2.3.4",
    "1:2:3:4:5:6:7::8:9",
  ])("%j is none either", (text) => expect(parseAddress(text)).toBeNull());
  test.each([
    ["2001:0db8:0:0:0:0:0:1", "2001:db8::1"],
    ["0:0:0:0:0:0:0:0", "::"],
    ["::ffff:1.2.3.4", "1.2.3.4"],
    ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
    ["1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"],
    ["1:0:0:2:0:0:3:4", "1::2:0:0:3:4"],
    ["100:10:0:0:0:0:0:0", "100:10::"],
    ["0:0:0:0:0:0:10:0", "::10:0"],
  ])("%s is written %s, and read the same", (given, expected) => {
    const address = parseAddress(given);
    expect(address && formatAddress(address)).toBe(expected);
    expect(parseAddress(expected)).toEqual(address);
  });
  test("are those that Node's own reading takes for one", () => {
    const nearly = fc.array(fc.constantFrom("1", "f", "0", ":", "::", ".", "255", "12.3.4.5"), { maxLength: 12 });
    const texts = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      nearly.map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(parseAddress(text) !== null).toBe(isIP(text) !== 0);
      }),
    );
  });
});

describe("ranges", () => {
  test("hold the addresses whose first bits are theirs, from the first to the last", () => {
    expect(has(["10.1.0.0/15"], "10.0.255.255")).toBe(true);
    expect(has(["10.0.0.0/15"], "10.1.255.255")).toBe(true);
    expect(has(["10.0.0.0/15"], "10.2.0.0")).toBe(false);
    expect(has(["192.0.2.7"], "192.0.2.7")).toBe(true);
    expect(has(["192.0.2.7"], "192.0.2.6")).toBe(false);
    expect(has(["2001:db8::/33"], "2001:db8:7fff::1")).toBe(true);
    expect(has(["2001:db8::/33"], "2001:db8:8000::")).toBe(false);
    expect(has(["0.0.0.0/0"], "203.0.113.9")).toBe(true);
  });
  test("take a socket's mapped address for the IPv4 one it is, and never mix the families", () => {
    expect(has(["10.0.0.0/8"], "::ffff:10.2.3.4")).toBe(true);
    expect(has(["::/0"], "10.2.3.4")).toBe(false);
    expect(has(["0.0.0.0/0"], "::1")).toBe(false);
    expect(has(["0.0.0.0/0"], "unknown")).toBe(false);
  });
  test("of the contract are addresses and ranges, each fault told at its place", () => {
    expect(Contract.parse(["10.0.0.0/8", " ::1 ", "2001:db8::/32", "192.0.2.1"])).toHaveLength(4);
    const faults = Contract.safeParse(["10.0.0.0/33", "10.0.0/8", "localhost", "::/129", ""]).error?.issues;
    expect(faults?.map((fault) => fault.path)).toEqual([[0], [1], [2], [3], [4]]);
  });
  test("hold exactly what a comparison bit by bit says", () => {
    const tail = fc.array(fc.constantFrom(0, 1, 0xffff, 0x8000), { minLength: 7, maxLength: 7 });
    const groups = fc.tuple(fc.constantFrom(0x2001, 0x2002), tail).map(([first, rest]) => [first, ...rest]);
    const text = (address: number[]) => address.map((group) => group.toString(16)).join(":");
    const bits = (address: number[]) => address.map((group) => group.toString(2).padStart(16, "0")).join("");
    fc.assert(
      fc.property(groups, groups, fc.integer({ min: 0, max: 128 }), (a, b, prefix) => {
        const expected = bits(a).slice(0, prefix) === bits(b).slice(0, prefix);
        expect(has([`${text(a)}/${prefix}`], text(b))).toBe(expected);
      }),
    );
  });
});
