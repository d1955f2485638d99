// What an endpoint is. Handlers and the OpenAPI document are made from the same descriptions, so that neither can say
// something that the other does not.
import type { z } from "zod";
import type { Actor } from "#lib/contracts/access.ts";
import type { Role } from "#lib/contracts/common.ts";
import type { ApiProblemCode } from "#lib/contracts/problem.ts";
import type { Confirmation } from "#lib/contracts/publishing.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** One request, read as far as HTTP goes; services parse `query` and `input` themselves. */
export type Call = {
  params: Record<string, string>;
  query: Record<string, string>;
  /** The JSON body; `{}` without one. For an endpoint that takes `text`, a `TextBody`. */
  input: unknown;
  /** What the caller would like to get, as it says. */
  accept: string;
  /** From If-Match: the revision that the caller has seen. */
  ifMatch?: number;
  /** From `?changeSet=`, where the endpoint knows it: what is asked is asked of that. */
  changeSet?: string;
  /** From `?confirm=`, where the endpoint knows it: warnings that the publisher has read and accepts. */
  confirm?: Confirmation;
  /** Where the request comes from. */
  address: string | null;
  /** Of what `streams`: what its caller identified itself with, as a hash; "" for others. */
  credential: string;
  signal: AbortSignal;
};

/** A body that is read as text, and its type without parameters. */
export type TextBody = { text: string; type: string };

export type Answer = {
  /** Left out: no content. */
  body?: unknown;
  /** Instead of a body: text of another type than JSON as we write it. */
  text?: { type: string; content: string };
  /** Instead of a body: bytes as they come, of the type that the endpoint `streams`. */
  stream?: ReadableStream<Uint8Array>;
  headers?: Record<string, string>;
};

type Description = {
  method: Method;
  /** Below /api/v1; `{id}` stands for one segment. */
  path: string;
  operationId: string;
  tag: string;
  summary: string;
  description?: string;
  input?: z.ZodType;
  /** The body is text, in one of these types, which the service reads by itself; `input` describes what it says. */
  text?: { types: readonly string[]; maxBytes: number };
  query?: z.ZodType;
  output?: z.ZodType;
  /** Status when all is well; 200 unless said. */
  status?: 200 | 201 | 204;
  /** Codes it answers besides those that every endpoint of its kind may. */
  problems?: ApiProblemCode[];
  /**
   * Publishes a revision: takes If-Match, answers GB-Revision and GB-Converged. Where `?changeSet=` names a change set it goes
   * into that instead; not so with `now`.
   */
  publishes?: boolean | "now";
  /** Takes `?confirm=`, as all that publishes do which take `?changeSet=`. */
  confirmsInQuery?: boolean;
  /** Reads configuration, also as a change set (`?changeSet=`) would make it. */
  readsChangeSet?: boolean;
  /** Types of the answer besides JSON. */
  alsoAnswers?: readonly string[];
  /** Not JSON: the type of what is streamed. */
  streams?: string;
  /** While the database is lost, when nobody's identity can be read; null: that it is lost. */
  whileLost?: (call: Pick<Call, "credential" | "signal">) => Answer | null;
};
/** `role: null`: for everybody, without an identity. */
export type OpenEndpoint = Description & { role: null; handle: (call: Call) => Promise<Answer> };
/**
 * What a call reaches; `everything` unless said, which is closed to tokens that are limited to some pools. `pools`: one pool,
 * or a part of each, and the service keeps to those of the token. `person`: the account of whoever is signed in.
 */
export type Reach = "everything" | "pools" | "anybody" | "person";
export type GuardedEndpoint = Description & {
  role: Role;
  reach?: Reach;
  handle: (call: Call, actor: Actor) => Promise<Answer>;
};
export type Endpoint = OpenEndpoint | GuardedEndpoint;

/** The value of a path parameter that `path` names: dispatch has put it there. */
export function param(call: Call, name: string): string {
  const value = call.params[name];
  if (value === undefined) throw new Error(`The path has no parameter ${name}`);
  return value;
}

/** Where a mutation of configuration goes: over the revision that the caller has seen, or into a change set. */
export const targetOf = ({ ifMatch, changeSet, confirm }: Call): Pick<Call, "ifMatch" | "changeSet" | "confirm"> => ({
  ifMatch,
  changeSet,
  confirm,
});

/** Whether it takes `?changeSet=`. */
export const takesChangeSet = ({ publishes, readsChangeSet }: Description): boolean =>
  publishes === true || readsChangeSet === true;

/** Whether it takes `?confirm=`; what else publishes has it in its body. */
export const takesConfirm = ({ publishes, confirmsInQuery }: Description): boolean =>
  publishes === true || confirmsInQuery === true;
