import {
  CanaryDetail,
  CanaryEndInput,
  CanaryInput,
  CanaryOfChangeSetInput,
  CanaryOfRevisionInput,
  CanaryView,
} from "#lib/contracts/canary.ts";
import { PageQuery, pageOf } from "#lib/contracts/common.ts";
import { type Answer, type Endpoint, param } from "#lib/server/endpoint.ts";
import { OF_CHANGE_SET, OF_DOCUMENT } from "#lib/server/endpoints/change-sets.ts";
import { abortCanary, promoteCanary } from "#lib/services/canaries/end-canary.ts";
import { getCanary, listCanaries } from "#lib/services/canaries/read-canaries.ts";
import { startCanary, startCanaryOfRevision } from "#lib/services/canaries/start-canary.ts";
import { startCanaryOfChangeSet } from "#lib/services/canaries/start-canary-of-change-set.ts";

const tag = "Canaries";
const ABOUT =
  "A share of the clients, the same ones at every worker, is served by it. It is promoted when its time is up and it is as good " +
  "as the revision in force by the limits of its settings, and rolled back when it is worse or was met by too few requests. " +
  "Until then nothing else is published.";
const CONFIRMED =
  "`confirm` has the ids of the warnings that the publisher has read: others are answered with 409 `unconfirmed-warnings`.";

/** The revision in force is what it was: every worker runs it. */
const started = (canary: CanaryView): Answer => ({
  body: canary,
  headers: {
    location: `/api/v1/canaries/${canary.id}`,
    "gb-revision": String(canary.baseRevision),
    "gb-converged": "true",
  },
});

export const CANARY_ENDPOINTS: Endpoint[] = [
  {
    method: "POST",
    path: "/change-sets/{id}/canary",
    operationId: "startCanaryOfChangeSet",
    tag,
    summary: "Publish a change set to a share of the clients first",
    description: `${ABOUT} The change set is published with its canary, unless it was edited meanwhile; after a roll-back it is open as before. \`confirm\` and \`version\` as of a publish.`,
    role: "publisher",
    input: CanaryOfChangeSetInput,
    output: CanaryView,
    status: 201,
    publishes: "now",
    problems: [...OF_CHANGE_SET],
    handle: async (call, actor) =>
      started(await startCanaryOfChangeSet(actor, param(call, "id"), call.input, { ifMatch: call.ifMatch })),
  },
  {
    method: "POST",
    path: "/revisions/{number}/canary",
    operationId: "startCanaryOfRevision",
    tag,
    summary: "Try an earlier configuration with a share of the clients",
    description: `${ABOUT} ${CONFIRMED}`,
    role: "publisher",
    input: CanaryOfRevisionInput,
    output: CanaryView,
    status: 201,
    publishes: "now",
    problems: ["conflict", "unconfirmed-warnings"],
    handle: async (call, actor) =>
      started(await startCanaryOfRevision(actor, param(call, "number"), call.input, { ifMatch: call.ifMatch })),
  },
  {
    method: "POST",
    path: "/canaries",
    operationId: "startCanary",
    tag,
    summary: "Try a changed configuration with a share of the clients",
    description: `${ABOUT} ${CONFIRMED}`,
    role: "publisher",
    input: CanaryInput,
    output: CanaryView,
    status: 201,
    publishes: "now",
    problems: [...OF_DOCUMENT, "not-found", "unconfirmed-warnings"],
    handle: async (call, actor) => started(await startCanary(actor, call.input, { ifMatch: call.ifMatch })),
  },
  {
    method: "GET",
    path: "/canaries",
    operationId: "listCanaries",
    tag,
    summary: "Canaries, the one that started last first",
    description: "Only the first may be running; its evidence is that of now.",
    role: "viewer",
    query: PageQuery,
    output: pageOf(CanaryView),
    handle: async ({ query }, actor) => ({ body: await listCanaries(actor, query) }),
  },
  {
    method: "GET",
    path: "/canaries/{id}",
    operationId: "getCanary",
    tag,
    summary: "A canary, and the evidence of its whole run",
    role: "viewer",
    output: CanaryDetail,
    handle: async (call, actor) => ({ body: await getCanary(actor, param(call, "id")) }),
  },
  {
    method: "POST",
    path: "/canaries/{id}/promote",
    operationId: "promoteCanary",
    tag,
    summary: "Put a canary in force for everybody now",
    description: "Whatever was measured until now, which is kept with it.",
    role: "publisher",
    input: CanaryEndInput,
    output: CanaryView,
    problems: ["canary-over"],
    handle: async (call, actor) => ({ body: await promoteCanary(actor, param(call, "id"), call.input) }),
  },
  {
    method: "POST",
    path: "/canaries/{id}/abort",
    operationId: "abortCanary",
    tag,
    summary: "Roll a canary back now",
    role: "publisher",
    input: CanaryEndInput,
    output: CanaryView,
    problems: ["canary-over"],
    handle: async (call, actor) => ({ body: await abortCanary(actor, param(call, "id"), call.input) }),
  },
];
