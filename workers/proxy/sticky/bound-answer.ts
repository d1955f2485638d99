import { withFields } from "../http/edit-fields.ts";
import type { ResponseHead } from "../http/response-head.ts";
import type { NodeState } from "../state/node-state.ts";
import type { Session } from "./session.ts";

/**
 * Binds the session to the node `by`, whose answer is about to be sent on.
 * @param head as the node sent it @param told as the client would get it
 * @param connectionFields what nodes are told of the client's connection, serialised
 * @returns what the client gets now
 */
export function boundAnswer(
  session: Session,
  by: NodeState,
  head: ResponseHead,
  told: ResponseHead,
  connectionFields: string,
): ResponseHead {
  const fields = session.answered(by, head, connectionFields);
  return fields === null ? told : withFields(told, fields);
}
