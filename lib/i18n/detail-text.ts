// Words for what a check or a worker found (lib/contracts/check-detail.ts): for the dashboard, the command line and notifications.
import type { _Translator as Translator } from "use-intl/core";
import { type DetailValues, readCheckDetail } from "#lib/contracts/check-detail.ts";
import type { Messages } from "./messages/index.ts";

type StatusText = Translator<Messages, "status">;

/** A sentence that was stored before there were codes is given as it is. */
export function detailText(t: StatusText, detail: string): string {
  const read = readCheckDetail(detail);
  if (!read) return detail;
  const { code, values } = read;
  const words = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, wordOf(t, name, value)]));
  const ofFault = typeof values.code === "string" ? faultText(t, values.code, String(values.what ?? "")) : null;
  const text = t(`detail.${code}`, { ...EMPTY, ...words, ...(ofFault !== null && { what: ofFault }) });
  const more = typeof values.more === "number" ? values.more : 0;
  return more > 0 ? t("detail.andMore", { text, count: more }) : text;
}

/** What is wrong with a part of a document: by its code, as its sentence is English. */
function faultText(t: StatusText, code: string, what: string): string {
  const key = `detail.fault.${code}` as Parameters<typeof t.has>[0];
  const [found = ""] = QUOTED.exec(what) ?? [];
  return t.has(key) ? t(key, { ...EMPTY, found }) : malformationText(t, what);
}

/** A piece of what was found, within a sentence of ours. */
const QUOTED = /"(?:[^"\\]|\\.)*"/;

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
    "to",
    "limit",
    "line",
    "worker",
    "process",
    "why",
    "at",
    "wanted",
    "subject",
  ].map((name) => [name, ""]),
);
/** Values of a node's answer are told as JSON, which tells "12" from 12; what we or the configuration say, as it is. */
const AS_JSON: readonly string[] = ["found", "expected", "text"];

function wordOf(t: StatusText, name: string, value: DetailValues[string]): string {
  if (name === "what") return malformationText(t, String(value));
  if (name === "why") return detailText(t, String(value));
  if (typeof value === "object" && value !== null) return t(Array.isArray(value) ? "detail.aList" : "detail.anObject");
  return typeof value === "string" && !AS_JSON.includes(name) ? value : JSON.stringify(value);
}

/** Our own parsers' faults, which have no code but their words; what they quote of what was found stands apart. */
function malformationText(t: StatusText, what: string): string {
  const [found = ""] = QUOTED.exec(what) ?? [];
  const slug = what
    .replace(found, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replace(/-$/, "");
  const key = `detail.malformed.${slug}` as Parameters<typeof t.has>[0];
  return t.has(key) ? t(key, { ...EMPTY, found }) : what;
}
