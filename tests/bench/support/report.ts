// Figures for people: medians, tables, and their place in docs/benchmarks.md.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

/** @throws {RangeError} for no values */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Linear between the two nearest values. @throws {RangeError} for no values */
export function quantile(values: ArrayLike<number>, share: number): number {
  if (values.length === 0) throw new RangeError("a quantile of no values");
  const sorted = Float64Array.from(values).sort();
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)] as number;
  const above = sorted[Math.ceil(at)] as number;
  return below + (above - below) * (at % 1);
}

/** Markdown; the first column is text, the others are figures. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(3, title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(" | ")} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}

/** What the figures were measured on; nothing that names a particular machine. */
export function machine(): string {
  const cpu = os.cpus()[0]?.model.trim() ?? "unknown processor";
  const memoryGib = Math.round(os.totalmem() / 2 ** 30);
  return `${os.availableParallelism()} cores (${cpu}), ${memoryGib} GiB, ${os.type()} ${os.release().split("-")[0]}, Node.js ${process.versions.node}`;
}

/** First number of a program's version output. */
export function versionOf(file: string, ...args: string[]): string {
  const output = execFileSync("sh", ["-c", '"$0" "$@" 2>&1', file, ...args], { encoding: "utf8" });
  return /\d+\.\d+(\.\d+)?/.exec(output)?.[0] ?? "?";
}

const DOCUMENT = path.join(import.meta.dirname, "../../../docs/benchmarks.md");

/** Puts `text` between `<!-- name -->` and `<!-- /name -->` in docs/benchmarks.md. @throws when they are not there */
export function writeToDocument(name: string, text: string): void {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const document = fs.readFileSync(DOCUMENT, "utf8");
  const [from, to] = [document.indexOf(open), document.indexOf(close)];
  if (from < 0 || to < from) throw new Error(`docs/benchmarks.md has no ${open} … ${close}`);
  fs.writeFileSync(DOCUMENT, `${document.slice(0, from + open.length)}\n${text.trim()}\n${document.slice(to)}`);
}
