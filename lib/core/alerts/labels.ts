// Whether labels are as matchers say. Alertmanager's meaning: the whole value, and a label that is not there is "".
import type { LabelMatcher, Labels } from "#lib/contracts/config/labels.ts";
import { CompiledPattern } from "../pattern.ts";

/** A node's own come before its pool's. */
export const labelsOfNode = (pool: { labels: Labels }, node: { labels: Labels }): Labels =>
  Object.keys(node.labels).length === 0 ? pool.labels : { ...pool.labels, ...node.labels };

/**
 * Whether all matchers fit.
 * @param labels null: of what is about neither pool nor node. No matcher fits it, not even one that says what must not be: who
 *   silences all but `env=prod` does not mean the loss of the database
 */
export function matchesLabels(matchers: readonly LabelMatcher[] = [], labels: Labels | null = null): boolean {
  if (matchers.length === 0) return true;
  return labels !== null && matchers.every((matcher) => fits(matcher, labels));
}

function fits(matcher: LabelMatcher, labels: Labels): boolean {
  const value = Object.hasOwn(labels, matcher.name) ? (labels[matcher.name] as string) : "";
  switch (matcher.op) {
    case "=":
      return value === matcher.value;
    case "!=":
      return value !== matcher.value;
    // What cannot be known within the matcher's steps (its bounds leave none) fits neither: rather told than not.
    case "=~":
      return patternOf(matcher).matches(value) === true;
    case "!~":
      return patternOf(matcher).matches(value) === false;
  }
}

const compiled = new WeakMap<LabelMatcher, CompiledPattern>();

/** Made once for each matcher that is read, however many alerts it is held against. */
function patternOf(matcher: LabelMatcher): CompiledPattern {
  let pattern = compiled.get(matcher);
  if (!pattern) {
    pattern = new CompiledPattern(`^(?:${matcher.value})$`);
    compiled.set(matcher, pattern);
  }
  return pattern;
}
