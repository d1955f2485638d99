// Pages of histories, newest first. A cursor is the place of the last entry given: what is added meanwhile shifts nothing.
import { invalidInput } from "#lib/services/parse.ts";

export type Page<T> = { items: T[]; nextCursor: string | null };

/** Of `limit + 1` entries read, the page, and where the next one begins if there is one. */
export function pageAfter<T>(read: T[], limit: number, cursorOf: (last: T) => string): Page<T> {
  const items = read.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: read.length > limit && last !== undefined ? cursorOf(last) : null };
}

/** @throws {ServiceError} `invalid-input` for what is no cursor of a numbered history */
export function readCursor(cursor: string | undefined): bigint | undefined {
  if (cursor === undefined) return undefined;
  if (!/^\d{1,18}$/.test(cursor)) throw badCursor();
  return BigInt(cursor);
}

export const badCursor = () =>
  invalidInput([{ path: ["cursor"], code: "invalid_format", message: "must be the nextCursor of the page before" }]);
