// What a route does to one request that it lets through to its pool, and to its answer.
import type { RouteHedge } from "#lib/contracts/config.ts";
import { withEdit, withFields } from "../http/edit-fields.ts";
import type { FieldList } from "../http/own-answer.ts";
import type { RequestHead } from "../http/request-head.ts";
import type { ResponseHead } from "../http/response-head.ts";
import type { RouteState } from "./route-state.ts";

export class Passage {
  /** As the client sent it: what balancing by a header or the path goes by. */
  readonly clientHead: RequestHead;
  /** As nodes get it, before their own edits. */
  readonly nodeHead: RequestHead;
  readonly #route: RouteState;
  readonly #limitFields: FieldList | null;
  #bodyLeft: number;

  /** @param limitFields what the client is told of its rate limit */
  constructor(route: RouteState, head: RequestHead, limitFields: FieldList | null) {
    this.#route = route;
    this.#limitFields = limitFields;
    this.clientHead = head;
    this.nodeHead = route.forNodes(head);
    this.#bodyLeft = route.maxBodyBytes;
  }

  get requestClass(): string {
    return this.#route.requestClass;
  }
  get hedge(): RouteHedge {
    return this.#route.hedge;
  }

  /** A piece of the request's body came. @returns whether it is too large now */
  takeBody(bytes: number): boolean {
    this.#bodyLeft -= bytes;
    return this.#bodyLeft < 0;
  }

  /** It turned out too large. */
  tooLarge(): void {
    this.#route.counts.tooLarge++;
  }

  /** The answer as the client gets it. */
  answer(head: ResponseHead): ResponseHead {
    const { answerEdit } = this.#route;
    const edited = answerEdit === null ? head : withEdit(head, answerEdit);
    return this.#limitFields === null ? edited : withFields(edited, this.#limitFields);
  }
}
