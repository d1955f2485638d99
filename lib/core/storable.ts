// PostgreSQL keeps no NUL in a text and no half of a surrogate pair, in whatever field it comes: such text is told to who
// sent it, at its place, before a database has to refuse it. JSON of a few bytes may be very deep: hence no recursion, and
// a place is a link to the one above it until it is told.
import type { Fault } from "#lib/contracts/problem.ts";

/** No field of ours lies deeper; what does is told by where it begins. */
const MAX_PATH = 32;

type Place = { part: string | number; above: Place } | null;

/** The first `limit` texts in `input` (JSON) that no database keeps. The name of a field counts as text at its place. */
export function unstorableTexts(input: unknown, limit = 100): Fault[] {
  const faults: Fault[] = [];
  const left: { value: unknown; place: Place }[] = [{ value: input, place: null }];
  for (let next = left.pop(); next && faults.length < limit; next = left.pop()) {
    const { value, place } = next;
    if (typeof value === "string") {
      if (!isStorable(value)) faults.push(faultAt(place));
    } else if (Array.isArray(value)) {
      for (let at = value.length - 1; at >= 0; at--) left.push({ value: value[at], place: { part: at, above: place } });
    } else if (typeof value === "object" && value !== null) {
      for (const [part, member] of Object.entries(value).reverse())
        left.push({ value: isStorable(part) ? member : part, place: { part: readable(part), above: place } });
    }
  }
  return faults;
}

const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes("\0");
const readable = (text: string): string => text.toWellFormed().replaceAll("\0", "\ufffd");

function faultAt(place: Place): Fault {
  const path: Fault["path"] = [];
  for (let at = place; at; at = at.above) path.push(at.part);
  const message = "must be text without NUL and without halves of characters";
  return { path: path.reverse().slice(0, MAX_PATH), code: "unstorable-text", message };
}
