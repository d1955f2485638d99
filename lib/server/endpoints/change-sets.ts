import {
  ChangeSetDetail,
  ChangeSetInput,
  ChangeSetPatch,
  ChangeSetQuery,
  ChangeSetSummary,
  OperationInput,
  OperationsInput,
  PublishedChangeSet,
  PublishInput,
  ResolveInput,
} from "#lib/contracts/change-sets.ts";
import { pageOf } from "#lib/contracts/common.ts";
import { published } from "#lib/server/answers.ts";
import { type Endpoint, param } from "#lib/server/endpoint.ts";
import { createChangeSet } from "#lib/services/change-sets/create-change-set.ts";
import {
  addOperations,
  discardChangeSet,
  removeOperation,
  renameChangeSet,
  replaceOperation,
} from "#lib/services/change-sets/edit-change-set.ts";
import { listChangeSets } from "#lib/services/change-sets/list-change-sets.ts";
import { publishChangeSet } from "#lib/services/change-sets/publish-change-set.ts";
import { getChangeSet } from "#lib/services/change-sets/read-change-set.ts";
import { resolveConflicts } from "#lib/services/change-sets/resolve-conflicts.ts";

const tag = "Change sets";
/** What an operation may do wrong. */
const OF_OPERATIONS = ["change-set-published", "not-found", "conflict"] as const;

/** What a document may do wrong that is valid but for what is in force. */
export const OF_DOCUMENT = ["duplicate-name", "conflict", "pool-in-use", "route-tie"] as const;
/** What a change set may do wrong that is to be published, to everybody or to a canary's clients. */
export const OF_CHANGE_SET = [
  "change-set-published",
  "change-set-conflicts",
  "nothing-to-publish",
  "unconfirmed-warnings",
  "stale-change-set",
  ...OF_DOCUMENT,
] as const;

export const CHANGE_SET_ENDPOINTS: Endpoint[] = [
  {
    method: "GET",
    path: "/change-sets",
    operationId: "listChangeSets",
    tag,
    summary: "Everybody's change sets, the newest first, with what each touches",
    role: "viewer",
    query: ChangeSetQuery,
    output: pageOf(ChangeSetSummary),
    handle: async ({ query }, actor) => ({ body: await listChangeSets(actor, query) }),
  },
  {
    method: "POST",
    path: "/change-sets",
    operationId: "createChangeSet",
    tag,
    summary: "Open a change set, with its first operations if wanted",
    description: "Nothing of it is in force before it is published.",
    role: "publisher",
    input: ChangeSetInput,
    output: ChangeSetSummary,
    status: 201,
    problems: ["not-found", "conflict"],
    handle: async ({ input }, actor) => {
      const made = await createChangeSet(actor, input);
      return { body: made, headers: { location: `/api/v1/change-sets/${made.id}` } };
    },
  },
  {
    method: "GET",
    path: "/change-sets/{id}",
    operationId: "getChangeSet",
    tag,
    summary: "What a change set would change if it were published now",
    description:
      "Its operations with their faults, the differences from what is in force field by field, each node's share of requests before and after, what others published meanwhile, conflicts with both sides, and warnings.",
    role: "viewer",
    output: ChangeSetDetail,
    handle: async (call, actor) => ({ body: await getChangeSet(actor, param(call, "id")) }),
  },
  {
    method: "PATCH",
    path: "/change-sets/{id}",
    operationId: "renameChangeSet",
    tag,
    summary: "Rename a change set",
    role: "publisher",
    input: ChangeSetPatch,
    output: ChangeSetSummary,
    problems: ["change-set-published"],
    handle: async (call, actor) => ({ body: await renameChangeSet(actor, param(call, "id"), call.input) }),
  },
  {
    method: "DELETE",
    path: "/change-sets/{id}",
    operationId: "discardChangeSet",
    tag,
    summary: "Discard an open change set",
    description: "Another's only with the role admin. A published one is kept.",
    role: "publisher",
    status: 204,
    problems: ["change-set-published"],
    handle: async (call, actor) => {
      await discardChangeSet(actor, param(call, "id"));
      return {};
    },
  },
  {
    method: "POST",
    path: "/change-sets/{id}/operations",
    operationId: "addOperations",
    tag,
    summary: "Add operations to a change set",
    description:
      "All of them or none; every fault is told. The endpoints of pools, nodes, routes and proxy settings do the same with `?changeSet=`.",
    role: "publisher",
    input: OperationsInput,
    output: ChangeSetSummary,
    problems: [...OF_OPERATIONS],
    handle: async (call, actor) => ({ body: await addOperations(actor, param(call, "id"), call.input) }),
  },
  {
    method: "PATCH",
    path: "/change-sets/{id}/operations/{operationId}",
    operationId: "replaceOperation",
    tag,
    summary: "Put another operation in the place of one",
    role: "publisher",
    input: OperationInput,
    output: ChangeSetSummary,
    problems: [...OF_OPERATIONS],
    handle: async (call, actor) => ({
      body: await replaceOperation(actor, param(call, "id"), param(call, "operationId"), call.input),
    }),
  },
  {
    method: "DELETE",
    path: "/change-sets/{id}/operations/{operationId}",
    operationId: "removeOperation",
    tag,
    summary: "Take an operation out of a change set",
    description: "Operations that build on it stay, and say that they cannot be carried out.",
    role: "publisher",
    output: ChangeSetSummary,
    problems: ["change-set-published"],
    handle: async (call, actor) => ({
      body: await removeOperation(actor, param(call, "id"), param(call, "operationId")),
    }),
  },
  {
    method: "POST",
    path: "/change-sets/{id}/resolve",
    operationId: "resolveConflicts",
    tag,
    summary: "Take one side of conflicts",
    description:
      "`mine` goes on over what was published, `theirs` gives the change set's side up. A conflict whose other side has changed again is another one.",
    role: "publisher",
    input: ResolveInput,
    output: ChangeSetSummary,
    problems: ["change-set-published"],
    handle: async (call, actor) => ({ body: await resolveConflicts(actor, param(call, "id"), call.input) }),
  },
  {
    method: "POST",
    path: "/change-sets/{id}/publish",
    operationId: "publishChangeSet",
    tag,
    summary: "Publish a change set as one revision",
    description:
      "Rebased on what is in force, all of it or nothing. `confirm` names the warnings that the publisher has seen; If-Match and `version` refuse what was not reviewed.",
    role: "publisher",
    input: PublishInput,
    output: PublishedChangeSet,
    problems: [...OF_CHANGE_SET],
    publishes: "now",
    handle: async (call, actor) =>
      published(await publishChangeSet(actor, param(call, "id"), call.input, call.ifMatch)),
  },
];
