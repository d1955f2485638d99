import type { ResponseHead } from "../http/response-head.ts";
import type { Passage } from "../route/passage.ts";
import { boundAnswer } from "../sticky/bound-answer.ts";
import type { Attempts } from "./attempts.ts";

/**
 * The head of the current node's answer as the client gets it: what its route makes of it, and what binds its session.
 * @param connectionFields what nodes are told of the client's connection, serialised
 */
export function toldAnswer(
  head: ResponseHead,
  attempts: Attempts,
  passage: Passage | null,
  connectionFields: string,
): ResponseHead {
  const told = passage === null ? head : passage.answer(head);
  const { current, session } = attempts;
  if (session === null || current === null) return told;
  if (attempts.isStandIn) {
    session.stoodInFor(current.node, head);
    return told;
  }
  return boundAnswer(session, current.node, head, told, connectionFields);
}
