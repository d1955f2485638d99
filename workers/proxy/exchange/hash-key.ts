// What a consistent hash is computed from. A request whose chosen part is missing, or empty, falls back to the client's
// address: one node would get all of those.
import type { HashKey } from "#lib/contracts/config.ts";
import { hashText } from "#lib/core/balance/hash.ts";
import { fieldValue } from "../http/fields.ts";
import type { RequestHead } from "../http/request-head.ts";

export function requestHash(key: HashKey, head: RequestHead, clientAddress: string): number {
  return hashText(keyText(key, head) || clientAddress);
}

/** The chosen part of a request; nothing when it lacks it, and for the client's address. */
export function keyText(key: HashKey, head: RequestHead): string | undefined {
  switch (key.from) {
    case "client-address":
      return undefined;
    case "path":
      return head.path;
    case "header":
      return fieldValue(head.fields, key.name.toLowerCase());
    case "cookie":
      return cookieValue(fieldValue(head.fields, "cookie") ?? "", key.name);
    case "query":
      return new URLSearchParams(head.query).get(key.name) ?? undefined;
  }
}

function cookieValue(cookies: string, name: string): string | undefined {
  for (const part of cookies.split(";")) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}
