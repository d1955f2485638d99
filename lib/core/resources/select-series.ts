// Which samples of an answer a selector means. Patterns never backtrack (lib/core/pattern.ts), are compared once with each value
// that a label has, and with so many of them: what a node answers cannot make who asks ten thousand nodes late.
import { type LabelMatcher, type Selector, wholeValue } from "#lib/contracts/config/series-selector.ts";
import { CompiledPattern } from "../pattern.ts";
import type { Sample } from "./exposition-line.ts";

export interface CompiledSelector {
  readonly name: string;
  readonly matchers: readonly (LabelMatcher & { readonly pattern: CompiledPattern | null })[];
}

export const compileSelector = ({ name, matchers }: Selector): CompiledSelector => ({
  name,
  matchers: matchers.map((matcher) => ({
    ...matcher,
    pattern: matcher.op === "=~" || matcher.op === "!~" ? new CompiledPattern(wholeValue(matcher.value)) : null,
  })),
});

/** Of one label in one answer, and what comparing one value may take: 0.2 s for all of them, at the very worst. */
export const MAX_VALUES = 2_000;
const MAX_STEPS = 20_000;

/**
 * Series that a selector means, each once. A label that is not there is as good as an empty one, as in PromQL.
 * @returns none where it cannot be told in time: a part of them would add up to a wrong figure
 */
export function selectSeries(samples: readonly Sample[], selector: CompiledSelector | null): Sample[] {
  if (selector === null) return [];
  const tests = selector.matchers.map(testOf);
  const found = new Map<string, Sample>();
  for (const sample of samples) {
    if (sample.name !== selector.name) continue;
    const verdicts = tests.map((test) => test(sample.labels));
    if (verdicts.includes(null)) return [];
    if (!verdicts.includes(false)) found.set(seriesKey(sample), sample);
  }
  return [...found.values()];
}

export const seriesKey = ({ labels }: Sample): string => JSON.stringify(Object.entries(labels).toSorted());

/** @returns a test of labels, whose null means that it is not known in time */
function testOf({ label, op, value, pattern }: CompiledSelector["matchers"][number]) {
  const wanted = op === "=" || op === "=~";
  if (pattern === null) return (labels: Sample["labels"]) => ((labels[label] ?? "") === value) === wanted;
  const known = new Map<string, boolean | null>();
  return (labels: Sample["labels"]): boolean | null => {
    const text = labels[label] ?? "";
    let verdict = known.get(text);
    if (verdict === undefined) {
      const matches = known.size < MAX_VALUES ? pattern.matches(text, MAX_STEPS) : null;
      verdict = matches === null ? null : matches === wanted;
      known.set(text, verdict);
    }
    return verdict;
  };
}
