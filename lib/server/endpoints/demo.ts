import { DemoView } from "#lib/contracts/demo.ts";
import { EmptyInput } from "#lib/contracts/runtime.ts";
import type { Endpoint } from "#lib/server/endpoint.ts";
import { getDemo } from "#lib/services/demo/read-demo.ts";
import { startDemo } from "#lib/services/demo/start-demo.ts";
import { stopDemo } from "#lib/services/demo/stop-demo.ts";

const tag = "Demo fleet";

export const DEMO_ENDPOINTS: Endpoint[] = [
  {
    method: "GET",
    path: "/demo",
    operationId: "getDemo",
    tag,
    summary: "How it is with the demo fleet",
    description: "`refusal` says why none can be started here, if so.",
    role: "viewer",
    reach: "anybody",
    output: DemoView,
    handle: async (_, actor) => ({ body: await getDemo(actor) }),
  },
  {
    method: "POST",
    path: "/demo/start",
    operationId: "startDemo",
    tag,
    summary: "Start the demo fleet: sample pools, nodes and traffic",
    description:
      "A worker runs six nodes on loopback and sends bounded traffic through the proxy to `demo.localhost`; one node is slow now and then, " +
      "one dies now and then. Its two pools and routes are published as one revision. It goes on over restarts. Starting it again, " +
      "or by several at once, changes nothing more. `conflict` says why there can be none here.",
    role: "publisher",
    input: EmptyInput,
    output: DemoView,
    problems: ["conflict", "canary-running", "no-worker-answer", "duplicate-name", "route-tie"],
    handle: async ({ input }, actor) => ({ body: await startDemo(actor, input) }),
  },
  {
    method: "POST",
    path: "/demo/stop",
    operationId: "stopDemo",
    tag,
    summary: "Remove the demo fleet with everything that it made",
    description:
      "One revision without its pools, nodes and routes; its traffic and processes end with it. Other configuration, revisions, audit and " +
      "history stay. Refused (`pool-in-use`) while a route that somebody else made leads to one of its pools.",
    role: "publisher",
    input: EmptyInput,
    output: DemoView,
    problems: ["canary-running", "pool-in-use"],
    handle: async ({ input }, actor) => ({ body: await stopDemo(actor, input) }),
  },
];
