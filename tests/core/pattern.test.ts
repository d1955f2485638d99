import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Pattern, parsePattern } from "#lib/contracts/pattern.ts";
import { CompiledPattern } from "#lib/core/pattern.ts";

const matches = (pattern: string, text: string) => new CompiledPattern(pattern).matches(text);

describe("a pattern", () => {
  test.each([
    ["ok", "it is ok", true],
    ["^ok$", "it is ok", false],
    ["^ok$", "ok", true],
    ["", "anything", true],
    ["a|bc|", "x", true],
    ["^(a|bc)+$", "abcbca", true],
    ["^(?:a|bc){2,3}$", "a", false],
    ["^(?:a|bc){2,3}$", "abca", true],
    ["^(?:a|bc){2,3}$", "abcaa", false],
    ["^a{0}b$", "b", true],
    ["^a{2,}$", "aaaaa", true],
    ["^[a-c\\d_-]+$", "b7_-", true],
    ["^[^a-c]$", "b", false],
    ["\\bup\\b", "it is up.", true],
    ["\\bup\\b", "upper", false],
    ["\\Bp\\B", "upper", true],
    ["^.$", "\n", false],
    ["\\u00e9\\x41\\t", "éA\t", true],
    ["a{b}", "a{b}", true],
    ["(?<name>x)y", "xy", true],
    ["status\\W+ok", 'status": "ok', true],
  ])("%j on %j: %s", (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected);
    expect(new RegExp(pattern).test(text)).toBe(expected);
  });

  test.each([
    ["(a)\\1", "refers back"],
    ["(?=a)", "looks around"],
    ["(?<!a)b", "looks around"],
    ["(?i)a", "looks around"],
    ["a)", "without ("],
    ["(a", "without )"],
    ["[a", "without ]"],
    ["*a", "nothing to repeat"],
    ["a**", "repeated already"],
    ["a{3,2}", "below its start"],
    ["a{201}", "more than 200"],
    ["(a{100}){100}", "multiply"],
    ["[z-a]", "backwards"],
    ["\\q", "means nothing"],
    ["\\u12", "hex digits"],
    ["x".repeat(501), "500 characters"],
    ["(".repeat(60) + ")".repeat(60), "50 groups"],
  ])("%j is refused, and told why", (pattern, why) => {
    expect(parsePattern(pattern)).toContain(why);
    expect(Pattern.safeParse(pattern).error?.issues[0]?.message).toContain(why);
    expect(() => new CompiledPattern(pattern)).toThrow(SyntaxError);
  });

  test("that would make a backtracking engine hang takes steps in proportion to the text", () => {
    const text = `${"a".repeat(30_000)}!`;
    for (const evil of ["^(a+)+$", "^(a|a)*$", "^(a|aa)+$", "(.*)*x", "^(([a-z])+.)+[A-Z]([a-z])+$"])
      expect(matches(evil, text)).toBe(false);
  });

  test("that would take longer than its budget is given up, not answered", () => {
    const costly = new CompiledPattern(`${"(.?.?.?.?.?)".repeat(40)}!`);
    expect(costly.matches("a".repeat(100_000), 100_000)).toBeNull();
  });

  test("ignores case where told", () => {
    expect(new CompiledPattern("^[a-c]K$", true).matches("Bk")).toBe(true);
    expect(new CompiledPattern("^[a-c]K$", true).matches("dk")).toBe(false);
  });

  test("means what it means in JavaScript, whatever it is made of", () => {
    const atom = fc.constantFrom("a", "b", ".", "\\d", "\\w", "[ab]", "[^a]", "\\b", "^", "$", "(?:)", " ");
    const tree = fc.letrec<{ node: string }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        atom,
        fc.tuple(tie("node"), tie("node")).map(([a, b]) => a + b),
        fc.tuple(tie("node"), tie("node")).map(([a, b]) => `(?:${a}|${b})`),
        fc
          .tuple(tie("node"), fc.constantFrom("*", "+", "?", "{2}", "{0,2}", "{1,}", "*?"))
          .map(([a, count]) => `(?:${a})${count}`),
      ),
    })).node;
    fc.assert(
      fc.property(
        tree,
        fc.string({ unit: fc.constantFrom("a", "b", "1", " ", "\n"), maxLength: 12 }),
        (source, text) => {
          expect(matches(source, text)).toBe(new RegExp(source).test(text));
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
