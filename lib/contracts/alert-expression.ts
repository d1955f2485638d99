// The language of rules of one's own: comparisons of figures, joined by and, or and not. A recursive-descent parser over
// tokens, in linear time, bounded in length and depth. What it knows of figures is the table in alert-metrics.ts.
//
//   error_ratio > 5% and requests_per_second[1m] >= 2
//   p99_ms > 2 * p50_ms[1h] or not (success_ratio >= 0.999)
import { ALERT_METRICS, type AlertMetric, isAlertMetric, type MetricSubject } from "./alert-metrics.ts";
import { type CheckDetail, checkDetail } from "./check-detail.ts";

export const MAX_EXPRESSION = 500;
const MAX_DEPTH = 16;
const MIN_WINDOW_MS = 10_000;
const MAX_WINDOW_MS = 86_400_000;

export type Comparator = ">" | ">=" | "<" | "<=" | "==" | "!=";
export type Arithmetic =
  | { readonly is: "number"; readonly value: number }
  /** `windowMs`: null: the rule's own window. */
  | { readonly is: "metric"; readonly name: AlertMetric; readonly windowMs: number | null }
  | { readonly is: "negative"; readonly of: Arithmetic }
  | {
      readonly is: "arithmetic";
      readonly op: "+" | "-" | "*" | "/";
      readonly left: Arithmetic;
      readonly right: Arithmetic;
    };
export type Condition =
  | {
      readonly is: "compare";
      readonly op: Comparator;
      readonly left: Arithmetic;
      readonly right: Arithmetic;
    }
  | { readonly is: "and" | "or"; readonly left: Condition; readonly right: Condition }
  | { readonly is: "not"; readonly of: Condition };
export type Parsed = { readonly ok: true; readonly condition: Condition } | ExpressionFault;
/** `at`: where, counted from 1. `message` is English; `detail` the same as a code and its values, for every language. */
export type ExpressionFault = {
  readonly ok: false;
  readonly at: number;
  readonly message: string;
  readonly detail: string;
};

type Token = { readonly is: "number" | "name" | "window" | "sign" | "end"; readonly text: string; readonly at: number };

type Code = Extract<CheckDetail, `expression-${string}`>;
class Fault extends Error {
  readonly at: number;
  readonly detail: string;
  constructor(at: number, message: string, code: Code, values: Record<string, string | number>) {
    super(message);
    this.at = at;
    this.detail = checkDetail(code, { at, ...values });
  }
}

/** What may stand somewhere. */
const WANTED = {
  logic: "and, or, or the end",
  closing: ")",
  comparison: "a comparison",
  figure: "a figure or a number",
} as const;

const TOKEN =
  /\s+|(?<number>\d+(?:\.\d+)?(?:ms|s|m|h|%)?)(?![\w.])|(?<name>[a-z_][a-z0-9_]*)|(?<window>\[[^\]]{0,20}\])|(?<sign>>=|<=|==|!=|[<>()+\-*/])/y;

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) {
      const found = text.slice(at, at + 10);
      throw new Fault(at + 1, `${JSON.stringify(found)} is not understood`, "expression-unread", { found });
    }
    const kind = (["number", "name", "window", "sign"] as const).find((name) => match.groups?.[name] !== undefined);
    if (kind) tokens.push({ is: kind, text: match[0], at: at + 1 });
  }
  tokens.push({ is: "end", text: "", at: text.length + 1 });
  return tokens;
}

/** Milliseconds, and plain shares: `5m` is 300000, `5%` is 0.05. */
const UNITS: Record<string, number> = { "": 1, ms: 1, s: 1_000, m: 60_000, h: 3_600_000, "%": 0.01 };

function numberOf({ text }: Token): number {
  const [, digits = "", unit = ""] = /^([\d.]+)(.*)$/.exec(text) ?? [];
  const value = Number(digits);
  return unit === "%" ? value / 100 : value * (UNITS[unit] ?? 1);
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #subject: MetricSubject;
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], subject: MetricSubject) {
    this.#tokens = tokens;
    this.#subject = subject;
  }

  whole(): Condition {
    const condition = this.#or();
    if (this.#peek.is !== "end") throw this.#unexpected("logic");
    return condition;
  }

  get #peek(): Token {
    return this.#tokens[this.#next] as Token;
  }

  #take(...texts: string[]): Token | null {
    const token = this.#peek;
    if ((token.is !== "sign" && token.is !== "name") || !texts.includes(token.text)) return null;
    this.#next++;
    return token;
  }

  #unexpected(wanted: keyof typeof WANTED): Fault {
    const { is, text: found, at } = this.#peek;
    return is === "end"
      ? new Fault(at, `ends where ${WANTED[wanted]} is missing`, "expression-ends", { wanted })
      : new Fault(at, `${found} stands where ${WANTED[wanted]} should`, "expression-stands", { found, wanted });
  }

  #nested<T>(parse: () => T): T {
    if (++this.#depth > MAX_DEPTH)
      throw new Fault(this.#peek.at, `is nested more than ${MAX_DEPTH} deep`, "expression-deep", { limit: MAX_DEPTH });
    const parsed = parse();
    this.#depth--;
    return parsed;
  }

  #or(): Condition {
    let left = this.#and();
    while (this.#take("or")) left = { is: "or", left, right: this.#and() };
    return left;
  }

  #and(): Condition {
    let left = this.#not();
    while (this.#take("and")) left = { is: "and", left, right: this.#not() };
    return left;
  }

  #not(): Condition {
    if (this.#take("not")) return this.#nested(() => ({ is: "not", of: this.#not() }));
    const start = this.#next;
    if (!this.#take("(")) return this.#comparison();
    // A parenthesis holds a condition, or the left side of a comparison: what is in it tells.
    if (!this.#holdsComparison()) {
      this.#next = start;
      return this.#comparison();
    }
    const inner = this.#nested(() => this.#or());
    if (!this.#take(")")) throw this.#unexpected("closing");
    return inner;
  }

  /** Whether a comparison or a word of logic stands before the parenthesis that was just opened is closed. */
  #holdsComparison(): boolean {
    let open = 1;
    for (let at = this.#next; at < this.#tokens.length && open > 0; at++) {
      const { is, text } = this.#tokens[at] as Token;
      if (text === "(") open++;
      else if (text === ")") open--;
      else if (is === "sign" && /^[<>=!]/.test(text)) return true;
      else if (is === "name" && (text === "and" || text === "or" || text === "not")) return true;
    }
    return false;
  }

  #comparison(): Condition {
    const left = this.#sum();
    const op = this.#take(">", ">=", "<", "<=", "==", "!=");
    if (!op) throw this.#unexpected("comparison");
    return { is: "compare", op: op.text as Comparator, left, right: this.#sum() };
  }

  #sum(): Arithmetic {
    let left = this.#product();
    for (let op = this.#take("+", "-"); op; op = this.#take("+", "-"))
      left = { is: "arithmetic", op: op.text as "+" | "-", left, right: this.#product() };
    return left;
  }

  #product(): Arithmetic {
    let left = this.#factor();
    for (let op = this.#take("*", "/"); op; op = this.#take("*", "/"))
      left = { is: "arithmetic", op: op.text as "*" | "/", left, right: this.#factor() };
    return left;
  }

  #factor(): Arithmetic {
    if (this.#take("-")) return this.#nested(() => ({ is: "negative", of: this.#factor() }));
    if (this.#take("(")) {
      const inner = this.#nested(() => this.#sum());
      if (!this.#take(")")) throw this.#unexpected("closing");
      return inner;
    }
    const token = this.#peek;
    if (token.is === "number") {
      this.#next++;
      return { is: "number", value: numberOf(token) };
    }
    if (token.is === "name") return this.#metric(token);
    throw this.#unexpected("figure");
  }

  #metric({ text, at }: Token): Arithmetic {
    if (!isAlertMetric(text))
      throw new Fault(at, `there is no figure named ${text}`, "expression-unknown", { name: text });
    const { of, over } = ALERT_METRICS[text];
    if (!(of as readonly MetricSubject[]).includes(this.#subject))
      throw new Fault(at, `${text} is a figure of a ${of[0]}, not of a ${this.#subject}`, "expression-subject", {
        name: text,
        subject: of[0],
      });
    this.#next++;
    const token = this.#peek;
    if (token.is !== "window") return { is: "metric", name: text, windowMs: null };
    if (over === "now")
      throw new Fault(token.at, `${text} is known as it is now, and has no window`, "expression-now", { name: text });
    this.#next++;
    return { is: "metric", name: text, windowMs: windowOf(token) };
  }
}

function windowOf({ text, at }: Token): number {
  const match = /^\[(\d+)(s|m|h)\]$/.exec(text);
  const ms = match ? Number(match[1]) * (UNITS[match[2] ?? ""] ?? 0) : 0;
  if (ms < MIN_WINDOW_MS || ms > MAX_WINDOW_MS)
    throw new Fault(at, `${text} is no window from [10s] to [24h], such as [5m]`, "expression-window", { found: text });
  return ms;
}

/** Reads an expression about pools or nodes. Never throws: what is wrong is told with its place. */
export function parseExpression(text: string, subject: MetricSubject): Parsed {
  if (text.length > MAX_EXPRESSION) {
    const [at, message] = [MAX_EXPRESSION + 1, `is longer than ${MAX_EXPRESSION} characters`];
    return { ok: false, at, message, detail: checkDetail("expression-long", { at, limit: MAX_EXPRESSION }) };
  }
  try {
    return { ok: true, condition: new Parser(tokensOf(text), subject).whole() };
  } catch (fault) {
    if (fault instanceof Fault) return { ok: false, at: fault.at, message: fault.message, detail: fault.detail };
    throw fault;
  }
}

/** Every figure that a condition speaks of. */
export function metricsIn(condition: Condition): { name: AlertMetric; windowMs: number | null }[] {
  const found: { name: AlertMetric; windowMs: number | null }[] = [];
  const walk = (at: Condition | Arithmetic): void => {
    if (at.is === "metric") found.push({ name: at.name, windowMs: at.windowMs });
    else if (at.is === "not" || at.is === "negative") walk(at.of);
    else if (at.is !== "number") {
      walk(at.left);
      walk(at.right);
    }
  };
  walk(condition);
  return found;
}
