// The words that stand for a pool's nodes in cookies. A word is a keyed hash: it tells nothing about the node, cannot be made
// up, and is the same in every process and on every host that has the installation's secret key, so nothing need be shared
// or kept. They are computed when a configuration is applied, never per request.
import { createHmac } from "node:crypto";
import type { NodeState } from "../state/node-state.ts";

/** 128 bits, in base64url. */
const MARK_BYTES = 16;
export const MARK_LENGTH = Math.ceil((MARK_BYTES * 8) / 6);

export class NodeMarks {
  readonly #nodes = new Map<string, NodeState>();
  readonly #marks = new Map<NodeState, string>();

  /** @param key derived from the secret key */
  constructor(key: Buffer, poolId: string, nodes: readonly NodeState[]) {
    for (const node of nodes) {
      const hash = createHmac("sha256", key).update(`${poolId} ${node.id}`).digest();
      const mark = hash.subarray(0, MARK_BYTES).toString("base64url");
      this.#nodes.set(mark, node);
      this.#marks.set(node, mark);
    }
  }

  nodeOf(mark: string): NodeState | undefined {
    return this.#nodes.get(mark);
  }

  /** Undefined for a node that has left the pool. */
  markOf(node: NodeState): string | undefined {
    return this.#marks.get(node);
  }
}
