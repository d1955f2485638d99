import type { Actor } from "#lib/contracts/access.ts";
import { type Role, roleAllows } from "#lib/contracts/common.ts";
import { ServiceError } from "#lib/contracts/problem.ts";

/** @throws {ServiceError} `forbidden`, naming the role that is needed. */
export function authorise(actor: Actor, needed: Role): void {
  if (roleAllows(actor.role, needed)) return;
  throw new ServiceError("forbidden", `This needs the role ${needed}; ${actor.name} has the role ${actor.role}.`);
}
