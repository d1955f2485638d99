import type { Comparison } from "#lib/contracts/comparison.ts";
import type { ConfigDocument } from "#lib/contracts/config.ts";
import { compareConfig } from "#lib/core/config/diff.ts";
import { shareChanges } from "#lib/core/config/shares.ts";
import { db } from "#lib/store/db.ts";
import { readFacts } from "#lib/store/facts.ts";

/** What becomes of the configuration and of the nodes' shares of requests, from `before` to `after`, as the nodes are now. */
export async function compareDocuments(before: ConfigDocument, after: ConfigDocument): Promise<Comparison> {
  const nowMs = Date.now();
  const factsOf = await readFacts(db());
  return {
    changes: compareConfig(before, after),
    shares: shareChanges(before, after, (node) => factsOf(node, nowMs), nowMs),
  };
}
