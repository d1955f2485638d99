// Pieces that every contract shares.
import * as z from "zod";
import { ROLES } from "./roles.ts";

export const Id = z.uuid("must be a UUID");
export type Id = z.infer<typeof Id>;

/** A name that people give: shown everywhere, unique among its kind (compared without case, however it was composed). */
export const Name = z
  .string()
  .normalize("NFC")
  .trim()
  .min(1, { error: "must not be empty", abort: true })
  .max(63, "must have at most 63 characters")
  .regex(
    /^[\p{L}\p{N}][\p{M}]*(?:[\p{L}\p{M}\p{N}._ -]*[\p{L}\p{M}\p{N}])?$/u,
    "may hold letters, digits, dot, dash, underscore and inner spaces",
  );

/** Unix time in milliseconds. */
export const EpochMs = z.number().int().min(0);

/** Milliseconds, whole, within the given bounds. */
export const durationMs = (min: number, max: number) => z.int().min(min).max(max);

/** A share from 0 to 1. */
export const Ratio = z.number().min(0).max(1);

export const Timestamp = z.iso.datetime({ offset: true });

/** Newest-first page of a history: `cursor` is what the page before returned as `nextCursor`. */
export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(200).optional(),
});
export type PageQuery = z.infer<typeof PageQuery>;
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

export { ROLES, roleAllows } from "./roles.ts";
export const Role = z.enum(ROLES);
export type Role = z.infer<typeof Role>;
