// One click: a worker starts the nodes and tells their ports, then one revision brings the pools. Whoever else clicks meanwhile waits for
// the same, and finds it done.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Actor } from "#lib/contracts/access.ts";
import { CHANNELS } from "#lib/contracts/bus.ts";
import { NodeInput, PoolInput, RouteInput } from "#lib/contracts/config.ts";
import { DEMO_AWAY_AFTER_MS, type DemoPorts, type DemoRefusal, type DemoView } from "#lib/contracts/demo.ts";
import type { ConfigOperation } from "#lib/contracts/operations.ts";
import { ServiceError } from "#lib/contracts/problem.ts";
import { EmptyInput } from "#lib/contracts/runtime.ts";
import { DEMO_HOST, DEMO_POOLS, demoNodeUrl, demoRemoval, haveAllPorts, isWhole } from "#lib/core/demo/fleet.ts";
import { authorise } from "#lib/services/access.ts";
import { applyOrThrow } from "#lib/services/apply.ts";
import { requireNoCanary } from "#lib/services/canaries/require-no-canary.ts";
import { getDemo, refusalNow } from "#lib/services/demo/read-demo.ts";
import { parse } from "#lib/services/parse.ts";
import { publishDraft } from "#lib/services/publish.ts";
import { writeAudit } from "#lib/store/audit.ts";
import { db } from "#lib/store/db.ts";
import { readDemo } from "#lib/store/demo.ts";
import { notify } from "#lib/store/notify.ts";

/** How long a worker may take to start the nodes: it starts a process for them. */
const PATIENCE_MS = 20_000;
const LOOK_MS = 100;
/** What a demo is like was decided when it was written: whoever wants it is not asked about its weights. */
const ITS_OWN = { confirm: "all", scope: "brought" } as const;
const ABOUT = "Demo fleet: sample nodes on this machine with traffic of their own. Remove it from the banner.";

const REFUSED: Record<DemoRefusal, string> = {
  "turned-off": "The demo fleet is turned off here (GB_DEMO=off).",
  "no-worker": "No worker is alive that could run the demo's nodes.",
  "several-hosts":
    "Workers run on several hosts, and the demo's nodes listen on loopback: the workers of all hosts but one would not reach them.",
  "npm-demo":
    "npm run demo shows the same fleet, or left it behind: end it with Ctrl-C, or delete its pools demo-orders and demo-search.",
};

/**
 * Starts the demo fleet, or finds it running.
 * @throws {ServiceError} `conflict` with why there can be none here, `no-worker-answer` when its nodes did not start in time,
 *   `canary-running`, or what publishing its pools says: `duplicate-name`, `route-tie`
 */
export async function startDemo(actor: Actor, input: unknown = {}): Promise<DemoView> {
  authorise(actor, "publisher");
  parse(EmptyInput, input);
  const before = await getDemo(actor);
  if (before.state === "running") return before;
  const refusal = await refusalNow();
  if (refusal !== null) throw new ServiceError("conflict", REFUSED[refusal]);
  await requireNoCanary(db());
  const { runId, isOurs } = await begin(actor);
  try {
    await publishDemo(actor, runId, await portsOf(runId));
  } catch (cause) {
    if (isOurs) await giveUp(runId);
    throw cause;
  }
  return getDemo(actor);
}

/** Wants a demo, unless somebody does already. */
async function begin(actor: Actor): Promise<{ runId: string; isOurs: boolean }> {
  return db().$transaction(async (tx) => {
    const mine = await tx.demoFleet.createMany({
      data: [{ runId: randomUUID(), startedBy: actor.name }],
      skipDuplicates: true,
    });
    await notify(tx, CHANNELS.demo, "");
    const { runId } = await tx.demoFleet.findFirstOrThrow({ select: { runId: true } });
    return { runId, isOurs: mine.count > 0 };
  });
}

async function giveUp(runId: string): Promise<void> {
  await db().$transaction(async (tx) => {
    await tx.demoFleet.deleteMany({ where: { runId, configuredAt: null } });
    await notify(tx, CHANNELS.demo, "");
  });
}

/** Waits until a worker runs the nodes. */
async function portsOf(runId: string): Promise<DemoPorts> {
  const untilMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const { demo, nowMs } = await readDemo(db());
    if (demo?.runId !== runId) throw ended();
    const isThere = demo.seenAtMs !== null && nowMs - demo.seenAtMs < DEMO_AWAY_AFTER_MS;
    if (isThere && demo.fault === "" && haveAllPorts(demo.ports)) return demo.ports;
    if (performance.now() >= untilMs)
      throw new ServiceError(
        "no-worker-answer",
        `No worker has started the demo's nodes in time.${demo.fault ? ` ${demo.fault}` : ""}`,
      );
    await sleep(LOOK_MS);
  }
}

const ended = () => new ServiceError("conflict", "The demo fleet was removed, or could not be started, meanwhile.");

async function publishDemo(actor: Actor, runId: string, ports: DemoPorts): Promise<void> {
  await publishDraft(actor, undefined, async (tx, { document }) => {
    const known = await tx.$queryRaw<{ configured: boolean }[]>`
      SELECT configured_at IS NOT NULL AS configured FROM demo_fleet WHERE run_id = ${runId}::uuid FOR UPDATE`;
    if (!known[0]) throw ended();
    const operations = isWhole(document, ports) ? [] : [...demoRemoval(document), ...demoCreation(ports)];
    if (!known[0].configured || operations.length > 0) {
      await tx.demoFleet.updateMany({ where: { runId }, data: { configuredAt: new Date() } });
      await writeAudit(tx, actor, [{ action: "demo.start", targetKind: "demo", targetId: null, targetName: "" }]);
    }
    await notify(tx, CHANNELS.demo, runId);
    const next = applyOrThrow(document, operations);
    return { document: next, operations, asks: ITS_OWN, action: "demo.start", target: "" };
  });
}

const demoCreation = (ports: DemoPorts): ConfigOperation[] =>
  DEMO_POOLS.flatMap(({ id, routeId, name, algorithm, pathPrefix, labels, nodes }): ConfigOperation[] => [
    {
      op: "pool.create",
      id,
      // The flaky node is back for a minute and a half at a time: a visitor is to see its ramp to the end.
      pool: PoolInput.parse({
        name,
        algorithm,
        description: ABOUT,
        labels,
        healthCheck: { intervalMs: 2_000, timeoutMs: 1_500 },
        warmUp: { windowMs: 30_000 },
      }),
    },
    ...nodes.map(
      (node): ConfigOperation => ({
        op: "node.create",
        id: node.id,
        poolId: id,
        node: NodeInput.parse({
          name: node.name,
          url: demoNodeUrl(ports, node.id),
          weight: node.weight,
          labels: node.labels,
        }),
      }),
    ),
    {
      op: "route.create",
      id: routeId,
      route: RouteInput.parse({ name, match: { host: DEMO_HOST, pathPrefix }, poolId: id }),
    },
  ]);
