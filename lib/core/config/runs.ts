// A pool's nodes cut into runs that stay the same when others change: the cut depends on each node's id alone (content-defined
// chunking), so that a node that is added or removed changes one run, or splits or joins two, and shifts none.
import type { ConfigNode } from "#lib/contracts/config.ts";
import { hashText } from "../balance/hash.ts";

/** On average; a longer run costs more for each change in it, a shorter one more hashes in each revision. */
const RUN_LENGTH = 32;

export function runsOf(nodes: readonly ConfigNode[]): ConfigNode[][] {
  const runs: ConfigNode[][] = [];
  let run: ConfigNode[] = [];
  for (const node of nodes) {
    run.push(node);
    if (hashText(node.id) % RUN_LENGTH !== 0) continue;
    runs.push(run);
    run = [];
  }
  return run.length > 0 ? [...runs, run] : runs;
}
