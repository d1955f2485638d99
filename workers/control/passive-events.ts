import type { BreakerState, EjectionState } from "#lib/contracts/runtime.ts";
import type { FactEvent } from "#lib/store/control/facts.ts";
import type { PassiveChange } from "./passive.ts";

/** History of a node's ejection, breaker and cooling: only changes of state, not of their deadlines. */
export function passiveEvents({ before, now }: PassiveChange, atMs: number): FactEvent[] {
  const events: FactEvent[] = [];
  const tell = (fact: "ejection" | "breaker" | "cooling", from: string, to: string, reason: string) => {
    if (from !== to) events.push({ nodeId: now.nodeId, fact, from, to, reason, atMs });
  };
  tell("ejection", before.ejection.state, now.ejection.state, ejectionReason(now.ejection));
  tell("breaker", before.breaker.state, now.breaker.state, breakerReason(now.breaker));
  const rest = now.cooling.state === "cooling" ? now.cooling.cause : "time-over";
  tell("cooling", before.cooling.state, now.cooling.state, rest);
  return events;
}

const ejectionReason = (ejection: EjectionState): string =>
  ejection.state === "ejected" ? ejection.cause : "time-over";

function breakerReason(breaker: BreakerState): string {
  switch (breaker.state) {
    case "open":
      return breaker.cause;
    case "half-open":
      return "trials";
    case "closed":
      return "trials-passed";
  }
}
