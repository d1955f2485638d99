// Ranges of IP addresses, wherever a configuration holds them.
import * as z from "zod";

const MAX_RANGES = 1_000;

/** `10.0.0.0/8`, `2001:db8::/32`, or one address alone. Bits behind the prefix say nothing. */
export const AddressRange = z
  .string()
  .trim()
  .max(64)
  .refine(
    (text) => [z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()].some((form) => form.safeParse(text).success),
    "must be an address or a range such as 10.0.0.0/8 or 2001:db8::/32",
  );
export const AddressRanges = z.array(AddressRange).max(MAX_RANGES).default([]);
