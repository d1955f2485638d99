// The head of a request as one node gets it: what the node wants otherwise is laid over what is the same for all. It is made for
// each attempt anew, with what belonged to the node when the attempt chose its address: what is secret of one node, or of the
// server that it was before, never gets to another.
import type { ConfigNode } from "#lib/contracts/config.ts";
import { bareName, type Credentials, compileCredentials, queryWith } from "#lib/core/routing/credentials.ts";
import { compileEdits, type HeaderEdit } from "#lib/core/routing/header-edit.ts";
import { withEdit } from "../http/edit-fields.ts";
import type { RequestHead } from "../http/request-head.ts";
import { requestHead } from "../http/serialise.ts";
import type { NodeAddress } from "../upstream/address.ts";
import type { Attempt } from "./attempt.ts";
import type { AttemptOwner } from "./attempt-owner.ts";

/** What a node wants otherwise, made ready with its configuration. */
export interface HeadPart {
  readonly edit: HeaderEdit | null;
  readonly credentials: Credentials | null;
}

/** Null: nothing, which costs its requests nothing. */
export function headPartOf(config: ConfigNode): HeadPart | null {
  const edit = compileEdits(config.requestHeaders);
  const credentials = compileCredentials(config.credentials);
  return edit === null && credentials === null ? null : { edit, credentials };
}

export function nodeHead(owner: AttemptOwner, attempt: Attempt, address: NodeAddress, part: HeadPart | null): string {
  const head = part === null ? owner.head : headWith(owner.head, part);
  let fieldText = head.fields === owner.head.fields ? owner.fieldText : owner.fieldTextOf(head);
  if (part !== null && part.credentials !== null) fieldText += part.credentials.fields;
  // A node that is to be told another context, or none, is told no second one.
  if (owner.trace !== null && !part?.edit?.dropped.includes("traceparent")) fieldText += owner.trace.fieldFor(attempt);
  const host = attempt.node.pool.config.hostHeader === "keep" && head.authority !== "" ? head.authority : address.host;
  return requestHead(head, fieldText, host, address.basePath, owner.asksContinue);
}

/** The credentials' fields are not in it yet: they are text already. */
function headWith(head: RequestHead, { edit, credentials }: HeadPart): RequestHead {
  const edited = edit === null ? head : withEdit(head, edit);
  return credentials === null ? edited : madeRoom(edited, credentials);
}

/** Without the client's own fields of the same names, and with the parameters. */
function madeRoom(head: RequestHead, credentials: Credentials): RequestHead {
  const { headerNames, query } = credentials;
  const taken = headerNames.size === 0 ? [] : head.fields.names.filter((name) => headerNames.has(bareName(name)));
  const dropped = taken.map((name) => name.toLowerCase());
  const bare = dropped.length === 0 ? head : withEdit(head, { dropped, set: [], text: "" });
  return query === "" || head.path === "*" ? bare : { ...bare, query: queryWith(head.query, credentials) };
}
