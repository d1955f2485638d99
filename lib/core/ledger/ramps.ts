// A warm-up moves a node's share in many steps, and each is an entry of the ledger. Where things are told in short, as on
// charts, it is one thing that happened: told once, when it began.
import type { LedgerEntry } from "#lib/contracts/ledger.ts";

type Step = Pick<LedgerEntry, "at" | "nodeId" | "cause" | "shareBefore" | "shareAfter">;

/** Another node's steps move a share by little; a ramp that begins (again) moves it down by more than half. */
const isFall = (from: number, to: number): boolean => to < from / 2;

/** Leaves out every step of a warm-up but its first. @param entries of any nodes, in any order, which is kept */
export function onceARamp<T extends Step>(entries: readonly T[]): T[] {
  const shares = new Map<string, number>();
  const later = new Set<T>();
  const steps = entries.filter(({ cause }) => cause === "ramp").toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  for (const step of steps) {
    const reached = shares.get(step.nodeId);
    const begins =
      reached === undefined || isFall(reached, step.shareBefore) || isFall(step.shareBefore, step.shareAfter);
    if (!begins) later.add(step);
    shares.set(step.nodeId, step.shareAfter);
  }
  return entries.filter((entry) => !later.has(entry));
}
