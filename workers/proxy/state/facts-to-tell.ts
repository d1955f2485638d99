// What control must hear from a proxy process that it (re)connected to. News told while nobody listened are lost, so the
// present is told: all that is not as in a process that just started, and all that control believes and is not so here.
import type { PassiveFacts } from "#lib/contracts/bus.ts";
import { sameValue } from "#lib/core/config/same.ts";

type Knows = { readonly passiveFacts: PassiveFacts };

/** @param told what control told as its state; facts that agree with it are no news */
export function factsToTell(nodes: ReadonlyMap<string, Knows>, told: readonly PassiveFacts[]): PassiveFacts[] {
  const believed = new Map(told.map((facts) => [facts.nodeId, facts]));
  return [...nodes.values()].flatMap(({ passiveFacts: own }) => {
    const known = believed.get(own.nodeId);
    return (known ? sameValue(known, own) : isAtRest(own)) ? [] : [own];
  });
}

const isAtRest = ({ ejection, breaker, cooling }: PassiveFacts): boolean =>
  ejection.state === "in" &&
  ejection.timesEjected === 0 &&
  breaker.state === "closed" &&
  cooling.state === "not-cooling";
