// npm run demo: a living dashboard one minute after cloning. Works on the running product through its public REST API,
// and removes what it made when it ends.
import { readEnvironment } from "#lib/contracts/env.ts";
import { DEMO_HOST } from "#lib/core/demo/fleet.ts";
import { httpAddress } from "../supervisor/address.ts";
import { type DemoApi, demoApi } from "./api.ts";
import { FLEET, startNode } from "./fleet.ts";
import { requireNoOther, setUp, tearDown } from "./set-up.ts";
import { demoToken } from "./token.ts";
import { sendTraffic, type TrafficCounts } from "./traffic.ts";

const MEAN_PER_SECOND = 120;
const REPORT_MS = 10_000;

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopping.abort());
process.on("disconnect", () => stopping.abort());

async function run() {
  const env = readEnvironment(process.env);
  const web = httpAddress(env.GB_WEB_BIND, env.GB_WEB_PORT);
  const proxy = httpAddress(env.GB_PROXY_BIND, env.GB_PROXY_PORT);
  const { token, revoke } = await demoToken(env);
  const api = demoApi(web, token);
  await withFleet(api, async () => {
    console.log(
      `Demo traffic flows through ${proxy}. Watch it on ${web}; Ctrl-C ends it and removes the demo's pools.`,
    );
    const counts: TrafficCounts = { sent: 0, answered: 0, failed: 0, skipped: 0 };
    const report = setInterval(() => console.log(line(counts)), REPORT_MS);
    await sendTraffic(proxy, DEMO_HOST, MEAN_PER_SECOND, counts, stopping.signal);
    clearInterval(report);
    console.log(line(counts));
  }).finally(revoke);
}

async function withFleet(api: DemoApi, use: () => Promise<void>) {
  await requireNoOther(api);
  const nodes = await Promise.all(FLEET.map(async (spec) => ({ spec, ...(await startNode(spec, stopping.signal)) })));
  try {
    await tearDown(api);
    await setUp(api, nodes);
    await use();
  } finally {
    stopping.abort();
    await tearDown(api).catch((error: Error) => console.error(`The demo could not remove its pools: ${error.message}`));
    await Promise.all(nodes.map((node) => node.stop()));
  }
}

const line = (c: TrafficCounts) =>
  `sent ${c.sent}, answered ${c.answered}, failed ${c.failed}${c.skipped ? `, skipped ${c.skipped} (500 unanswered)` : ""}`;

run().then(
  () => process.exit(0),
  (error: Error & { code?: string }) => {
    const hint = error.code === "ECONNREFUSED" ? "Is Gemini Balance running? Start it with npm start." : error.message;
    console.error(`The demo cannot run. ${hint}`);
    process.exit(1);
  },
);
