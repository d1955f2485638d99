// Reads source files without a compiler: comments, strings and regular expressions are told apart from code by one
// pattern, and specifiers of static, re-exporting and dynamic imports are found in what is left.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const ROOT = path.resolve(import.meta.dirname, "../..");
const SKIPPED = new Set([
  "node_modules",
  ".next",
  ".data",
  "generated",
  "messages",
  "test-results",
  "playwright-report",
]);

export interface SourceFile {
  /** Below the repository's root, with forward slashes. */
  path: string;
  text: string;
}

/** Every ts, tsx and mjs file below the named top folders, generated ones left out. A missing folder holds none. */
export function readSources(folders: readonly string[]): SourceFile[] {
  return folders.flatMap((folder) => filesBelow(path.join(ROOT, folder)));
}

function filesBelow(folder: string): SourceFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : filesBelow(full);
    if (!/\.(tsx?|mjs)$/.test(entry.name)) return [];
    return [{ path: path.relative(ROOT, full).replaceAll(path.sep, "/"), text: readFileSync(full, "utf8") }];
  });
}

// Order matters: whichever starts first wins, so quotes inside comments and slashes inside strings do no harm. A regular
// expression is only looked for where a value may stand, or every division would start one.
const TOKENS = new RegExp(
  [
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*/.source,
    /(?<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')/.source,
    /(?<template>`(?:\\[\s\S]|[^`\\])*`)/.source,
    /(?<regex>(?<=(?:[(,=:[!&|?{};+>]|\breturn)\s*)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*)/.source,
  ].join("|"),
  "g",
);

interface Literals {
  string: (literal: string) => string;
  template: (literal: string) => string;
}

/** The code without comments and regular expressions, and with its literals as `replace` makes them. */
function scan(text: string, replace: Literals): string {
  return text.replace(TOKENS, (...args) => {
    const { string, template } = args.at(-1) as { string?: string; template?: string };
    if (string !== undefined) return replace.string(string);
    return template === undefined ? " " : replace.template(template);
  });
}

/** The code without comments and without what quoted strings say; templates stay, as they hold expressions. */
export const withoutStrings = (text: string): string =>
  scan(text, { string: () => '""', template: (literal) => literal });

/** Specifiers in the order of the text: `import … from`, `import "x"`, `export … from`, `import("x")`, `require("x")`. */
export function importsOf(text: string): string[] {
  // Literals become their numbers while we look: code inside a string is then never taken for code.
  const literals: string[] = [];
  const numbered = (literal: string): string => `"${literals.push(literal.slice(1, -1)) - 1}"`;
  const code = scan(text, { string: numbered, template: numbered });
  const found = code.matchAll(
    /\b(?:import|export)\b\s*(?:type\s+)?(?:[\w$*{}\s,]+?\bfrom\s*)?"(\d+)"|\b(?:import|require)\s*\(\s*"(\d+)"/g,
  );
  return [...found].map((match) => literals[Number(match[1] ?? match[2])] as string);
}

/** What a specifier names: a path below the root (relative and `#` imports), or a package's name. */
export function resolveImport(specifier: string, importer: string): { path: string } | { package: string } {
  if (specifier.startsWith("#")) return { path: specifier.slice(1) };
  if (specifier.startsWith(".")) return { path: path.posix.join(path.posix.dirname(importer), specifier) };
  if (specifier.startsWith("node:")) return { package: specifier };
  const parts = specifier.split("/");
  return { package: parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/") };
}
