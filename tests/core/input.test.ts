import { describe, expect, test } from "vitest";
import { Name } from "#lib/contracts/common.ts";
import { unstorableTexts } from "#lib/core/storable.ts";

describe("text that no database keeps", () => {
  const paths = (input: unknown, limit?: number) => unstorableTexts(input, limit).map(({ path }) => path);

  test("is told at its place, values and names of fields alike", () => {
    const input = { a: "ok 🚀", b: ["\0", { c: "\ud800" }], "d\0": "fine", e: [null, 1, true] };
    expect(paths(input)).toEqual([["b", 0], ["b", 1, "c"], ["d\ufffd"]]);
    expect(unstorableTexts("\0")).toEqual([
      { path: [], code: "unstorable-text", message: "must be text without NUL and without halves of characters" },
    ]);
  });

  test("is found however deep it lies, and told by where it begins", () => {
    let input: unknown = "\udc00";
    for (let depth = 0; depth < 100_000; depth++) input = [input];
    expect(paths(input)).toEqual([Array.from({ length: 32 }, () => 0)]);
  });

  test("is told no more often than asked for", () => {
    expect(paths(["\0", "\0", "\0"], 2)).toEqual([[0], [1]]);
  });
});

describe("a name", () => {
  test("is one, however its characters were composed", () => {
    expect(Name.parse("cafe\u0301")).toBe("caf\u00e9");
  });

  test.each(["订单-池", "ordini 2", "หน่วย", "कतार", "a.b_c-d"])("may be written in any script: %s", (name) => {
    expect(Name.parse(name)).toBe(name.normalize("NFC"));
  });

  test.each(["", " ", "-a", "a-", "\u0301a", "a\u200bb", "a\0", "🚀", "a/b"])("is refused: %j", (name) => {
    expect(Name.safeParse(name).success).toBe(false);
  });

  test("that is empty has one fault, not one of every rule", () => {
    expect(Name.safeParse("").error?.issues.map(({ message }) => message)).toEqual(["must not be empty"]);
  });
});
