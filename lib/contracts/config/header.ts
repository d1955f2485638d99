// Names and values of header fields, wherever a configuration holds them.
import { z } from "zod";

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
export const HeaderName = z.string().min(1).max(100).regex(HEADER_NAME, "is not a header name");
/** Field value of RFC 9110: visible ASCII, spaces and tabs inside; never CR, LF or NUL. */
export const HeaderValue = z
  .string()
  .max(2000)
  .regex(/^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$|^$/, "is not a header value");
