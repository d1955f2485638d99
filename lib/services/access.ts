import type { Actor } from "#lib/contracts/access.ts";
import { type Role, roleAllows } from "#lib/contracts/common.ts";
import { ServiceError } from "#lib/contracts/problem.ts";

/** For what concerns everything. @throws {ServiceError} `forbidden`, naming the role that is needed, or `out-of-scope`. */
export function authorise(actor: Actor, needed: Role): void {
  requireRole(actor, needed);
  if (actor.poolIds !== undefined)
    throw new ServiceError("out-of-scope", `This is not of one pool, and ${actor.name} is limited to some pools.`);
}

/** For what concerns one pool and its nodes. @throws {ServiceError} `forbidden` or `out-of-scope` */
export function authoriseInPool(actor: Actor, needed: Role, poolId: string): void {
  requireRole(actor, needed);
  if (!reaches(actor, poolId))
    throw new ServiceError("out-of-scope", `${actor.name} is limited to some pools, and this is not of one of them.`);
}

/**
 * For what has a part in each pool: the caller keeps to those that the actor `reaches`.
 * @throws {ServiceError} `forbidden`
 */
export function requireRole(actor: Actor, needed: Role): void {
  if (roleAllows(actor.role, needed)) return;
  throw new ServiceError("forbidden", `This needs the role ${needed}; ${actor.name} has the role ${actor.role}.`);
}

/** Whether a pool is among those that the actor is limited to, if to any. */
export const reaches = ({ poolIds }: Actor, poolId: string): boolean => poolIds?.includes(poolId) ?? true;

/** What belongs to somebody who signs in: a program with a token has no account. @throws {ServiceError} `people-only` */
export function requirePerson(actor: Actor): { id: string; sessionId: string } {
  const { kind, id, sessionId } = actor;
  if (kind === "user" && sessionId !== undefined) return { id, sessionId };
  throw new ServiceError("people-only", `${actor.name} is an API token: it has no account, password or sessions.`);
}
