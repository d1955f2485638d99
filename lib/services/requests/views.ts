// A stored request with the names of now: pools, routes and nodes that are gone have none.
import type { Actor } from "#lib/contracts/access.ts";
import { roleAllows } from "#lib/contracts/common.ts";
import type { ConfigDocument } from "#lib/contracts/config.ts";
import { type RequestDetail, RequestRecord, type RequestSummary } from "#lib/contracts/requests.ts";
import { kindOf, phasesOf } from "#lib/core/explain/attempts.ts";
import { routeName } from "#lib/core/routing/specificity.ts";
import type { StoredRequest } from "#lib/store/requests.ts";

/** Names by id. */
export class Names {
  readonly #names: ReadonlyMap<string, string>;

  constructor({ pools, routes }: ConfigDocument) {
    this.#names = new Map([
      ...pools.flatMap((pool) => [
        [pool.id, pool.name] as const,
        ...pool.nodes.map(({ id, name }) => [id, name] as const),
      ]),
      ...routes.map((route) => [route.id, routeName(route)] as const),
    ]);
  }

  of(id: string | null): string | null {
    return id === null ? null : (this.#names.get(id) ?? null);
  }
}

export function toSummary({ id, at, workerId, record }: StoredRequest, names: Names): RequestSummary {
  const { atMs: _, attempts, picks: __, clientAddress: ___, ...rest } = RequestRecord.parse(record);
  const nodeIds = attempts.map(({ nodeId }) => nodeId);
  return {
    ...rest,
    id: String(id),
    at: at.toISOString(),
    workerId,
    poolName: names.of(rest.poolId),
    routeName: names.of(rest.routeId),
    nodeIds,
    nodeNames: nodeIds.map((nodeId) => names.of(nodeId)),
  };
}

export function toDetail(stored: StoredRequest, names: Names, actor: Actor): RequestDetail {
  const { attempts, picks, clientAddress } = RequestRecord.parse(stored.record);
  return {
    ...toSummary(stored, names),
    clientAddress: roleAllows(actor.role, "operator") ? clientAddress : null,
    attempts: attempts.map((attempt, at) => ({
      ...attempt,
      nodeName: names.of(attempt.nodeId),
      kind: kindOf(attempts, at),
      phases: phasesOf(attempt),
    })),
    picks: picks.map((pick) => ({
      ...pick,
      candidates: pick.candidates.map((one) => ({ ...one, nodeName: names.of(one.nodeId) })),
    })),
  };
}
