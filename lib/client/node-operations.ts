// What the dashboard asks before nodes are taken out of service, and operations on many of them.
import type { QueryClient } from "@tanstack/react-query";
import { queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import type { BulkNodes, NodeChange } from "#lib/contracts/bulk.ts";
import type { NodeOperationResults, NodeOperationsInput, Preflight, Removal } from "#lib/contracts/node-operations.ts";
import type { AdminState } from "#lib/contracts/runtime.ts";
import type { NodeView } from "#lib/contracts/views.ts";
import { call } from "./api.ts";
import { takeNodeView } from "./node-actions.ts";
import { nodeNews } from "./node-news.ts";
import { confirming } from "./warning-question.ts";

/** What is in flight and who is left change while a dialog is open. */
const PREFLIGHT_EVERY_MS = 2_000;

export const preflightQuery = (nodeIds: readonly string[], action: Removal) =>
  queryOptions({
    queryKey: ["preflight", action, ...nodeIds],
    queryFn: ({ signal }) => call<Preflight>("/nodes/preflight", { method: "POST", body: { nodeIds, action }, signal }),
    refetchInterval: PREFLIGHT_EVERY_MS,
    staleTime: 0,
    gcTime: 0,
  });

/** Carries the operation out on each of the nodes; those that it changed are on screen at once. */
export async function operateNodes(
  client: QueryClient,
  input: z.input<typeof NodeOperationsInput>,
): Promise<NodeOperationResults> {
  const { mark } = nodeNews;
  const answer = await call<NodeOperationResults>("/nodes/operations", { method: "POST", body: input });
  for (const result of answer.results) if (result.ok) takeNodeView(client, result.node, mark);
  return answer;
}

/**
 * Many changes of nodes as one revision, or into the change set.
 * @param read ids of the warnings that the person has accepted already
 */
export const changeNodes = (
  changes: readonly NodeChange[],
  { changeSet, ifMatch }: { changeSet?: string; ifMatch?: number } = {},
  read: readonly string[] = [],
) =>
  confirming(
    (confirm) =>
      call<BulkNodes>("/nodes/bulk", { method: "POST", body: { changes }, query: { changeSet, confirm }, ifMatch }),
    read,
  );

export type NodesBefore = readonly Pick<NodeView, "id" | "name" | "facts">[];

/**
 * The orders that put nodes back into the admin states that they were in.
 * @param nowMs by the server's clock; of a drain as much time is left as it had
 * @param override also where too little is left to serve: only after that was said
 */
export function ordersBack(
  before: NodesBefore,
  nowMs: number,
  override = false,
): z.input<typeof NodeOperationsInput>[] {
  const states = Map.groupBy(before, ({ facts }) => facts.admin.state);
  const ids = (state: AdminState["state"]) => states.get(state)?.map(({ id }) => id) ?? [];
  const orders: z.input<typeof NodeOperationsInput>[] = [];
  const all = override ? { override } : {};
  if (ids("ready").length > 0) orders.push({ action: "ready", nodeIds: ids("ready") });
  if (ids("maintenance").length > 0) orders.push({ action: "maintenance", nodeIds: ids("maintenance"), ...all });
  for (const { id, facts } of states.get("drain") ?? []) {
    const { deadlineMs, keepSessions } = facts.admin;
    const timeoutMs = deadlineMs === null ? undefined : Math.max(0, Math.round(deadlineMs - nowMs));
    orders.push({ action: "drain", nodeIds: [id], keepSessions, timeoutMs, ...all });
  }
  return orders;
}
