import { pageOf } from "#lib/contracts/common.ts";
import { LedgerEntry, LedgerQuery } from "#lib/contracts/ledger.ts";
import { RequestExplanation, RequestPage, RequestQuery } from "#lib/contracts/requests.ts";
import { type Endpoint, param } from "#lib/server/endpoint.ts";
import { listLedger } from "#lib/services/read-ledger.ts";
import { explainRequest, listRequests } from "#lib/services/requests/read-requests.ts";

export const REQUEST_ENDPOINTS: Endpoint[] = [
  {
    method: "GET",
    path: "/requests",
    operationId: "listRequests",
    tag: "Observation",
    summary: "Single requests that were kept, newest first",
    description:
      "All that failed, were retried or hedged, or were slow, and a sample of the others (each pool's `recording` says which). " +
      "`status` may be a class such as `5xx`. `dropped`: how many of the last hour were lost, as there were too many. " +
      "Headers and bodies are never kept; of queries only what the pool's settings let through.",
    role: "viewer",
    reach: "pools",
    query: RequestQuery,
    output: RequestPage,
    handle: async ({ query }, actor) => ({ body: await listRequests(actor, query) }),
  },
  {
    method: "GET",
    path: "/requests/{id}",
    operationId: "explainRequest",
    tag: "Observation",
    summary: "Explain a request by its id",
    description:
      "`id` is the X-Request-Id of its answer, which error answers also hold as `requestId`. Tells the route, the revision, " +
      "each attempt with the times of its phases, and the nodes that could have had it, or why not, as they were when it " +
      "was picked (samples) or when an attempt had failed. Under an id that clients sent more than once, the newest is first. " +
      "Only operators are told the client's address.",
    role: "viewer",
    reach: "pools",
    output: RequestExplanation,
    problems: ["not-found"],
    handle: async (call, actor) => ({ body: await explainRequest(actor, decoded(param(call, "id"))) }),
  },
  {
    method: "GET",
    path: "/ledger",
    operationId: "listLedger",
    tag: "Observation",
    summary: "The traffic ledger: every shift of a node's share of its pool's requests, with its cause, newest first",
    description:
      "`shareBefore` and `shareAfter` are parts of the pool's requests, 0–1. `byNodeId`: the node that the cause is of, when it " +
      "is another one. Steps of warm-ups and of weights are told when they add up to 5 points.",
    role: "viewer",
    reach: "pools",
    query: LedgerQuery,
    output: pageOf(LedgerEntry),
    handle: async ({ query }, actor) => ({ body: await listLedger(actor, query) }),
  },
];

/** Ids may hold anything that is visible: in a path it is escaped. */
function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
