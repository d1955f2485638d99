// Zod's issues as faults that a person can act on: every one with its path, misspelt fields by name.
import type { z } from "zod";
import type { Fault } from "#lib/contracts/problem.ts";

type Issue = z.core.$ZodIssue;

/** Faults of a failed parse, below `base`. One fault a field: each unknown key is named by itself. */
export function faultsOf(error: z.ZodError, base: Fault["path"] = []): Fault[] {
  return error.issues.flatMap((issue): Fault[] => {
    const path = [...base, ...issue.path.map((part) => (typeof part === "number" ? part : String(part)))];
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => ({ path: [...path, key], code: issue.code, message: "is not a known field" }));
    return [{ path, code: issue.code, message: messageOf(issue) }];
  });
}

/** The contract's own words where it has some, else plain ones instead of zod's. */
function messageOf(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      if (issue.message.endsWith("received undefined")) return "is required";
      return issue.message.startsWith("Invalid input") ? `must be ${withArticle(issue.expected)}` : issue.message;
    case "invalid_value":
      return issue.message.startsWith("Invalid") ? `must be one of ${issue.values.join(", ")}` : issue.message;
    case "invalid_union":
      return "options" in issue && Array.isArray(issue.options)
        ? `must be one of ${issue.options.join(", ")}`
        : issue.message;
    case "invalid_key":
      return issue.issues[0]?.message ?? issue.message;
    case "too_small":
      return issue.message.startsWith("Too small")
        ? boundMessage(issue.origin, "at least", issue.minimum)
        : issue.message;
    case "too_big":
      return issue.message.startsWith("Too big") ? boundMessage(issue.origin, "at most", issue.maximum) : issue.message;
    default:
      return issue.message;
  }
}

function boundMessage(origin: string, side: "at least" | "at most", bound: number | bigint): string {
  if (origin === "string") return `must have ${side} ${bound} characters`;
  if (origin === "array") return `must have ${side} ${bound} entries`;
  return `must be ${side} ${bound}`;
}

function withArticle(type: string): string {
  if (type === "int") return "a whole number";
  if (type === "record") return "an object";
  return `${/^[aeiou]/.test(type) ? "an" : "a"} ${type}`;
}
