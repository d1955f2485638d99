// What was told of nodes lately, by the stream and by the answers to operations. Three ways lead to the same row, and the
// last to arrive need not be the newest: an order keeps an older state from being the last word.
import type { LiveNode, NodeView, PoolView } from "#lib/contracts/views.ts";

export class NodeNews {
  /** By node; `order` grows with each piece of news. */
  readonly #latest = new Map<string, { event: LiveNode; order: number }>();
  #order = 0;

  /** Remembers the news. @returns false when the operator's order in it is older than one that is known already. */
  take(event: LiveNode): boolean {
    const known = this.#latest.get(event.nodeId)?.event.facts.admin.sinceMs ?? 0;
    if (event.facts.admin.sinceMs < known) return false;
    this.#latest.set(event.nodeId, { event, order: ++this.#order });
    return true;
  }

  /** Where the news stands; taken before a question is asked, for `bringUpToDate` of its answer. */
  get mark(): number {
    return this.#order;
  }

  /** Whether something was told of the node since `mark` that knows of the operator's order of then, too. */
  hasToldSince(mark: number, nodeId: string, orderedMs: number): boolean {
    const news = this.#latest.get(nodeId);
    return news !== undefined && news.order > mark && news.event.facts.admin.sinceMs >= orderedMs;
  }

  /** The pool of an answer, with what was told of its nodes since `mark`: the answer may have been read before that. */
  bringUpToDate(pool: PoolView, mark: number): PoolView {
    const news = pool.nodes.map((node) => this.#latest.get(node.id)).filter((one) => one !== undefined);
    return withNodes(
      pool,
      news.filter(({ order }) => order > mark).map(({ event }) => event),
    );
  }
}

/** The page's one collection of news: its queries and its stream must speak of the same. */
export const nodeNews = new NodeNews();

/** The pool with the events' facts in it, of each node the last; the same object when it holds none of these nodes. */
export function withNodes(pool: PoolView, events: readonly LiveNode[]): PoolView {
  const newer = new Map(events.filter(({ poolId }) => poolId === pool.id).map((event) => [event.nodeId, event]));
  if (!pool.nodes.some((node) => newer.has(node.id))) return pool;
  const update = (node: NodeView): NodeView => {
    const event = newer.get(node.id);
    if (!event) return node;
    const { facts, status, statusReason } = event;
    return { ...node, facts, status, statusReason };
  };
  return { ...pool, nodes: pool.nodes.map(update) };
}
