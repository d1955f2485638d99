import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { cleanUp, onCleanUp } from "./clean-up.ts";
import { load } from "./clients.ts";
import { configOf, startProxy } from "./rig.ts";

afterEach(cleanUp);

async function startNodeProcess(port = 0): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(path.resolve("tests/proxy/node-process.ts"), [String(port)]);
  onCleanUp(() => void child.kill("SIGKILL"));
  const [listening] = await once(child, "message");
  return { child, port: listening as number };
}

test.each([
  ["weighted-round-robin", "GET"],
  ["least-connections", "GET"],
  ["weighted-round-robin", "PUT"],
  ["consistent-hash", "GET"],
])("a node process killed under load fails not one idempotent request (%s, %s)", async (algorithm, method) => {
  const [a, b] = [await startNodeProcess(), await startNodeProcess()];
  const url = (node: { port: number }) => `http://127.0.0.1:${node.port}`;
  const { url: proxyUrl, measured } = await startProxy(
    configOf([{ algorithm, hashKey: { from: "path" }, nodes: [{ url: url(a) }, { url: url(b) }] }]),
  );
  const sent = load(proxyUrl, 2_000, 20, method);
  let seen = 0;
  await vi.waitFor(() => {
    seen += measured().pools[0]?.requests ?? 0;
    expect(seen).toBeGreaterThan(300);
  });
  a.child.kill("SIGKILL");
  await once(a.child, "exit");
  // It comes back, and is killed again, while the load goes on.
  const again = await startNodeProcess(a.port);
  again.child.kill("SIGKILL");
  expect(await sent).toEqual(new Map([[200, 2_000]]));
});
