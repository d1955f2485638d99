// Edits of a message's header fields, made ready once when a configuration is applied: which names are not passed on, and
// the text of those that are set.
import type { HeaderEdits } from "#lib/contracts/config.ts";
import { openedText } from "../config/secrets.ts";

export interface HeaderEdit {
  /** Lower-case names of fields that are not passed on: those removed, and those that are set anew. */
  readonly dropped: readonly string[];
  /** Lower-case names and values that are there afterwards. */
  readonly set: readonly (readonly [string, string])[];
  /** The same as field lines of HTTP/1.1. */
  readonly text: string;
}

/** What `edits` do, their secrets opened; null when they do nothing. A name that is removed and set is set. */
export function compileEdits(edits: HeaderEdits): HeaderEdit | null {
  const set = Object.entries(edits.set).map(([name, value]) => [name, openedText(value)] as const);
  if (set.length === 0 && edits.remove.length === 0) return null;
  return editOf(new Set([...edits.remove, ...set.map(([name]) => name)]), set);
}

/** `first`, then `then`: what both say of a field, `then` decides. */
export function mergeEdits(first: HeaderEdit | null, then: HeaderEdit | null): HeaderEdit | null {
  if (first === null || then === null) return first ?? then;
  const kept = first.set.filter(([name]) => !then.dropped.includes(name));
  return editOf(new Set([...first.dropped, ...then.dropped]), [...kept, ...then.set]);
}

const editOf = (dropped: ReadonlySet<string>, set: readonly (readonly [string, string])[]): HeaderEdit => ({
  dropped: [...dropped],
  set,
  text: set.map(([name, value]) => `${name}: ${value}\r\n`).join(""),
});
