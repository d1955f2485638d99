// The session that a request belongs to, in a pool whose sessions stick to a node. A pool without stickiness has none of this.
import type { FieldList } from "../http/own-answer.ts";
import type { RequestHead } from "../http/request-head.ts";
import type { ResponseHead } from "../http/response-head.ts";
import type { NodeState } from "../state/node-state.ts";

/** Who picks nodes for the request. */
export interface NodePicker {
  /** The node that it would go to if it had no session; null: none takes it now. */
  propose(): NodeState | null;
}
/** The request that is held up. */
export interface Held {
  /** Its session's node is known, as far as it can be. */
  goOn(): void;
}

export interface Session {
  /** The node that it is bound to, as far as is known: the first choice, if it takes the request. */
  readonly node: NodeState | null;
  /** The node that has what belongs to the session; null: none has, as far as is known. */
  readonly home: NodeState | null;
  /**
   * Finds out where the session belongs, before its first node is picked.
   * @returns whether others are asked first: then `held` goes on soon
   */
  find(picker: NodePicker, held: Held): boolean;
  /** The request without what is between the client and the proxy alone. */
  forNodes(head: RequestHead): RequestHead;
  /**
   * `by` answers, and the answer is about to be sent on. Binds the session to it, unless it failed.
   * @param connectionFields what nodes are told of the client's connection, serialised
   * @returns fields that the client gets besides; null: none
   */
  answered(by: NodeState, head: ResponseHead, connectionFields: string): FieldList | null;
  /** `by` answers in place of the session's home, which may yet come back: the session stays bound to that. */
  stoodInFor(by: NodeState, head: ResponseHead): void;
}

/** Of one pool, in one configuration. */
export interface Sessions {
  /** @param head as the client sent it */
  of(head: RequestHead): Session;
}
