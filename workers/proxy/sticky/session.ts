// The session that a request belongs to, in a pool whose sessions stick to a node. A pool without stickiness has none of this.
import type { FieldList } from "../http/own-answer.ts";
import type { RequestHead } from "../http/request-head.ts";
import type { ResponseHead } from "../http/response-head.ts";
import type { NodeState } from "../state/node-state.ts";

export interface Session {
  /** The node that it is bound to, as far as is known: the first choice, if it takes the request. */
  readonly node: NodeState | null;
  /** The request without what is between the client and the proxy alone. */
  forNodes(head: RequestHead): RequestHead;
  /**
   * `by` answers, and the answer is about to be sent on. Binds the session to it, unless it failed.
   * @param connectionFields what nodes are told of the client's connection, serialised
   * @returns fields that the client gets besides; null: none
   */
  answered(by: NodeState, head: ResponseHead, connectionFields: string): FieldList | null;
}

/** Of one pool, in one configuration. */
export interface Sessions {
  /** @param head as the client sent it */
  of(head: RequestHead): Session;
}
