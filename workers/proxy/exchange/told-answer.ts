import type { ResponseHead } from "../http/response-head.ts";
import type { Passage } from "../route/passage.ts";
import type { NodeState } from "../state/node-state.ts";
import { boundAnswer } from "../sticky/bound-answer.ts";
import type { Session } from "../sticky/session.ts";

/**
 * The head of the node `by`'s answer as the client gets it: what its route makes of it, and what binds its session.
 * @param connectionFields what nodes are told of the client's connection, serialised
 */
export function toldAnswer(
  head: ResponseHead,
  by: NodeState,
  passage: Passage | null,
  session: Session | null,
  connectionFields: string,
): ResponseHead {
  const told = passage === null ? head : passage.answer(head);
  return session === null ? told : boundAnswer(session, by, head, told, connectionFields);
}
