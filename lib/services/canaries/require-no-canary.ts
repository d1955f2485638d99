import { ServiceError } from "#lib/contracts/problem.ts";
import type { Db, Tx } from "#lib/store/db.ts";

/**
 * While a canary runs nobody publishes: it is compared with the revision in force, which must stay what it is.
 * @throws {ServiceError} `canary-running`
 */
export async function requireNoCanary(client: Db | Tx): Promise<void> {
  const running = await client.canary.findFirst({ where: { state: "running" }, select: { revision: true } });
  if (running === null) return;
  throw new ServiceError(
    "canary-running",
    `Revision ${running.revision} runs as a canary. Wait for its end, promote it or abort it, and publish then.`,
  );
}
