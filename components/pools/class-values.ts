// Request classes while they are edited: one row each, with lists as lines of text.
import type { RequestClass } from "#lib/contracts/config.ts";

export type ClassRow = {
  name: string;
  headerName: string;
  /** One a line: a value may hold anything but the end of a line. */
  headerValues: string;
  pathPrefixes: string;
  maxQueue: number | string;
  queueMs: number | string;
  reservedRatio: number | string;
};
export const NEW_CLASS: ClassRow = {
  name: "",
  headerName: "",
  headerValues: "",
  pathPrefixes: "",
  maxQueue: 1_000,
  queueMs: 5_000,
  reservedRatio: 0,
};

const linesOf = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

export const classRow = ({ header, pathPrefixes, ...rest }: RequestClass): ClassRow => ({
  ...rest,
  headerName: header?.name ?? "",
  headerValues: header?.values.join("\n") ?? "",
  pathPrefixes: pathPrefixes.join("\n"),
});

/** As the API takes it, whatever was typed: its contract tells what is wrong. */
export function classInput({ headerName, headerValues, pathPrefixes, ...rest }: ClassRow) {
  const [name, values] = [headerName.trim(), linesOf(headerValues)];
  return {
    ...rest,
    header: name === "" && values.length === 0 ? null : { name, values },
    pathPrefixes: linesOf(pathPrefixes),
  };
}

/** A fault within a class is told at the field that it was typed into. */
export const classPath = (path: string): string =>
  path
    .replace(/^(classes\.\d+)\.header(?:\.name)?$/, "$1.headerName")
    .replace(/^(classes\.\d+)\.header\.values(?:\.\d+)?$/, "$1.headerValues")
    .replace(/^(classes\.\d+\.pathPrefixes)\.\d+$/, "$1");
