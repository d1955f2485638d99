// The value of an expression. Three-valued (Kleene): what was not measured is unknown, and makes unknown only what hangs on it.
import type { Arithmetic, Comparator, Condition } from "#lib/contracts/alert-expression.ts";
import type { AlertMetric } from "#lib/contracts/alert-metrics.ts";

/** The figure over a window; `windowMs` null: over the rule's own. */
export type Lookup = (name: AlertMetric, windowMs: number | null) => number | null;

/** Null: not known. */
export function holds(condition: Condition, lookup: Lookup): boolean | null {
  switch (condition.is) {
    case "compare": {
      const left = amountOf(condition.left, lookup);
      const right = amountOf(condition.right, lookup);
      return left === null || right === null ? null : compare(condition.op, left, right);
    }
    case "not": {
      const inner = holds(condition.of, lookup);
      return inner === null ? null : !inner;
    }
    case "and": {
      const [left, right] = [holds(condition.left, lookup), holds(condition.right, lookup)];
      if (left === false || right === false) return false;
      return left === null || right === null ? null : true;
    }
    case "or": {
      const [left, right] = [holds(condition.left, lookup), holds(condition.right, lookup)];
      if (left === true || right === true) return true;
      return left === null || right === null ? null : false;
    }
  }
}

function amountOf(term: Arithmetic, lookup: Lookup): number | null {
  switch (term.is) {
    case "number":
      return term.value;
    case "metric":
      return lookup(term.name, term.windowMs);
    case "negative": {
      const inner = amountOf(term.of, lookup);
      return inner === null ? null : -inner;
    }
    case "arithmetic": {
      const [left, right] = [amountOf(term.left, lookup), amountOf(term.right, lookup)];
      if (left === null || right === null) return null;
      const value = calculate(term.op, left, right);
      return Number.isFinite(value) ? value : null;
    }
  }
}

function calculate(op: "+" | "-" | "*" | "/", left: number, right: number): number {
  if (op === "+") return left + right;
  if (op === "-") return left - right;
  return op === "*" ? left * right : left / right;
}

function compare(op: Comparator, left: number, right: number): boolean {
  switch (op) {
    case ">":
      return left > right;
    case ">=":
      return left >= right;
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case "==":
      return left === right;
    case "!=":
      return left !== right;
  }
}

/** The first comparison that holds, for people: what was measured against what it was held to. */
export function culpritOf(
  condition: Condition,
  lookup: Lookup,
): { name: AlertMetric; value: number; limit: number } | null {
  switch (condition.is) {
    case "compare": {
      if (holds(condition, lookup) !== true) return null;
      const { left, right } = condition;
      const named = left.is === "metric" ? left : right.is === "metric" ? right : null;
      if (!named) return null;
      const value = lookup(named.name, named.windowMs);
      const limit = amountOf(named === left ? right : left, lookup);
      return value === null || limit === null ? null : { name: named.name, value, limit };
    }
    case "not":
      return null;
    default:
      return culpritOf(condition.left, lookup) ?? culpritOf(condition.right, lookup);
  }
}
