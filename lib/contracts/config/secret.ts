// Secret values in a configuration. A document never holds one, only a reference to a sealed row; a caller may give a new value
// in its place, which the services seal before anything is stored, logged or audited. It never comes out again.
import * as z from "zod";
import { Id } from "../common.ts";

/** In a document and in every answer: which sealed value it is. A value never changes: another one has another id. */
export const SecretRef = z.strictObject({ secret: Id.toLowerCase() });
export type SecretRef = z.infer<typeof SecretRef>;

const MAX_SECRET = 4_096;
/** A header's value: visible ASCII, spaces and tabs inside; tokens may be longer than what a plain header is given. */
export const HeaderSecret = z
  .string()
  .max(MAX_SECRET)
  .regex(/^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/, "is not a header value, or empty");
/** A query parameter's value: any text, sent percent-encoded. */
export const QuerySecret = z
  .string()
  .min(1, "must not be empty")
  .max(MAX_SECRET)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, "must hold no control characters");

/** A new secret value, from a caller. */
export type SecretText = { value: string };
export type Secret = SecretRef | SecretText;

const WANTED = 'must be a new secret, {"value": "…"}, or one that is there, {"secret": "<id>"}';
/** Of a header whose value is always a secret: a text alone is a new one. */
export const SecretHeader = z.union(
  [z.strictObject({ value: HeaderSecret }), SecretRef, HeaderSecret.transform((value) => ({ value }))],
  { error: WANTED },
);
export const SecretParameter = z.union(
  [z.strictObject({ value: QuerySecret }), SecretRef, QuerySecret.transform((value) => ({ value }))],
  { error: WANTED },
);
/** Of a header whose value may be a secret: a text alone is none, and everybody may read it. */
export const openOrSecret = (open: z.ZodType<string, string>) =>
  z.union([open, z.strictObject({ value: HeaderSecret }), SecretRef], {
    error: 'must be a text, a new secret, {"value": "…"}, or one that is there, {"secret": "<id>"}',
  });
/** A header's value where it may be a secret. */
export type HeaderSetting = string | Secret;

/** A secret as it is kept and pushed: opened by who has the key, for the entity that it belongs to. */
export const SealedSecret = z.strictObject({
  id: Id,
  /** The node, pool or route that it was given to. */
  ownerId: Id,
  sealed: z.string(),
});
export type SealedSecret = z.infer<typeof SealedSecret>;
