// The process that a worker's control runs for the demo fleet: its nodes, on loopback, and its traffic. It knows no secret, and ends with
// whoever started it.
import type { DemoPorts } from "#lib/contracts/demo.ts";
import { DEMO_HOST, DEMO_POOLS } from "#lib/core/demo/fleet.ts";
import { FLEET, startNode } from "./fleet.ts";
import { ToDemo } from "./messages.ts";
import { sendTraffic } from "./traffic.ts";

/** Enough for charts with a shape, little for a laptop. */
const MEAN_PER_SECOND = 30;

const stopping = new AbortController();
let proxyUrl = "";
let traffic: AbortController | null = null;

async function start(ports: DemoPorts): Promise<void> {
  const nodes = DEMO_POOLS.flatMap((pool) => pool.nodes);
  const listening = await Promise.all(
    nodes.map(async ({ id, name }) => {
      const node = FLEET.find((each) => each.name === name);
      if (!node) throw new Error(`The demo's node ${name} has no behaviour`);
      return [id, (await startNode(node, stopping.signal, ports[id])).port] as const;
    }),
  );
  process.send?.({ type: "listening", ports: Object.fromEntries(listening) });
}

function setTraffic(isOn: boolean): void {
  if (isOn === (traffic !== null)) return;
  traffic?.abort();
  traffic = isOn ? new AbortController() : null;
  const counts = { sent: 0, answered: 0, failed: 0, skipped: 0 };
  if (traffic) void sendTraffic(proxyUrl, DEMO_HOST, MEAN_PER_SECOND, counts, traffic.signal);
}

process.on("message", (given) => {
  const message = ToDemo.parse(given);
  if (message.type === "traffic") return setTraffic(message.isOn);
  proxyUrl = message.proxyUrl;
  start(message.ports).catch((cause: Error) => {
    process.send?.({ type: "fault", message: cause.message }, () => process.exit(1));
  });
});
process.on("SIGTERM", () => process.exit(0));
process.on("disconnect", () => process.exit(0));
