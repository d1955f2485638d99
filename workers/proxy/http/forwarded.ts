// The field of RFC 7239: a list of elements, each `for=...;by=...;host=...;proto=...` in any order, values as tokens or
// quoted. Read strictly: a list with one malformed element is no list at all.

export interface ForwardedElement {
  /** As it came. */
  text: string;
  /** Value of `for`, unquoted; empty when it has none. */
  node: string;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const PAIR = `(${TOKEN})=(${TOKEN}|"(?:[\\t\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]|\\\\[\\t\\x20-\\x7e])*")`;
const NEXT_PAIR = new RegExp(PAIR, "y");
const IS_TOKEN = new RegExp(`^${TOKEN}$`);

const unquoted = (value: string): string =>
  value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, "$1") : value;

/** Elements of the field's value, in their order; null when it is empty or malformed. */
export function readForwarded(value: string): ForwardedElement[] | null {
  const elements: ForwardedElement[] = [];
  let at = 0;
  while (at < value.length) {
    const element = readElement(value, at);
    if (element === null) return null;
    elements.push({ text: value.slice(at, element.end), node: element.node });
    at = skipSpaces(value, element.end);
    if (at === value.length) break;
    if (value[at] !== ",") return null;
    at = skipSpaces(value, at + 1);
    if (at === value.length) return null;
  }
  return elements.length > 0 ? elements : null;
}

function skipSpaces(text: string, from: number): number {
  let at = from;
  while (text[at] === " " || text[at] === "\t") at++;
  return at;
}

/** One element from `start`; a parameter that stands twice makes it malformed. */
function readElement(value: string, start: number): { end: number; node: string } | null {
  const seen = new Set<string>();
  let node = "";
  let at = start;
  while (true) {
    NEXT_PAIR.lastIndex = at;
    const [whole, name = "", given = ""] = NEXT_PAIR.exec(value) ?? [];
    if (whole === undefined || seen.has(name.toLowerCase())) return null;
    seen.add(name.toLowerCase());
    if (name.toLowerCase() === "for") node = unquoted(given);
    at += whole.length;
    if (value[at] !== ";") return { end: at, node };
    at++;
  }
}

const quoteUnlessToken = (value: string): string =>
  IS_TOKEN.test(value) ? value : `"${value.replace(/["\\]/g, "\\$&")}"`;

/** Our own element: who asked us, for which host, over what. */
export function forwardedElement(address: string, host: string, proto: string): string {
  const node = address.includes(":") ? `[${address}]` : address;
  const hostPart = host === "" ? "" : `;host=${quoteUnlessToken(host)}`;
  return `for=${quoteUnlessToken(node)}${hostPart};proto=${proto}`;
}
