// One sample line of the Prometheus text format 0.0.4 or of OpenMetrics 1.0, read from left to right:
//   name {label="value",…} value [timestamp] [# {label="value"} value [timestamp]]
// Sources: prometheus.io/docs/instrumenting/exposition_formats, openmetrics.io (ABNF).
import { unescaped } from "#lib/contracts/config/series-selector.ts";

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** NaN and infinities as they were told. */
  readonly value: number;
  /** As told: milliseconds in the text format, seconds in OpenMetrics; null: none. */
  readonly timestamp: number | null;
}

const MAX_LABELS = 128;
const NAME = /[A-Za-z_:][A-Za-z0-9_:]*/y;
const LABEL = /[ \t]*([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*"((?:[^"\\]|\\["\\n])*)"[ \t]*/y;
const WORD = /[ \t]*([^ \t#{}]+)/y;
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;

/** A number as the formats write it; null when it is none. */
export function numberOf(word: string): number | null {
  if (NUMBER.test(word)) return Number(word);
  if (/^[+-]?nan$/i.test(word)) return Number.NaN;
  const infinite = INFINITE.exec(word);
  if (infinite === null) return null;
  return infinite[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

const NO_LABELS: Readonly<Record<string, string>> = Object.freeze({});

/** Moves over a line; every step tells where it ended, or what is wrong as text. */
class LineReader {
  readonly #line: string;
  #at = 0;

  constructor(line: string) {
    this.#line = line;
  }

  get rest(): string {
    return this.#line.slice(this.#at).trim();
  }

  /** Or at the end. */
  get isAtBlank(): boolean {
    const sign = this.#line[this.#at];
    return sign === undefined || sign === " " || sign === "\t";
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#line);
    if (found !== null) this.#at = pattern.lastIndex;
    return found;
  }

  name(): string | null {
    return this.#match(NAME)?.[0] ?? null;
  }

  word(): string | null {
    return this.#match(WORD)?.[1] ?? null;
  }

  /** Whether `sign` comes next, after blanks; it is taken then. */
  take(sign: string): boolean {
    let at = this.#at;
    while (this.#line[at] === " " || this.#line[at] === "\t") at++;
    if (this.#line[at] !== sign) return false;
    this.#at = at + 1;
    return true;
  }

  labels(): Readonly<Record<string, string>> | string {
    if (!this.take("{")) return NO_LABELS;
    // Without a prototype: a label may be called as a property of every object is.
    const labels: Record<string, string> = Object.create(null);
    for (let count = 0; !this.take("}"); count++) {
      if (count >= MAX_LABELS) return `has more than ${MAX_LABELS} labels`;
      const [, label, value] = this.#match(LABEL) ?? [];
      if (label === undefined || value === undefined) return 'has a label that is not like name="value"';
      if (label in labels) return `has the label ${quoted(label)} twice`;
      labels[label] = unescaped(value);
      if (!this.take(",") && this.#line[this.#at] !== "}") return "has labels that neither , nor } follows";
    }
    return labels;
  }
}

/**
 * @param line without its end, not empty and no comment
 * @returns the sample, or what is wrong with it as text
 */
export function parseSampleLine(line: string): Sample | string {
  const reader = new LineReader(line);
  const name = reader.name();
  if (name === null) return "does not begin with the name of a metric";
  const labels = reader.labels();
  if (typeof labels === "string") return labels;
  if (labels === NO_LABELS && !reader.isAtBlank) return `goes on with ${quoted(reader.rest)} after its name`;
  const word = reader.word();
  const value = word === null ? null : numberOf(word);
  if (value === null) return word === null ? "has no value" : `has the value ${quoted(word)}, which is no number`;
  const time = reader.word();
  const timestamp = time === null ? null : numberOf(time);
  if (time !== null && (timestamp === null || !Number.isFinite(timestamp))) return `has ${quoted(time)} for its time`;
  const fault = exemplarFault(reader);
  return fault ?? { name, labels, value, timestamp };
}

/** An exemplar is read so that the line is known to be well-formed; nothing here has a use for it. */
function exemplarFault(reader: LineReader): string | null {
  if (reader.rest === "") return null;
  if (!reader.take("#")) return `goes on with ${quoted(reader.rest)} after its value`;
  const labels = reader.labels();
  if (typeof labels === "string") return `its exemplar ${labels}`;
  const value = reader.word();
  const time = reader.word();
  const isWell = value !== null && numberOf(value) !== null && (time === null || numberOf(time) !== null);
  return isWell && reader.rest === "" ? null : "has an exemplar that is malformed";
}

const quoted = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
