import type { Actor } from "#lib/contracts/access.ts";
import { CHANNELS } from "#lib/contracts/bus.ts";
import type { DemoView } from "#lib/contracts/demo.ts";
import { EmptyInput } from "#lib/contracts/runtime.ts";
import { demoRemoval } from "#lib/core/demo/fleet.ts";
import { authorise } from "#lib/services/access.ts";
import { applyOrThrow } from "#lib/services/apply.ts";
import { getDemo } from "#lib/services/demo/read-demo.ts";
import { parse } from "#lib/services/parse.ts";
import { publishDraft } from "#lib/services/publish.ts";
import { writeAudit } from "#lib/store/audit.ts";
import { notify } from "#lib/store/notify.ts";

/** What is left behind is what was there without the demo. */
const ITS_OWN = { confirm: "all", scope: "brought" } as const;

/**
 * Removes the demo fleet in one revision: its routes, its pools with their nodes, and, as that is in force, its traffic, its processes
 * and what fires of it. Whatever else is configured stays. Without a demo nothing happens.
 * @throws {ServiceError} `pool-in-use` while a route that somebody else made leads to one of its pools, or `canary-running`
 */
export async function stopDemo(actor: Actor, input: unknown = {}): Promise<DemoView> {
  authorise(actor, "publisher");
  parse(EmptyInput, input);
  await publishDraft(actor, undefined, async (tx, { document }) => {
    const { count } = await tx.demoFleet.deleteMany({});
    const operations = demoRemoval(document);
    if (count > 0 || operations.length > 0) {
      await writeAudit(tx, actor, [{ action: "demo.stop", targetKind: "demo", targetId: null, targetName: "" }]);
      await notify(tx, CHANNELS.demo, "");
    }
    const next = applyOrThrow(document, operations);
    return { document: next, operations, asks: ITS_OWN, action: "demo.stop", target: "" };
  });
  return getDemo(actor);
}
