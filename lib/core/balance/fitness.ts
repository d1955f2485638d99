// What speaks against one node, by itself, from its facts.
import type { EligibilityReason } from "#lib/contracts/runtime.ts";
import type { EligibilityNode } from "./types.ts";

/** Why a node is out whatever the others do; null: it may be used, in panic at least. */
export function exclusion(node: EligibilityNode): EligibilityReason | null {
  if (node.admin.state !== "ready") return node.admin.state;
  if (node.weight <= 0) return "weight-zero";
  if (node.breaker.state === "open") return "breaker-open";
  return node.spent?.reason ?? null;
}

export function sickness(node: EligibilityNode): EligibilityReason | null {
  if (node.health.state === "unhealthy") return "unhealthy";
  return node.ejection.state === "ejected" ? "ejected" : null;
}

/** Whether the operator means it to serve: only then is it missed when it does not. */
export const isMeant = (node: EligibilityNode): boolean => node.admin.state === "ready" && node.weight > 0;
export const isPending = (node: EligibilityNode): boolean => node.health.state === "pending";
/** Neither the operator, the breaker, a probe nor real traffic speaks against it; it may rest. */
export const isFit = (node: EligibilityNode): boolean => exclusion(node) === null && sickness(node) === null;
export const isCooling = (node: EligibilityNode): boolean => node.cooling.state === "cooling";
export const isUsable = (node: EligibilityNode): boolean => isFit(node) && !isCooling(node);
export const isOnTrial = (node: EligibilityNode): boolean => node.breaker.state === "half-open";
