// A check by hand. Only workers reach nodes, so it is asked of all of them over PostgreSQL: nothing is stored but the audit,
// as the answer is worth something only to whoever waits for it.
import { randomUUID } from "node:crypto";
import type { Actor } from "#lib/contracts/access.ts";
import { CHANNELS } from "#lib/contracts/bus.ts";
import { CHECK_LEVELS, type ConfigPool } from "#lib/contracts/config.ts";
import { ServiceError } from "#lib/contracts/problem.ts";
import { EmptyInput, ProbeAnswer, type ProbeResult } from "#lib/contracts/runtime.ts";
import type { ProbeView } from "#lib/contracts/views.ts";
import { authoriseInPool, requireRole } from "#lib/services/access.ts";
import { currentHead, findNode } from "#lib/services/head.ts";
import { parse } from "#lib/services/parse.ts";
import { nodeViews } from "#lib/services/views.ts";
import { writeAudit } from "#lib/store/audit.ts";
import { db } from "#lib/store/db.ts";
import { subscribe } from "#lib/store/notifications.ts";
import { readLiveWorkers } from "#lib/store/workers.ts";

/** Beyond the time that the checks themselves may take. */
const SLACK_MS = 2_000;
const MAX_PATIENCE_MS = 60_000;

/**
 * Checks all levels of a node now, by every live worker, and waits for what they find. It counts as any other check, but of
 * a node in maintenance, or of a pool whose checks are off, it counts for nothing.
 * @throws {ServiceError} `forbidden`, `not-found`, `conflict` when no worker is alive, `no-worker-answer` when none answers
 */
export async function probeNode(actor: Actor, id: string, input: unknown = {}): Promise<ProbeView> {
  requireRole(actor, "operator");
  parse(EmptyInput, input);
  const found = findNode((await currentHead()).document, id);
  authoriseInPool(actor, "operator", found.pool.id);
  const workers = await readLiveWorkers(db());
  if (workers.size === 0) throw new ServiceError("conflict", "No worker is alive that could check the node.");
  const results = await ask(id, workers, patienceMs(found.pool.healthCheck));
  if (results.length === 0)
    throw new ServiceError("no-worker-answer", `No worker has told what it found at ${found.node.name} in time.`);
  await db().$transaction((tx) =>
    writeAudit(tx, actor, [
      {
        action: "node.probe",
        targetKind: "node",
        targetId: id,
        poolId: found.pool.id,
        targetName: `${found.pool.name} / ${found.node.name}`,
        before: null,
        after: { results: results.map(({ passed, levels }) => ({ passed, levels: levels.map(told) })) },
      },
    ]),
  );
  const [node] = await nodeViews([found]);
  return { node: node as ProbeView["node"], results };
}

const told = ({ level, reason }: ProbeResult["levels"][number]): string => `${level}: ${reason}`;

/** A check may wait for one that is under way, and each level may take its whole time. */
function patienceMs(check: ConfigPool["healthCheck"]): number {
  const longest = CHECK_LEVELS.reduce((sum, level) => sum + (check[level].timeoutMs ?? check.timeoutMs), 0);
  return Math.min(2 * longest + SLACK_MS, MAX_PATIENCE_MS);
}

/** Resolves when all of `workers` have answered, or with what came in time. */
function ask(nodeId: string, workers: ReadonlySet<string>, forMs: number): Promise<ProbeResult[]> {
  const request = randomUUID();
  const results = new Map<string, ProbeResult>();
  return new Promise((resolve, reject) => {
    let isAsked = false;
    const finish = () => {
      clearTimeout(timer);
      unsubscribe();
      resolve([...results.values()]);
    };
    const timer = setTimeout(finish, forMs);
    const unsubscribe = subscribe({
      // Asked once LISTEN is in force, or the answer could be missed.
      onConnected: () => {
        if (isAsked) return;
        isAsked = true;
        db().$executeRaw`SELECT pg_notify(${CHANNELS.probe}, ${`${request} ${nodeId}`})`.catch((cause) => {
          reject(cause);
          finish();
        });
      },
      onNotification: (channel, payload) => {
        if (channel !== CHANNELS.probed || !payload.includes(request)) return;
        const answer = ProbeAnswer.safeParse(JSON.parse(payload));
        if (!answer.success || !workers.has(answer.data.result.workerId)) return;
        results.set(answer.data.result.workerId, answer.data.result);
        if (results.size === workers.size) finish();
      },
    });
  });
}
