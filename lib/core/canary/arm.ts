// Which clients a canary gets: by a hash of what tells them apart, seeded by the canary's id. Every process of every worker
// decides alike, before and after a restart, and the next canary gets others. The seed keeps it apart from the hash by which
// requests are balanced: the canary's clients are spread over all nodes as everybody's are.
import { hashText } from "../balance/hash.ts";

const HASHES = 2 ** 32;

/** To be computed once for each canary. */
export const canarySeed = (canaryId: string): number => hashText(canaryId, 0x5eed_ca9a);

/** @param client text that tells the client apart @param sharePercent 1–50 */
export const isOfCanary = (client: string, seed: number, sharePercent: number): boolean =>
  hashText(client, seed) < (sharePercent / 100) * HASHES;
