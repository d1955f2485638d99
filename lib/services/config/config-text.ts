// Files of the configuration as text. YAML is read strictly: version 1.2, one document, no tags of anybody's own, no merge keys,
// no key twice, and aliases only as far as they cannot blow up; every fault with its line.
import { Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from "yaml";
import type { ConfigFormat, WrittenConfigFile } from "#lib/contracts/config-file.ts";
import { type Fault, ServiceError } from "#lib/contracts/problem.ts";
import { invalidInput } from "#lib/services/parse.ts";

/** Where something stands in a text, from 1. */
export type Place = { line: number; column: number };
export type ReadText = {
  value: unknown;
  /** Where the value at `path` stands, or the nearest that there is around it; undefined for JSON. */
  placeOf: (path: Fault["path"]) => Place | undefined;
};

/** More aliases than a person writes, and more values than a file with aliases may stand for. */
const MAX_ALIASES = 100;
const MAX_VALUES = 100_000;

/** The content of `text`, or every fault of its form. @throws {ServiceError} `invalid-json` or `invalid-input` */
export const readText = (text: string, format: ConfigFormat): ReadText =>
  format === "json" ? readJsonText(text) : readYamlText(text);

function readJsonText(text: string): ReadText {
  try {
    return { value: JSON.parse(text), placeOf: () => undefined };
  } catch (cause) {
    throw new ServiceError("invalid-json", cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function readYamlText(text: string): ReadText {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: "1.2",
    schema: "core",
    merge: false,
    strict: true,
    uniqueKeys: true,
    stringKeys: true,
    resolveKnownTags: false,
    prettyErrors: false,
    logLevel: "error",
    lineCounter: lines,
  });
  const faults = [...document.errors, ...document.warnings].map(({ code, message, pos }): Fault => {
    const { line, col } = lines.linePos(pos[0]);
    return { path: [], code: code.toLowerCase().replaceAll("_", "-"), message, line, column: col };
  });
  if (faults.length > 0) throw invalidInput(faults);
  const value = plainValue(document, lines);
  return { value, placeOf: (path) => placeOf(document, lines, path) };
}

function plainValue(document: Document.Parsed, lines: LineCounter): unknown {
  const { aliases, unknown } = aliasesOf(document, lines);
  if (unknown.length > 0) throw invalidInput(unknown);
  const tooMany = () =>
    invalidInput([
      {
        path: [],
        code: "too-many-aliases",
        message: `must have at most ${MAX_ALIASES} aliases, and none that stands for itself`,
      },
    ]);
  if (aliases > MAX_ALIASES) throw tooMany();
  try {
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    if (aliases > 0 && standsForMore(value, MAX_VALUES)) throw tooMany();
    return value;
  } catch (error) {
    if (error instanceof ReferenceError) throw tooMany();
    throw error;
  }
}

function aliasesOf(document: Document.Parsed, lines: LineCounter): { aliases: number; unknown: Fault[] } {
  const unknown: Fault[] = [];
  let aliases = 0;
  visit(document, {
    Alias: (_, alias) => {
      aliases++;
      // Resolving looks through the whole file: not for ever more of them.
      if (aliases > MAX_ALIASES) return visit.BREAK;
      if (alias.resolve(document)) return;
      const { line, col } = lines.linePos(alias.range?.[0] ?? 0);
      const message = `no anchor before this is called ${alias.source}`;
      unknown.push({ path: [], code: "unknown-alias", message, line, column: col });
    },
  });
  return { aliases, unknown };
}

/** Whether there are more than `limit` values in `value`, each counted as often as it is met: without end, in itself. */
function standsForMore(value: unknown, limit: number): boolean {
  const left = [value];
  for (let count = 0; left.length > 0; count++) {
    if (count > limit) return true;
    const next = left.pop();
    if (typeof next === "object" && next !== null) left.push(...Object.values(next));
  }
  return false;
}

function placeOf(document: Document.Parsed, lines: LineCounter, path: Fault["path"]): Place | undefined {
  let at: unknown = document.contents;
  let start = (at as Node | null)?.range?.[0] ?? 0;
  for (const part of path) {
    if (isAlias(at)) at = at.resolve(document);
    if (isMap(at)) {
      const pair = at.items.find(({ key }) => isScalar(key) && key.value === String(part));
      if (!pair) break;
      start = (pair.key as Node).range?.[0] ?? start;
      at = pair.value;
    } else if (isSeq(at)) {
      const item = at.items[Number(part)] as Node | undefined;
      if (!item) break;
      start = item.range?.[0] ?? start;
      at = item;
    } else break;
  }
  const { line, col } = lines.linePos(start);
  return { line, column: col };
}

/** Where editors look for the schema: beside the file, since the API does not answer them without a token. */
export const SCHEMA_FILE = "./gemini-balance.schema.json";

/** `file` as text, in the one form that there is of it. YAML names its `revision` at the top. */
export function writeText(file: WrittenConfigFile, format: ConfigFormat, revision: number): string {
  if (format === "json") return `${JSON.stringify({ $schema: SCHEMA_FILE, ...file }, null, 2)}\n`;
  const document = new Document(file, {
    version: "1.2",
    schema: "core",
    compat: "yaml-1.1",
    aliasDuplicateObjects: false,
  });
  spaceOut(document);
  return [
    `# yaml-language-server: $schema=${SCHEMA_FILE}`,
    `# Gemini Balance, configuration of revision ${revision}. What is not here has its default.`,
    "# Publish it: npx gb apply -f FILE; compare it first: npx gb diff -f FILE. Schema for editors: npx gb schema",
    "",
    document.toString({ lineWidth: 120, minContentWidth: 40, flowCollectionPadding: true }),
  ].join("\n");
}

/** An empty line before each section, pool and route. */
function spaceOut(document: Document): void {
  const sections = document.contents;
  if (!isMap(sections)) return;
  for (const [at, { key, value }] of sections.items.entries()) {
    if (at > 0 && isScalar(key)) key.spaceBefore = true;
    if (isSeq(value)) for (const item of value.items.slice(1)) if (isMap(item)) item.spaceBefore = true;
  }
}
