// What commands print: tables for people, JSON and YAML for programs. Colours only for a terminal, and never with NO_COLOR.
import { createRequire } from "node:module";
import { stripVTControlCharacters, styleText } from "node:util";
import { UsageFailure } from "./failure.ts";

export const FORMATS = ["table", "wide", "json", "yaml", "name"] as const;
export type Format = (typeof FORMATS)[number];

/** @throws {UsageFailure} */
export function formatOf(text: string | undefined, allowed: readonly Format[] = FORMATS): Format {
  if (text === undefined) return "table";
  const format = allowed.find((each) => each === text && each !== "table");
  if (format) return format;
  const known = allowed.filter((each) => each !== "table").join("|");
  throw new UsageFailure(`unknown output format "${text}": it is one of ${known}`);
}

export type Colour = "red" | "yellow" | "green" | "blue" | "gray" | "bold";
export type Paint = (colour: Colour, text: string) => string;

export function paintFor(stream: { isTTY?: boolean }, env: Record<string, string | undefined>): Paint {
  const isOn = env.FORCE_COLOR
    ? env.FORCE_COLOR !== "0"
    : stream.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb";
  return isOn ? (colour, text) => styleText(colour, text, { validateStream: false }) : (_, text) => text;
}

export interface Column<T> {
  title: string;
  value: (row: T) => string;
  /** Only with `-o wide`. */
  wide?: boolean;
  colour?: (row: T) => Colour | undefined;
}

/** Rows under titles, three spaces apart, as kubectl prints them. */
export function table<T>(columns: readonly Column<T>[], rows: readonly T[], isWide: boolean, paint: Paint): string {
  const shown = columns.filter((column) => isWide || !column.wide);
  const cells = rows.map((row) => shown.map((column) => clean(column.value(row)) || "-"));
  const widths = shown.map((column, at) =>
    Math.max(column.title.length, ...cells.map((line) => widthOf(line[at] ?? ""))),
  );
  const line = (texts: string[], colours: (Colour | undefined)[] = []) =>
    texts
      .map((text, at) => {
        const padding = at === texts.length - 1 ? "" : " ".repeat((widths[at] ?? 0) - widthOf(text));
        const colour = colours[at];
        return (colour ? paint(colour, text) : text) + padding;
      })
      .join("   ");
  const body = rows.map((row, at) =>
    line(
      cells[at] ?? [],
      shown.map((column) => column.colour?.(row)),
    ),
  );
  return [line(shown.map(({ title }) => title)), ...body].join("\n");
}

/** Fields of one thing: `Name:  payments`. */
export function fields(entries: readonly (readonly [string, string])[]): string {
  const width = Math.max(...entries.map(([name]) => name.length));
  return entries.map(([name, value]) => `${`${name}:`.padEnd(width + 3)}${clean(value) || "-"}`).join("\n");
}

export const asJson = (value: unknown): string => JSON.stringify(value, null, 2);
/** Loaded by who prints YAML only. */
export const asYaml = (value: unknown): string =>
  (createRequire(import.meta.url)("yaml") as typeof import("yaml"))
    .stringify(value, { lineWidth: 0, aliasDuplicateObjects: false, compat: "yaml-1.1" })
    .trimEnd();

/** Text of a server must not steer the terminal. */
export const clean = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  stripVTControlCharacters(text).replace(/[\u0000-\u001f\u007f-\u009f]/g, " ");

/** Columns that a text takes in a terminal: East Asian characters take two. */
export const widthOf = (text: string): number =>
  [...text].reduce((sum, char) => sum + (WIDE.test(char) ? 2 : /\p{M}/u.test(char) ? 0 : 1), 0);
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/** How long ago, as kubectl tells an age: `42s`, `5m`, `3h`, `12d`. */
export function age(atMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.floor((nowMs - atMs) / 1_000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}
