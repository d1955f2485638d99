// Regular expressions that a configuration may hold: the part of JavaScript's syntax that can be matched in linear time
// (RE2's part: no look-around, no references back). A pattern is read here into a tree, when it is published, and matched
// by lib/core/pattern.ts without ever backtracking, so no answer of a node can make a check take long (ReDoS).
import * as z from "zod";

/** Inclusive ranges of code units. */
export type CharSet = readonly (readonly [from: number, to: number])[];
export type PatternNode =
  | { readonly kind: "empty" }
  | { readonly kind: "set"; readonly set: CharSet }
  | { readonly kind: "start" | "end" | "word-edge" | "no-word-edge" }
  | { readonly kind: "sequence" | "choice"; readonly parts: readonly PatternNode[] }
  /** `max` null: no limit. */
  | { readonly kind: "repeat"; readonly part: PatternNode; readonly min: number; readonly max: number | null };

export const MAX_PATTERN_LENGTH = 500;
/** A count in braces becomes as many copies, so it is bounded, and so is what all of them make together. */
const MAX_REPEAT = 200;
const MAX_COST = 2_000;
const MAX_DEPTH = 50;

const LAST = 0xffff;
const DIGIT: CharSet = [[48, 57]];
const WORD: CharSet = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
];
const SPACE: CharSet = [
  [9, 13],
  [32, 32],
  [160, 160],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
const LINE_ENDS: CharSet = [
  [10, 10],
  [13, 13],
  [0x2028, 0x2029],
];
const CLASSES: Record<string, CharSet> = {
  d: DIGIT,
  w: WORD,
  s: SPACE,
  D: complement(DIGIT),
  W: complement(WORD),
  S: complement(SPACE),
};
const CONTROLS: Record<string, number> = { n: 10, r: 13, t: 9, v: 11, f: 12, 0: 0 };

/** All that `set` does not hold. */
export function complement(set: CharSet): CharSet {
  const rest: [number, number][] = [];
  let next = 0;
  for (const [from, to] of [...set].sort((a, b) => a[0] - b[0])) {
    if (from > next) rest.push([next, from - 1]);
    next = Math.max(next, to + 1);
  }
  if (next <= LAST) rest.push([next, LAST]);
  return rest;
}

/** Reads a pattern. @returns the tree, or what is wrong with it as a string. */
export function parsePattern(source: string): PatternNode | string {
  if (source.length > MAX_PATTERN_LENGTH) return `has more than ${MAX_PATTERN_LENGTH} characters`;
  try {
    const node = new Reader(source).whole();
    return costOf(node) > MAX_COST ? "repeats too much: its counts in braces multiply beyond what is matched" : node;
  } catch (cause) {
    if (cause instanceof PatternFault) return cause.message;
    throw cause;
  }
}

/** A pattern that can be matched in linear time. */
export const Pattern = z
  .string()
  .min(1)
  .superRefine((source, ctx) => {
    const parsed = parsePattern(source);
    if (typeof parsed === "string") ctx.addIssue({ code: "custom", message: parsed });
  });

class PatternFault extends Error {}

/** How many states a pattern needs, about. */
function costOf(node: PatternNode): number {
  switch (node.kind) {
    case "sequence":
    case "choice":
      return node.parts.reduce((sum, part) => sum + costOf(part), 1);
    case "repeat":
      return 1 + costOf(node.part) * Math.max(1, node.max ?? node.min + 1);
    default:
      return 1;
  }
}

class Reader {
  readonly #source: string;
  #at = 0;
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
  }

  whole(): PatternNode {
    const node = this.#choice();
    if (this.#at < this.#source.length) this.#fail("has a ) without (");
    return node;
  }

  #fail(what: string): never {
    throw new PatternFault(`${what} (at character ${this.#at + 1})`);
  }
  #peek(): string {
    return this.#source[this.#at] ?? "";
  }
  #take(text: string): boolean {
    if (!this.#source.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #choice(): PatternNode {
    const parts = [this.#sequence()];
    while (this.#take("|")) parts.push(this.#sequence());
    return parts.length === 1 ? (parts[0] as PatternNode) : { kind: "choice", parts };
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = [];
    while (this.#at < this.#source.length && this.#peek() !== "|" && this.#peek() !== ")") parts.push(this.#repeated());
    return parts.length === 0 ? { kind: "empty" } : { kind: "sequence", parts };
  }

  #repeated(): PatternNode {
    const part = this.#atom();
    const count = this.#count();
    if (!count) return part;
    // Greedy or not makes no difference to whether there is a match.
    this.#take("?");
    if (this.#count()) this.#fail("repeats what is repeated already");
    return { kind: "repeat", part, ...count };
  }

  #count(): { min: number; max: number | null } | null {
    if (this.#take("*")) return { min: 0, max: null };
    if (this.#take("+")) return { min: 1, max: null };
    if (this.#take("?")) return { min: 0, max: 1 };
    const [braces, from, comma, to] = /^\{(\d{1,6})(,(\d{0,6}))?\}/.exec(this.#source.slice(this.#at)) ?? [];
    if (braces === undefined) return null;
    const min = Number(from);
    const max = comma === undefined ? min : to ? Number(to) : null;
    if (max !== null && max < min) this.#fail("has a count whose end is below its start");
    if (Math.max(min, max ?? 0) > MAX_REPEAT) this.#fail(`repeats more than ${MAX_REPEAT} times`);
    this.#at += braces.length;
    return { min, max };
  }

  #atom(): PatternNode {
    const char = this.#peek();
    this.#at++;
    switch (char) {
      case "^":
        return { kind: "start" };
      case "$":
        return { kind: "end" };
      case ".":
        return { kind: "set", set: complement(LINE_ENDS) };
      case "(":
        return this.#group();
      case "[":
        return { kind: "set", set: this.#brackets() };
      case "\\":
        return this.#escape();
      case "*":
      case "+":
      case "?":
        return this.#fail(`has a ${char} with nothing to repeat`);
      default:
        return single(char.charCodeAt(0));
    }
  }

  #group(): PatternNode {
    if (this.#take("?") && !this.#take(":") && !this.#name())
      this.#fail("looks around or sets flags, which cannot be matched in linear time");
    if (++this.#depth > MAX_DEPTH) this.#fail(`has more than ${MAX_DEPTH} groups inside each other`);
    const node = this.#choice();
    this.#depth--;
    if (!this.#take(")")) this.#fail("has a ( without )");
    return node;
  }

  #name(): boolean {
    const [name] = /^<[A-Za-z_]\w*>/.exec(this.#source.slice(this.#at)) ?? [];
    this.#at += name?.length ?? 0;
    return name !== undefined;
  }

  #escape(): PatternNode {
    const char = this.#peek();
    if (char === "b" || char === "B") {
      this.#at++;
      return { kind: char === "b" ? "word-edge" : "no-word-edge" };
    }
    if (/[1-9k]/.test(char)) this.#fail("refers back to a group, which cannot be matched in linear time");
    return { kind: "set", set: this.#escaped() };
  }

  /** What stands behind a backslash, also inside brackets. */
  #escaped(): CharSet {
    const char = this.#peek();
    this.#at++;
    const known = CLASSES[char];
    if (known) return known;
    const control = CONTROLS[char];
    if (control !== undefined) return [[control, control]];
    const digits = { x: 2, u: 4 }[char];
    if (digits !== undefined) {
      const hex = this.#source.slice(this.#at, this.#at + digits);
      if (hex.length < digits || !/^[0-9a-fA-F]+$/.test(hex)) this.#fail(`has \\${char} without ${digits} hex digits`);
      this.#at += digits;
      const code = Number.parseInt(hex, 16);
      return [[code, code]];
    }
    if (char === "" || /[A-Za-z0-9]/.test(char)) this.#fail(`has \\${char}, which means nothing here`);
    return [[char.charCodeAt(0), char.charCodeAt(0)]];
  }

  #brackets(): CharSet {
    const isNegated = this.#take("^");
    const set: (readonly [number, number])[] = [];
    while (!this.#take("]")) {
      const low = this.#member();
      if (!this.#isRange()) {
        set.push(...low);
        continue;
      }
      this.#at++;
      const high = this.#member();
      const [from, to] = [codeOf(low), codeOf(high)];
      if (from === null || to === null || to < from) this.#fail("has a range in brackets that runs backwards");
      set.push([from, to]);
    }
    return isNegated ? complement(set) : set;
  }

  /** A dash between two members; one before the closing bracket is a dash. */
  #isRange(): boolean {
    return this.#peek() === "-" && this.#source[this.#at + 1] !== "]";
  }

  #member(): CharSet {
    if (this.#at >= this.#source.length) this.#fail("has a [ without ]");
    if (this.#take("\\b")) return [[8, 8]];
    if (this.#take("\\")) return this.#escaped();
    const code = this.#source.charCodeAt(this.#at++);
    return [[code, code]];
  }
}

const single = (code: number): PatternNode => ({ kind: "set", set: [[code, code]] });
const codeOf = (set: CharSet): number | null => {
  const [only] = set;
  return set.length === 1 && only && only[0] === only[1] ? only[0] : null;
};
