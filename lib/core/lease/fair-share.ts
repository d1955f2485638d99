// Divides what there is not enough of: nobody gets more than asked for, and whoever gets less than asked for gets no less than
// anybody else (max-min fairness), in whole pieces.

/**
 * @param capacity whole, at least 0 @param demands whole, at least 0 @param before who of two, by index, goes first when not all
 * can have one more; negative: the first. `each` is what all of the unsatisfied have in common
 * @returns for each demand what it gets
 */
export function fairShares(
  capacity: number,
  demands: readonly number[],
  before: (a: number, b: number, each: number) => number,
): number[] {
  let left = capacity;
  let unsatisfied = demands.length;
  let each = Number.POSITIVE_INFINITY;
  for (const demand of demands.toSorted((a, b) => a - b)) {
    const share = Math.floor(left / unsatisfied);
    if (demand > share) {
      each = share;
      break;
    }
    left -= demand;
    unsatisfied--;
  }
  const shares = demands.map((demand) => Math.min(demand, each));
  if (each === Number.POSITIVE_INFINITY) return shares;
  const more = left - each * unsatisfied;
  const short = demands.flatMap((demand, i) => (demand > each ? [i] : []));
  for (const i of short.sort((a, b) => before(a, b, each)).slice(0, more)) shares[i] = each + 1;
  return shares;
}
