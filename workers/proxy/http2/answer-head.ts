// An answer's head as HTTP/2 has it, held to what HTTP/1 allows, since a client of either kind may get it.
import { contentLengthOf, fieldOf, fieldValue, noFields } from "../http/fields.ts";
import type { ResponseHead } from "../http/response-head.ts";
import { scanHttp2Fields } from "./request-head.ts";

/**
 * @param raw names and values in turn, as node:http2 gives them @param method of the request
 * @param endsStream whether no body follows
 * @returns what is wrong with it as a string
 */
export function parseHttp2Answer(raw: readonly string[], method: string, endsStream: boolean): ResponseHead | string {
  const pseudo = new Map<string, string>();
  const fields = noFields();
  const wrong = scanHttp2Fields(raw, pseudo, ANSWER_PSEUDO, fields);
  if (wrong !== null) return wrong.detail;
  const text = pseudo.get(":status") ?? "";
  if (!/^[1-9]\d\d$/.test(text)) return "malformed status";
  const status = Number(text);
  if (status === 101) return "101 in HTTP/2";
  const head: ResponseHead = {
    status,
    reason: "",
    version: "2",
    fields,
    body: { kind: "none" },
    keepAlive: true,
    keepAliveSeconds: null,
    connectionTokens: null,
  };
  const isBodyless = method === "HEAD" || status < 200 || status === 204 || status === 304;
  const given = fieldValue(fields, "content-length");
  const length = given === undefined ? null : contentLengthOf(given);
  if (given !== undefined && length === null) return "malformed Content-Length";
  if (isBodyless) return head;
  if (!endsStream) head.body = length === null ? { kind: "chunked" } : { kind: "length", length };
  else if (length === null) {
    // What a client of HTTP/1 has to be told.
    fields.names.push("content-length");
    fields.values.push("0");
    fields.kinds.push(fieldOf("content-length"));
  } else if (length > 0) return "a Content-Length, and no body";
  return head;
}

const ANSWER_PSEUDO: ReadonlySet<string> = new Set([":status"]);
