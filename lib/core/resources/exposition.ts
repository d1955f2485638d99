// Reads what a Prometheus endpoint answers: text format 0.0.4 and OpenMetrics 1.0. A malformed line is told with its number and
// costs itself only; Prometheus would refuse the whole scrape, but one bad line of some plug-in must not blind us to the rest.
import { parseSampleLine, type Sample } from "./exposition-line.ts";

export interface LineFault {
  /** Counted from 1. */
  readonly line: number;
  readonly message: string;
}
export interface Exposition {
  readonly samples: readonly Sample[];
  /** Name of a family → its type, as its TYPE line says. */
  readonly types: ReadonlyMap<string, string>;
  /** The first of them; there were `faultCount`. */
  readonly faults: readonly LineFault[];
  readonly faultCount: number;
  /** How many lines held a sample, wanted or not. */
  readonly sampleCount: number;
}
export interface ExpositionOptions {
  /** Only samples of these names are kept; every line is read all the same. */
  readonly wanted?: ReadonlySet<string>;
  /** OpenMetrics: it is not whole without its last line, `# EOF`. */
  readonly mustEnd?: boolean;
}

const MAX_FAULTS = 10;
const MAX_LINE = 65_536;
const MAX_KEPT = 100_000;
const TYPES = new Set(
  "counter gauge histogram summary untyped unknown info stateset gaugehistogram".split(" "), // 0.0.4 has the first five
);
const DESCRIPTION = /^#[ \t]+(HELP|TYPE|UNIT)[ \t]+(\S+)(?:[ \t]+(.*))?$/s;
/** A plain, well-formed sample line: most of an answer is of no interest, and is passed over by one look. */
const PLAIN =
  /^([A-Za-z_:][A-Za-z0-9_:]*)(?:[ \t]+|\{(?:[A-Za-z_][A-Za-z0-9_]*="(?:[^"\\]|\\["\\n])*"(?:,|(?=\})))*\}[ \t]*)[+-]?(?:\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|NaN|Inf)(?:[ \t]+-?\d+)?[ \t]*$/;
const NAME = /^[A-Za-z_:][A-Za-z0-9_:]*$/;

class Reading {
  readonly samples: Sample[] = [];
  readonly types = new Map<string, string>();
  readonly faults: LineFault[] = [];
  faultCount = 0;
  sampleCount = 0;
  #line = 0;
  #hasEnded = false;
  readonly #options: ExpositionOptions;

  constructor(options: ExpositionOptions) {
    this.#options = options;
  }

  line(text: string): void {
    this.#line++;
    if (text === "" || this.#passOver(text)) return;
    const message = text.trim() === "" ? null : this.#take(text);
    if (message !== null) this.#fault(message);
  }

  #passOver(text: string): boolean {
    const { wanted } = this.#options;
    if (wanted === undefined || this.#hasEnded || text.length > MAX_LINE) return false;
    const name = PLAIN.exec(text)?.[1];
    if (name === undefined || wanted.has(name)) return false;
    this.sampleCount++;
    return true;
  }

  /** @returns what is wrong with the line */
  #take(text: string): string | null {
    if (this.#hasEnded) return "comes after # EOF";
    if (text.length > MAX_LINE) return `is longer than ${MAX_LINE} characters`;
    if (text.startsWith("#")) return this.#comment(text);
    const sample = parseSampleLine(text.trimStart());
    if (typeof sample === "string") return sample;
    this.sampleCount++;
    if (this.#options.wanted?.has(sample.name) === false) return null;
    if (this.samples.length >= MAX_KEPT) return `is one of more than ${MAX_KEPT} samples`;
    this.samples.push(sample);
    return null;
  }

  end(): void {
    if (this.#options.mustEnd && !this.#hasEnded) this.#fault("is the last one, and not # EOF: the rest is missing");
  }

  /** What neither describes a family nor ends the whole is a remark, and says nothing. */
  #comment(text: string): string | null {
    if (/^#[ \t]+EOF[ \t]*$/.test(text)) {
      this.#hasEnded = true;
      return null;
    }
    const [, what, name = "", rest = ""] = DESCRIPTION.exec(text) ?? [];
    if (what === undefined) return null;
    if (!NAME.test(name)) return `${what} of ${JSON.stringify(name.slice(0, 40))}, which is no name`;
    if (what !== "TYPE") return null;
    const type = rest.trim();
    if (!TYPES.has(type)) return `TYPE ${JSON.stringify(type.slice(0, 40))} is not known`;
    if (this.types.has(name)) return `TYPE of ${JSON.stringify(name.slice(0, 40))} for the second time`;
    this.types.set(name, type);
    return null;
  }

  #fault(message: string): void {
    this.faultCount++;
    if (this.faults.length < MAX_FAULTS) this.faults.push({ line: this.#line, message });
  }
}

/** Never throws: what is wrong is told with its line. The caller bounds the length of `text`. */
export function parseExposition(text: string, options: ExpositionOptions = {}): Exposition {
  const reading = new Reading(options);
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf("\n", from);
    const until = end === -1 ? text.length : end;
    reading.line(text.slice(from, text[until - 1] === "\r" ? until - 1 : until));
    from = until + 1;
  }
  reading.end();
  const { samples, types, faults, faultCount, sampleCount } = reading;
  return { samples, types, faults, faultCount, sampleCount };
}
