import * as z from "zod";

/** A path without query, on whose segments nothing can be read in two ways. */
export const PathPrefix = z
  .string()
  .max(2000)
  .regex(/^\/[\x21-\x7e]*$/, "must start with / and hold no spaces")
  .regex(/^[^?#]*$/, "must not hold ? or #")
  .refine((p) => !p.split("/").some((s) => /^(\.|%2e){1,2}$/i.test(s)), "must not hold . or .. segments");
