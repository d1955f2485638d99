// A node's credentials, made ready once when a configuration is applied: text that is put into a request's head as it is.
import type { NodeCredential } from "#lib/contracts/config.ts";
import { openedText } from "../config/secrets.ts";

export interface Credentials {
  /** Names that the client's fields must not have, as `bareName` makes them. */
  readonly headerNames: ReadonlySet<string>;
  /** Field lines of HTTP/1.1. */
  readonly fields: string;
  /** Names of parameters, byte for byte as they are meant, that the client's query must not have. */
  readonly parameterNames: ReadonlySet<string>;
  /** `name=value&…`, percent-encoded; empty: none. */
  readonly query: string;
}

/** Of opened credentials; null when there are none: then they cost a request nothing. */
export function compileCredentials(credentials: readonly NodeCredential[]): Credentials | null {
  if (credentials.length === 0) return null;
  const headers = credentials.filter((one) => one.in === "header");
  const parameters = credentials.filter((one) => one.in === "query");
  return {
    headerNames: new Set(headers.map(({ name }) => bareName(name))),
    fields: headers.map(({ name, value }) => `${name}: ${openedText(value)}\r\n`).join(""),
    parameterNames: new Set(parameters.map(({ name }) => bytesOf(name))),
    query: parameters.map(({ name, value }) => `${encoded(name)}=${encoded(openedText(value))}`).join("&"),
  };
}

/** Some servers make one variable of `x-key` and `x_key`: what they take for one name is one here. */
export const bareName = (name: string): string => name.toLowerCase().replaceAll("_", "-");

/** Nothing but letters, digits and `-._~` stays as it is. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);

/** UTF-8 bytes, a character each. */
const bytesOf = (text: string): string =>
  encodeURIComponent(text).replace(/%([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );

/** What a server reads from a name in a query: `+` is a space, and what is no percent-encoding stands for itself. */
const readName = (text: string): string =>
  text
    .replaceAll("+", " ")
    .replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/**
 * A query (with its question mark, or empty) with the credentials' parameters in place of those of the same names. Everything
 * else stays as it is, byte for byte; `;` parts parameters as well, since some servers take it so.
 */
export function queryWith(query: string, { parameterNames, query: added }: Credentials): string {
  const rest = query.slice(1);
  if (rest === "") return `?${added}`;
  let kept = "";
  for (const piece of rest.split(/(?<=[&;])/)) {
    const name = /^[^=&;]*/.exec(piece)?.[0] ?? "";
    if (!parameterNames.has(readName(name))) kept += piece;
  }
  const isOpen = kept === "" || kept.endsWith("&") || kept.endsWith(";");
  return `?${kept}${isOpen ? "" : "&"}${added}`;
}
