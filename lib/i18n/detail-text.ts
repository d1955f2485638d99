// Words for what a check found (lib/contracts/check-detail.ts): for the dashboard, the command line and notifications.
import type { _Translator as Translator } from "use-intl/core";
import { type DetailValues, readCheckDetail } from "#lib/contracts/check-detail.ts";
import type { Messages } from "./messages/index.ts";

type StatusText = Translator<Messages, "status">;

/** A sentence that was stored before there were codes is given as it is. */
export function detailText(t: StatusText, detail: string): string {
  const read = readCheckDetail(detail);
  if (!read) return detail;
  const values = Object.fromEntries(Object.entries(read.values).map(([name, value]) => [name, wordOf(t, name, value)]));
  return t(`detail.${read.code}`, { ...EMPTY, ...values });
}

/** Every name that a text may speak of: a stored line that lacks one must not keep the rest from being shown. */
const EMPTY = Object.fromEntries(
  [
    "found",
    "expected",
    "ranges",
    "text",
    "pattern",
    "coding",
    "name",
    "path",
    "what",
    "service",
    "state",
    "status",
    "message",
  ].map((name) => [name, ""]),
);
/** Values of a node's answer are told as JSON, which tells "12" from 12; what we or the configuration say, as it is. */
const AS_JSON: readonly string[] = ["found", "expected", "text"];

function wordOf(t: StatusText, name: string, value: DetailValues[string]): string {
  if (name === "what") return malformationText(t, String(value));
  if (typeof value === "object" && value !== null) return t(Array.isArray(value) ? "detail.aList" : "detail.anObject");
  return typeof value === "string" && !AS_JSON.includes(name) ? value : JSON.stringify(value);
}

/** Our own parser's fault, which has no code but its words. */
function malformationText(t: StatusText, what: string): string {
  const key = `detail.malformed.${what.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}` as Parameters<typeof t.has>[0];
  return t.has(key) ? t(key) : what;
}
