// Labels, and what is said of them, while they are edited: one text each, as people write them.
import {
  givenLabelMatcher,
  type LabelMatcher,
  type Labels,
  labelMatcherText,
  labelTexts,
} from "#lib/contracts/config/labels.ts";

export const labelValues = (labels: Labels): string[] => labelTexts(labels);

/** As the API takes them, whatever was typed: its contract tells what is wrong. The last of a name is what holds. */
export const labelsInput = (texts: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf("=");
      return at < 0 ? [text.trim(), ""] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
    }),
  );

/** A fault of one label, or matcher, is told at the field that holds them all. */
export const labelsPath = (path: string): string =>
  path.replace(/^((?:match\.|matchers\.|scope\.)?labels)\..*$/s, "$1");

export const matcherValues = (matchers: readonly LabelMatcher[]): string[] => matchers.map(labelMatcherText);

/** As above: what has no operator is kept without one, which the contract refuses. */
export const matchersInput = (texts: readonly string[]): LabelMatcher[] =>
  texts.map(givenLabelMatcher) as LabelMatcher[];
