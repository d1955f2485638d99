// Matches a pattern without backtracking: all its states walk over the text at once (Thompson 1968; RE2), so the time is at
// most text × pattern, and a budget of steps bounds even that. JavaScript's own engine backtracks and could be made to
// hang the process that checks ten thousand nodes by one node's answer.
import { type CharSet, type PatternNode, parsePattern } from "#lib/contracts/pattern.ts";

type Instruction =
  | { op: "set"; set: CharSet }
  | { op: "fork"; to: number; orTo: number }
  | { op: "jump"; to: number }
  | { op: "assert"; what: "start" | "end" | "word-edge" | "no-word-edge" }
  | { op: "match" };

/** Bounds the time of one match to about 20 ms, whatever pattern and text. */
export const MAX_STEPS = 4_000_000;

export class CompiledPattern {
  readonly #program: Instruction[] = [];
  /** Which step of the walk an instruction was last put on a list in: each is there once. */
  readonly #seen: Int32Array;

  /** @throws {SyntaxError} for what `parsePattern` refuses */
  constructor(source: string, ignoreCase = false) {
    const tree = parsePattern(source);
    if (typeof tree === "string") throw new SyntaxError(`The pattern ${tree}.`);
    this.#emit(tree, ignoreCase);
    this.#program.push({ op: "match" });
    this.#seen = new Int32Array(this.#program.length);
  }

  /** Whether it occurs anywhere in `text`; null when the budget was used up before that was known. */
  matches(text: string, maxSteps = MAX_STEPS): boolean | null {
    this.#seen.fill(-1);
    let threads: number[] = [];
    let next: number[] = [];
    let steps = 0;
    for (let at = 0; at <= text.length; at++) {
      if (this.#add(threads, 0, text, at)) return true;
      const code = at < text.length ? text.charCodeAt(at) : -1;
      steps += threads.length + 1;
      if (steps > maxSteps) return null;
      for (const thread of threads) {
        const { set } = this.#program[thread] as { set: CharSet };
        if (code >= 0 && has(set, code) && this.#add(next, thread + 1, text, at + 1)) return true;
      }
      [threads, next] = [next, threads];
      next.length = 0;
    }
    return false;
  }

  /** Puts every set reachable from `start` without a character on `list`. @returns whether the end is reachable. */
  #add(list: number[], start: number, text: string, at: number): boolean {
    const waiting = [start];
    for (let pc = waiting.pop(); pc !== undefined; pc = waiting.pop()) {
      if (this.#seen[pc] === at) continue;
      this.#seen[pc] = at;
      const instruction = this.#program[pc] as Instruction;
      switch (instruction.op) {
        case "match":
          return true;
        case "set":
          list.push(pc);
          break;
        case "jump":
          waiting.push(instruction.to);
          break;
        case "fork":
          waiting.push(instruction.orTo, instruction.to);
          break;
        case "assert":
          if (holds(instruction.what, text, at)) waiting.push(pc + 1);
          break;
      }
    }
    return false;
  }

  #emit(node: PatternNode, ignoreCase: boolean): void {
    switch (node.kind) {
      case "empty":
        return;
      case "set":
        this.#program.push({ op: "set", set: ignoreCase ? withBothCases(node.set) : node.set });
        return;
      case "sequence":
        for (const part of node.parts) this.#emit(part, ignoreCase);
        return;
      case "choice":
        this.#emitChoice(node.parts, ignoreCase);
        return;
      case "repeat":
        this.#emitRepeat(node, ignoreCase);
        return;
      default:
        this.#program.push({ op: "assert", what: node.kind });
    }
  }

  #emitChoice(parts: readonly PatternNode[], ignoreCase: boolean): void {
    const jumps: { to: number }[] = [];
    for (const [i, part] of parts.entries()) {
      const fork = { op: "fork" as const, to: this.#program.length + 1, orTo: 0 };
      if (i < parts.length - 1) this.#program.push(fork);
      this.#emit(part, ignoreCase);
      if (i < parts.length - 1) {
        const jump = { op: "jump" as const, to: 0 };
        this.#program.push(jump);
        jumps.push(jump);
        fork.orTo = this.#program.length;
      }
    }
    for (const jump of jumps) jump.to = this.#program.length;
  }

  #emitRepeat({ part, min, max }: Extract<PatternNode, { kind: "repeat" }>, ignoreCase: boolean): void {
    for (let i = 0; i < min; i++) this.#emit(part, ignoreCase);
    const forks: { orTo: number }[] = [];
    const start = this.#program.length;
    for (let i = min; i < (max ?? min + 1); i++) {
      const fork = { op: "fork" as const, to: this.#program.length + 1, orTo: 0 };
      this.#program.push(fork);
      forks.push(fork);
      this.#emit(part, ignoreCase);
    }
    if (max === null) this.#program.push({ op: "jump", to: start });
    for (const fork of forks) fork.orTo = this.#program.length;
  }
}

function has(set: CharSet, code: number): boolean {
  for (const [from, to] of set) if (code >= from && code <= to) return true;
  return false;
}

/** Letters of ASCII in either case. */
function withBothCases(set: CharSet): CharSet {
  const more: (readonly [number, number])[] = [...set];
  for (const [from, to] of set) {
    const upper = [Math.max(from, 65), Math.min(to, 90)] as const;
    if (upper[0] <= upper[1]) more.push([upper[0] + 32, upper[1] + 32]);
    const lower = [Math.max(from, 97), Math.min(to, 122)] as const;
    if (lower[0] <= lower[1]) more.push([lower[0] - 32, lower[1] - 32]);
  }
  return more;
}

const isWord = (text: string, at: number): boolean => /\w/.test(text[at] ?? "");

function holds(what: Extract<Instruction, { op: "assert" }>["what"], text: string, at: number): boolean {
  switch (what) {
    case "start":
      return at === 0;
    case "end":
      return at === text.length;
    case "word-edge":
      return isWord(text, at - 1) !== isWord(text, at);
    case "no-word-edge":
      return isWord(text, at - 1) === isWord(text, at);
  }
}
