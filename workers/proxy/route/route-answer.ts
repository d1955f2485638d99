// What a route answers by itself, made ready when the configuration is applied.
import type { ConfigRoute } from "#lib/contracts/config.ts";
import type { HeaderEdit } from "#lib/core/routing/header-edit.ts";
import { compileRedirect, redirectLocation } from "#lib/core/routing/redirect.ts";
import { normalPrefix } from "#lib/core/routing/specificity.ts";
import type { FieldList, OwnAnswer } from "../http/own-answer.ts";
import type { RequestHead } from "../http/request-head.ts";

export type RouteAnswer = (head: RequestHead) => OwnAnswer;

const NOTHING = Buffer.alloc(0);

/** Answers of the route; null when it leads to a pool. @param edit of the fields of its answers */
export function routeAnswer({ action, match }: ConfigRoute, edit: HeaderEdit | null): RouteAnswer | null {
  if (action === null) return null;
  if (action.kind === "redirect") {
    const { status } = action;
    const redirect = compileRedirect(action.location, normalPrefix(match.pathPrefix));
    return (head) => ({
      status,
      fields: edited([["Location", redirectLocation(redirect, head)]], edit),
      body: NOTHING,
    });
  }
  const body = Buffer.from(action.body);
  const type: FieldList = body.length > 0 ? [["Content-Type", action.contentType]] : [];
  const answer = { status: action.status, fields: edited([...type, ...Object.entries(action.headers)], edit), body };
  return () => answer;
}

function edited(fields: FieldList, edit: HeaderEdit | null): FieldList {
  if (edit === null) return fields;
  return [...fields.filter(([name]) => !edit.dropped.includes(name.toLowerCase())), ...edit.set];
}
