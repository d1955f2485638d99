import type { Algorithm } from "#lib/contracts/config.ts";
import { ConsistentHash } from "./consistent-hash.ts";
import { LeastConnections } from "./least-connections.ts";
import { LeastTime } from "./least-time.ts";
import { PeakEwma } from "./peak-ewma.ts";
import { RandomTwoChoices } from "./random-two-choices.ts";
import type { Candidate, Picker, Random } from "./types.ts";
import { WeightedRoundRobin } from "./weighted-round-robin.ts";

/** A picker without candidates: call `update` next. */
export function createPicker<C extends Candidate>(algorithm: Algorithm, random: Random): Picker<C> {
  switch (algorithm) {
    case "weighted-round-robin":
      return new WeightedRoundRobin<C>(random);
    case "least-connections":
      return new LeastConnections<C>();
    case "peak-ewma":
      return new PeakEwma<C>(random);
    case "least-time":
      return new LeastTime<C>();
    case "random-two-choices":
      return new RandomTwoChoices<C>(random);
    case "consistent-hash":
      return new ConsistentHash<C>();
  }
}
