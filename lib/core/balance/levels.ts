// Priority levels as Envoy's: each takes what its usable part can, with some headroom (overprovisioning 1.4: a level spills
// from 71.4 % down), the first as much as it can and the next ones what is left. When all of them together cannot take the
// whole, they share it in proportion. Envoy counts hosts; here weights count, and a ramp's part of them: a canary of weight 1
// beside one of 99 is no half of a level, and a level that comes back warm up gets its load back as its nodes warm up.

/**
 * Part of the whole load, 0–1, that a level or zone takes at most.
 * @param readyWeight of its usable nodes, as far as they can be given load @param weight of all but those an operator took out
 */
export function capacityOf(readyWeight: number, weight: number, factor: number): number {
  return weight > 0 ? Math.min(1, exact((factor * readyWeight) / weight)) : 0;
}

/** Load of each level, 0–1, in the given order of preference. They add up to 1, or all are 0 when none can take anything. */
export function loadsOf(capacities: readonly number[]): number[] {
  const total = Math.min(1, exact(capacities.reduce((sum, capacity) => sum + capacity, 0)));
  let left = 1;
  return capacities.map((capacity) => {
    const load = total > 0 ? Math.min(left, exact(capacity / total)) : 0;
    left = left - load < NOTHING ? 0 : exact(left - load);
    return load;
  });
}

/** What rounding leaves over is no load. */
const NOTHING = 1e-6;
/** So that 1.4 × 5/7 is 1, and a level that can just take everything spills nothing. */
const exact = (share: number): number => Math.round(share * 1e9) / 1e9;
