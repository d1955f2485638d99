// Names and values of header fields, wherever a configuration holds them, and edits of a message's fields.
import * as z from "zod";
import { openOrSecret } from "./secret.ts";

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
export const HeaderName = z.string().min(1).max(100).regex(HEADER_NAME, "is not a header name");
/** Field value of RFC 9110: visible ASCII, spaces and tabs inside; never CR, LF or NUL. */
export const HeaderValue = z
  .string()
  .max(2000)
  .regex(/^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$|^$/, "is not a header value");

/** Fields of one hop, or that say where a message ends: an edit of them could make two parties read two messages. */
const FRAMING = [
  "connection",
  "content-length",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];
/** Fields that the proxy writes itself; Host is decided by the pool's `hostHeader`. */
const OWN_OF_REQUEST = new Set([...FRAMING, "expect", "forwarded", "host", "via", "x-request-id"]);
const OWN_OF_ANSWER = new Set([...FRAMING, "via", "x-request-id"]);
const IS_THE_PROXYS_OWN = "is the proxy's own and cannot be edited";

/** Of a field that a configuration may write into requests. */
export const RequestEditName = HeaderName.toLowerCase().refine(
  (name) => !OWN_OF_REQUEST.has(name) && !/^x-(?:forwarded|client-cert)-/.test(name),
  IS_THE_PROXYS_OWN,
);
const AnswerEditName = HeaderName.toLowerCase().refine((name) => !OWN_OF_ANSWER.has(name), IS_THE_PROXYS_OWN);

const MAX_EDITS = 50;
const fieldsOf = <V extends z.ZodType>(name: z.ZodType<string, string>, value: V) =>
  z
    .record(name, value)
    .refine((fields) => Object.keys(fields).length <= MAX_EDITS, `must have at most ${MAX_EDITS} entries`)
    .default({});
const editsOf = <V extends z.ZodType>(name: z.ZodType<string, string>, value: V) =>
  z.strictObject({
    /** Lower-case name to the one value it has afterwards, whatever there was before. */
    set: fieldsOf(name, value),
    /** Lower-case names of fields that are not passed on. */
    remove: z.array(name).max(MAX_EDITS).default([]),
  });

/** What is changed in requests on their way to a node; a value may be a secret. */
export const RequestHeaderEdits = editsOf(RequestEditName, openOrSecret(HeaderValue));
/** What is changed in answers on their way to the client, who sees it: nothing there is secret. */
export const AnswerHeaderEdits = editsOf(AnswerEditName, HeaderValue);
export type HeaderEdits = z.infer<typeof RequestHeaderEdits>;

/** Further fields of an answer that the proxy makes; its Content-Type is told apart. */
export const AnswerFields = fieldsOf(
  AnswerEditName.refine((name) => name !== "content-type", "is told by contentType"),
  HeaderValue,
);
