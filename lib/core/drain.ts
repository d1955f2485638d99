// Progress of a drain. It is over as soon as nothing is in flight (AWS goes on showing "draining" until the time-out even
// when empty; not so here); past its deadline, whatever is left is to be cut. One that keeps sessions lasts until its deadline:
// more of their requests may come.
import type { AdminState } from "#lib/contracts/runtime.ts";
import { keepsSessions } from "./sticky/pinned.ts";

export type DrainProgress =
  | { readonly state: "draining"; readonly inFlight: number; readonly remainingMs: number | null }
  | { readonly state: "drained" }
  | { readonly state: "expired"; readonly inFlight: number };

/** Null when the node is not being drained. `inFlight` is the sum over all processes. */
export function drainProgress(admin: AdminState, inFlight: number, nowMs: number): DrainProgress | null {
  if (admin.state !== "drain") return null;
  if (inFlight === 0 && !keepsSessions(admin, nowMs)) return { state: "drained" };
  if (admin.deadlineMs === null) return { state: "draining", inFlight, remainingMs: null };
  if (nowMs >= admin.deadlineMs) return { state: "expired", inFlight };
  return { state: "draining", inFlight, remainingMs: admin.deadlineMs - nowMs };
}
