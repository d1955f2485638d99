// What the forms of pools hold, and how it becomes the API's input.

import type { FieldFault } from "#lib/client/forms.ts";
import { type HashKey, PoolInput } from "#lib/contracts/config.ts";
import { nameKey } from "#lib/core/config/same.ts";

/** A hash key while it is edited: a name that its source does not need is kept, not sent. */
export type HashValues = { from: HashKey["from"]; name: string };
export const hashValues = (key: HashKey): HashValues => ({ from: key.from, name: "name" in key ? key.name : "" });
export const needsName = (from: HashKey["from"]): from is "header" | "cookie" | "query" =>
  from === "header" || from === "cookie" || from === "query";
export const hashKeyOf = ({ from, name }: HashValues) => (needsName(from) ? { from, name: name.trim() } : { from });

export type NewNodeRow = { url: string; name: string; weight: number | string };
export const EMPTY_ROW: NewNodeRow = { url: "", name: "", weight: 1 };

export type NewPoolValues = {
  name: string;
  algorithm: PoolInput["algorithm"];
  hashKey: HashValues;
  isDefault: boolean;
  nodes: NewNodeRow[];
};
export const isEmptyRow = (row: NewNodeRow): boolean => row.url.trim() === "" && row.name.trim() === "";

/** The name of a node that was given none: its host and port, `10.0.0.7-8080`. */
export function nameOfUrl(url: string): string {
  if (!URL.canParse(url.trim())) return "";
  return new URL(url.trim()).host
    .replace(/[[\]]/g, "")
    .replaceAll(":", "-")
    .slice(0, 63)
    .replace(/^-+|-+$/g, "");
}

export const newPoolInput = (values: NewPoolValues) => ({
  ...values,
  hashKey: hashKeyOf(values.hashKey),
  nodes: values.nodes
    .filter((row) => !isEmptyRow(row))
    .map(({ url, name, weight }) => ({ url, weight, name: name.trim() || nameOfUrl(url) || "node" })),
});

/** Rows left empty are not sent, so that places in the input are not those in the form. */
export function newPoolPath(path: readonly (string | number)[], values: NewPoolValues): string {
  const [list, index, ...field] = path;
  if (list !== "nodes" || typeof index !== "number") return path.join(".");
  const filled = values.nodes.flatMap((row, place) => (isEmptyRow(row) ? [] : [place]));
  return ["nodes", filled[index] ?? index, ...field].join(".");
}

/** Names must differ within the pool; told at the later row. */
export function repeatedNames(values: NewPoolValues): FieldFault[] {
  const seen = new Set<string>();
  return newPoolInput(values).nodes.flatMap(({ name }, index) => {
    const key = nameKey(name);
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    return [{ path: ["nodes", index, "name"], code: "duplicate-here", message: "" }];
  });
}

export const NEW_POOL: NewPoolValues = {
  name: "",
  algorithm: "weighted-round-robin",
  hashKey: { from: "client-address", name: "" },
  isDefault: false,
  nodes: [EMPTY_ROW, EMPTY_ROW],
};

/** Everything a pool has unless told otherwise: shown beside the fields. */
export const POOL_DEFAULTS = PoolInput.parse({ name: "x", algorithm: "weighted-round-robin" });
