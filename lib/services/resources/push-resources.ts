import type { Actor } from "#lib/contracts/access.ts";
import { resourcesExpireMs } from "#lib/contracts/config.ts";
import { ServiceError } from "#lib/contracts/problem.ts";
import { MIN_PUSH_MS, type NodeResources, PushResourcesInput, type ResourceReading } from "#lib/contracts/resources.ts";
import { currentResources, type ToldResources } from "#lib/core/resources/current.ts";
import { memoryOf } from "#lib/core/resources/reading.ts";
import { authoriseInPool, requireRole } from "#lib/services/access.ts";
import { currentHead, findNode, notFound } from "#lib/services/head.ts";
import { parse } from "#lib/services/parse.ts";
import { writeAudit } from "#lib/store/audit.ts";
import { db } from "#lib/store/db.ts";
import { lockForPush, readTold, writePush } from "#lib/store/resources.ts";

/**
 * Takes what an agent tells of a node's resources. The audit has who begins to push, and who takes over: an entry each five
 * seconds would bury everything else in it.
 * @returns what is known of the node afterwards
 * @throws {ServiceError} `conflict` where the node's pool is not pushed to, `too-many-requests` for pushes too close together
 */
export async function pushResources(actor: Actor, nodeId: string, input: unknown): Promise<NodeResources> {
  requireRole(actor, "operator");
  const { pool, node } = findNode((await currentHead()).document, nodeId);
  authoriseInPool(actor, "operator", pool.id);
  const pushed = parse(PushResourcesInput, input);
  const name = `${pool.name} / ${node.name}`;
  const { resources: settings } = pool;
  if (settings.source !== "push")
    throw new ServiceError("conflict", `${name} is not pushed to: resources.source of its pool is ${settings.source}.`);
  return db().$transaction(async (tx) => {
    const turn = await lockForPush(tx, nodeId);
    if (!turn) throw notFound("node", nodeId);
    if (turn.isTooSoon) throw tooSoon(name);
    const before = (await readTold(tx, [nodeId])).get(nodeId);
    const told: ToldResources = { source: "push", atMs: turn.nowMs, by: actor.name, reading: readingOf(pushed) };
    await writePush(tx, { nodeId, ...told });
    if (!isGoingOn(before, actor, turn.nowMs, settings.intervalMs))
      await writeAudit(tx, actor, [
        {
          action: "node.push-resources",
          targetKind: "node",
          targetId: nodeId,
          poolId: pool.id,
          targetName: name,
          after: pushed,
        },
      ]);
    return currentResources({ nodeId, poolId: pool.id, settings }, told, turn.nowMs);
  });
}

/** The same agent, without a pause long enough for what it told to be too old. */
function isGoingOn(before: ToldResources | undefined, { name }: Actor, nowMs: number, intervalMs: number): boolean {
  if (before?.source !== "push" || before.by !== name) return false;
  return nowMs < resourcesExpireMs(before.atMs, { intervalMs });
}

function readingOf({ cpuRatio, memoryUsedBytes, memoryLimitBytes, queueBacklog }: PushResourcesInput): ResourceReading {
  const missing = { state: "missing", reason: "not-pushed", detail: "" } as const;
  return {
    cpu: cpuRatio === null ? missing : { state: "known", ratio: cpuRatio, of: "agent" },
    memory: memoryUsedBytes === null ? missing : memoryOf(memoryUsedBytes, memoryLimitBytes, "agent"),
    backlog: queueBacklog === null ? missing : { state: "known", waiting: queueBacklog },
  };
}

const tooSoon = (name: string): ServiceError =>
  new ServiceError("too-many-requests", `${name} was pushed less than ${MIN_PUSH_MS} ms ago.`, {
    retryAfterMs: MIN_PUSH_MS,
  });
