import { once } from "node:events";
import { afterEach, expect, test, vi } from "vitest";
import { cleanUp } from "./clean-up.ts";
import { load } from "./clients.ts";
import { startNodeProcess } from "./node-processes.ts";
import { configOf, startProxy } from "./rig.ts";

afterEach(cleanUp);

test.each([
  ["weighted-round-robin", "GET"],
  ["least-connections", "GET"],
  ["weighted-round-robin", "PUT"],
  ["consistent-hash", "GET"],
])("a node process killed under load fails not one idempotent request (%s, %s)", async (algorithm, method) => {
  const [a, b] = [await startNodeProcess(), await startNodeProcess()];
  const { url: proxyUrl, measured } = await startProxy(
    configOf([{ algorithm, hashKey: { from: "path" }, nodes: [a.asNode, b.asNode] }]),
  );
  const sent = load(proxyUrl, 2_000, 20, method);
  let seen = 0;
  await vi.waitFor(
    () => {
      seen += measured().pools[0]?.requests ?? 0;
      expect(seen).toBeGreaterThan(300);
    },
    { timeout: 15_000 },
  );
  a.child.kill("SIGKILL");
  await once(a.child, "exit");
  // It comes back, and is killed again, while the load goes on.
  const again = await startNodeProcess({ port: a.port });
  again.child.kill("SIGKILL");
  expect(await sent).toEqual(new Map([[200, 2_000]]));
});
