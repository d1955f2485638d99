// Which requests go to which pool.
import { z } from "zod";
import { Id } from "../common.ts";
import { HeaderName, HeaderValue } from "./header.ts";

export const routeFields = {
  name: z.string().trim().max(63).default(""),
  match: z.strictObject({
    /** `api.example.org`, or `*.example.org` for any name below it; without port. */
    host: z
      .string()
      .trim()
      .toLowerCase()
      .max(253)
      .regex(
        /^(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$|^\[[0-9a-f:.]+\]$/,
        "must be a host name or *.name, without port",
      )
      .optional(),
    /** Matched on whole segments: `/api` matches `/api` and `/api/x`, never `/apix`. */
    pathPrefix: z
      .string()
      .max(2000)
      .regex(/^\/[\x21-\x7e]*$/, "must start with / and hold no spaces")
      .regex(/^[^?#]*$/, "must not hold ? or #")
      .refine((p) => !p.split("/").some((s) => /^(\.|%2e){1,2}$/i.test(s)), "must not hold . or .. segments")
      .optional(),
    method: z
      .string()
      .max(20)
      .regex(/^[A-Z]+$/, "must be upper-case, such as GET")
      .optional(),
    /** Header name to the exact value it must have. */
    headers: z.record(HeaderName.toLowerCase(), HeaderValue).optional(),
  }),
  poolId: Id,
};
