// Alerts through an outage of the database: what began and what ended meanwhile is told afterwards, each once, and what was told
// before is not told again. A real control process and real nodes, a database behind a relay that is cut, a receiver that counts.
import { afterEach, expect, test } from "vitest";
import { WorkerLive } from "#lib/contracts/views.ts";
import { notificationRig } from "./notification-rig.ts";
import { receiver } from "./receivers.ts";
import {
  cleanups,
  control,
  cuttable,
  documentOf,
  eventually,
  NODES,
  node,
  publish,
  quickPool,
  temporaryDataDir,
} from "./support.ts";

const after = cleanups();
afterEach(after.run);

type Told = { event: string; alert: { rule: string; nodeName: string | null } };

test("no alert is lost and none is repeated, neither in the history nor at whom it is told", async () => {
  const rig = await notificationRig(after);
  const { received, state, url } = await receiver(after);
  await rig.channel({ kind: "webhook", url: `${url}/hook`, signingSecret: "a-signing-secret-of-24-or-more" });
  const told = (): string[] =>
    received
      .flatMap(({ json }) => (json as { data: { events: Told[] } }).data.events)
      .filter(({ alert }) => alert.rule === "health-check-failed")
      .map(({ event, alert }) => `${alert.nodeName} ${event}`)
      .sort();
  const history = async (): Promise<string[]> => {
    const { rows } = await rig.db.query("SELECT node_name, state FROM alert WHERE rule = 'health-check-failed'");
    return rows.map(({ node_name, state }) => `${node_name} ${state}`).sort();
  };

  const nodes = { before: await node(after), during: await node(after), later: await node(after) };
  const pool = quickPool(Object.entries(nodes).map(([name, { url }], at) => ({ id: NODES[at] as string, name, url })));
  await publish(rig.db, 1, documentOf(pool));
  const relay = await cuttable(after, rig.url);
  const { adminPort } = await control(after, {
    databaseUrl: relay.url,
    dir: await temporaryDataDir(after),
    notifications: rig.options(),
  });
  const down = async (): Promise<string[]> => {
    const live = WorkerLive.parse(await (await fetch(`http://127.0.0.1:${adminPort}/live`)).json());
    const isDown = (at: number) => live.nodes.some(({ nodeId, status }) => nodeId === NODES[at] && status === "down");
    return Object.keys(nodes).filter((_, at) => isDown(at));
  };
  // The outage begins between a message and its being written down: what is not known to be sent must not be sent again.
  state.onReceived = relay.cut;
  await nodes.before.stop();
  await eventually(() => expect(told()).toEqual(["before fired"]), 15_000);
  state.onReceived = () => {};
  expect(await history()).toEqual(["before firing"]);
  await nodes.before.start();
  await nodes.during.stop();
  await eventually(async () => expect(await down()).toEqual(["during"]), 15_000);
  relay.mend();

  const both = ["before fired", "before resolved", "during fired"];
  await eventually(async () => {
    expect(await history()).toEqual(["before resolved", "during firing"]);
    expect(told()).toEqual(both);
  }, 20_000);

  // Another outage, in which nothing changes. Whatever came of it would have come before the alert that follows it.
  relay.cut();
  expect(await down()).toEqual(["during"]);
  relay.mend();
  await nodes.later.stop();
  await eventually(async () => expect(told()).toContain("later fired"), 20_000);
  expect(told()).toEqual([...both, "later fired"]);
  expect(await history()).toEqual(["before resolved", "during firing", "later firing"]);
}, 90_000);
