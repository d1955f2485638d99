// Differences between two configurations as lines: + added, - removed, ~ changed, and below them field by field.
import type { ConfigChange } from "#lib/contracts/operations.ts";
import { clean, type Paint } from "./output.ts";

const SIGN = { added: "+", removed: "-", changed: "~" } as const;
const COLOUR = { added: "green", removed: "red", changed: "yellow" } as const;

export function changesText(changes: readonly ConfigChange[], paint: Paint): string {
  return changes.map((change) => changeText(change, paint)).join("\n");
}

function changeText({ kind, change, name, fields }: ConfigChange, paint: Paint): string {
  const title = clean(kind === "proxy" ? "proxy" : `${kind} ${name.replace(" / ", "/")}`);
  const lines = fields.map(({ path, before, after }) => {
    if (change === "added") return `    ${path}: ${valueText(after)}`;
    if (change === "removed") return `    ${path}: ${valueText(before)}`;
    return `    ${path}: ${valueText(before)} -> ${valueText(after)}`;
  });
  return [paint(COLOUR[change], `${SIGN[change]} ${title}`), ...lines].join("\n");
}

const MAX_LENGTH = 120;
function valueText(value: unknown): string {
  if (value === null || value === undefined) return "(none)";
  const text = clean(JSON.stringify(value));
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}
