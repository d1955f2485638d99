// What may be kept of a target's query: its values are often secrets.
import type { RecordingSettings } from "#lib/contracts/config.ts";

const MAX_CHARACTERS = 2_048;

/** @param query with its question mark, or empty */
export function keptQuery(query: string, kept: RecordingSettings["query"]): string {
  if (query === "" || kept === "drop") return "";
  return (kept === "values" ? query : withoutValues(query)).slice(0, MAX_CHARACTERS);
}

const withoutValues = (query: string): string =>
  `?${query
    .slice(1)
    .split("&")
    // A part without a name may be all value, such as a token.
    .map((part) => (part.includes("=") ? `${part.slice(0, part.indexOf("="))}=…` : part === "" ? "" : "…"))
    .join("&")}`;
