import type { Actor } from "#lib/contracts/access.ts";
import { CanaryEndInput, type CanaryReason, type CanaryView } from "#lib/contracts/canary.ts";
import { CanarySettings } from "#lib/contracts/config.ts";
import { ServiceError } from "#lib/contracts/problem.ts";
import { authorise } from "#lib/services/access.ts";
import { evidenceNow, readCanary } from "#lib/services/canaries/read-canaries.ts";
import { waitForWorkers } from "#lib/services/convergence.ts";
import { parse } from "#lib/services/parse.ts";
import { writeAudit } from "#lib/store/audit.ts";
import { endCanary } from "#lib/store/canary/canaries.ts";
import { db, type Tx } from "#lib/store/db.ts";

type End = { to: "promoted" | "rolled-back"; verdict: "promote" | "roll-back"; reason: CanaryReason; action: string };
const PROMOTE: End = { to: "promoted", verdict: "promote", reason: "by-hand", action: "canary.promote" };
const ABORT: End = { to: "rolled-back", verdict: "roll-back", reason: "aborted", action: "canary.abort" };

/**
 * Puts the canary in force for everybody, whatever was measured: somebody takes the responsibility.
 * @throws {ServiceError} `not-found`, or `canary-over`
 */
export const promoteCanary = (actor: Actor, id: string, input: unknown): Promise<CanaryView> =>
  end(actor, id, input, PROMOTE);

/** Has everybody go by the revision in force again. @throws {ServiceError} `not-found`, or `canary-over` */
export const abortCanary = (actor: Actor, id: string, input: unknown): Promise<CanaryView> =>
  end(actor, id, input, ABORT);

async function end(actor: Actor, id: string, input: unknown, how: End): Promise<CanaryView> {
  authorise(actor, "publisher");
  const { note } = parse(CanaryEndInput, input);
  const { revision } = await readCanary(id);
  await db().$transaction((tx) => commit(tx, actor, id, note, how));
  if (how.to === "promoted") await waitForWorkers(revision);
  return readCanary(id);
}

async function commit(tx: Tx, actor: Actor, id: string, note: string, { to, verdict, reason, action }: End) {
  const row = await tx.canary.findUniqueOrThrow({
    where: { id },
    include: { tallies: true, evidence: { orderBy: { step: "desc" }, take: 1 } },
  });
  const evidence = { ...evidenceNow(row, CanarySettings.parse(row.settings)), verdict, reason, poolId: null };
  const ended = await endCanary(tx, row, { to, reason, detail: note, by: actor.name, evidence });
  if (!ended) throw over();
  const { requests } = evidence.canary;
  await writeAudit(tx, actor, [
    {
      action,
      targetKind: "canary",
      targetId: id,
      targetName: `r${row.revision}`,
      revision: row.revision,
      after: { requests, ...(note !== "" && { note }) },
    },
  ]);
}

const over = () => new ServiceError("canary-over", "The canary is over already.");
