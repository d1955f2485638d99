// A proxy process of its own, on a socket that this process owns, as under the supervisor.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "vitest";
import { dataDir } from "#lib/store/data-dir.ts";
import { onCleanUp } from "./clean-up.ts";
import { configOf, type PoolDraft } from "./rig.ts";

export async function makeDataDir(): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), "gb-proxy-"));
  onCleanUp(() => rm(root, { recursive: true, force: true }));
  return root;
}

/** A listening socket that this process owns and never accepts from. */
export async function ownSocket(): Promise<{ handle: { fd: number; close(): void }; port: number }> {
  const probe = net.createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as net.AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  const { _createServerHandle: create } = net as unknown as {
    _createServerHandle(address: string, port: number, type: number): { fd: number; close(): void };
  };
  const handle = create("127.0.0.1", port, 4);
  onCleanUp(() => handle.close());
  return { handle, port };
}

export async function startProcess(
  root: string,
  listenFd: number,
  index = 0,
  more: Record<string, string> = {},
): Promise<ChildProcess> {
  const child = spawn(process.execPath, [path.resolve("workers/proxy/main.ts")], {
    env: {
      ...process.env,
      GB_DATA_DIR: root,
      GB_LISTEN_FD: "4",
      GB_PROXY_INDEX: String(index),
      GB_LOG_LEVEL: "warn",
      ...more,
    },
    stdio: ["ignore", "inherit", "inherit", "ipc", listenFd],
  });
  onCleanUp(() => void child.kill("SIGKILL"));
  const [message] = await once(child, "message");
  expect(message).toEqual({ type: "ready" });
  return child;
}

/** A data directory with a configuration of these pools. */
export async function writeConfig(pools: PoolDraft[]): Promise<string> {
  const root = await makeDataDir();
  await writeFile(dataDir(root).config, JSON.stringify(configOf(pools)));
  return root;
}
