// The proxy as a process of its own: started from the files in the data directory, on a socket somebody else owns.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { ToControl, type ToProxy } from "#lib/contracts/bus.ts";
import { dataDir } from "#lib/store/data-dir.ts";
import { cleanUp, onCleanUp } from "./clean-up.ts";
import { request } from "./clients.ts";
import { configOf, draining, runtimeOf, startNode } from "./rig.ts";

afterEach(cleanUp);

async function makeDataDir(): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), "gb-proxy-"));
  onCleanUp(() => rm(root, { recursive: true, force: true }));
  return root;
}

/** A listening socket that this process owns and never accepts from. */
async function ownSocket(): Promise<{ handle: { fd: number; close(): void }; port: number }> {
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

async function startProcess(root: string, listenFd: number, index = 0): Promise<ChildProcess> {
  const child = spawn(process.execPath, [path.resolve("workers/proxy/main.ts")], {
    env: {
      ...process.env,
      GB_DATA_DIR: root,
      GB_LISTEN_FD: "4",
      GB_PROXY_INDEX: String(index),
      GB_LOG_LEVEL: "warn",
    },
    stdio: ["ignore", "inherit", "inherit", "ipc", listenFd],
  });
  onCleanUp(() => void child.kill("SIGKILL"));
  const [message] = await once(child, "message");
  expect(message).toEqual({ type: "ready" });
  return child;
}

test("serves from the files on disk, and a replaced process refuses no connection", async () => {
  const node = await startNode();
  const root = await makeDataDir();
  await writeFile(dataDir(root).config, JSON.stringify(configOf([{ nodes: [{ url: node.url }] }])));
  const { handle, port } = await ownSocket();
  const url = `http://127.0.0.1:${port}`;
  const first = await startProcess(root, handle.fd);
  expect((await request(url)).body).toBe("ok");

  let failed = 0;
  let served = 0;
  let isOver = false;
  const load = async () => {
    while (!isOver)
      await request(url).then(
        () => served++,
        () => failed++,
      );
  };
  const loads = [load(), load(), load()];
  await startProcess(root, handle.fd, 1);
  first.kill("SIGTERM");
  const [code] = await once(first, "exit");
  const before = served;
  await vi.waitFor(() => expect(served).toBeGreaterThan(before + 50), { timeout: 5_000 });
  isOver = true;
  await Promise.all(loads);
  expect(code).toBe(0);
  expect(failed).toBe(0);
});

test("finishes what is in flight when asked to stop, and stops when its parent is gone", async () => {
  const held: http.ServerResponse[] = [];
  const node = await startNode((_request, response) => held.push(response));
  const root = await makeDataDir();
  await writeFile(dataDir(root).config, JSON.stringify(configOf([{ nodes: [{ url: node.url }] }])));
  const { handle, port } = await ownSocket();
  const child = await startProcess(root, handle.fd);
  const slow = request(`http://127.0.0.1:${port}`, { agent: new http.Agent({ keepAlive: true }) });
  await vi.waitFor(() => expect(held).toHaveLength(1));
  child.disconnect();
  held[0]?.end("whole");
  const answer = await slow;
  expect(answer.body).toBe("whole");
  const [code] = await once(child, "exit");
  expect(code).toBe(0);
});

test("talks to control over the bus, also when control comes late and comes back", async () => {
  const node = await startNode();
  const root = await makeDataDir();
  const { handle, port } = await ownSocket();
  await startProcess(root, handle.fd, 3);
  const url = `http://127.0.0.1:${port}`;
  expect((await request(url)).status).toBe(503);

  const messages: ToControl[] = [];
  let link: net.Socket | undefined;
  const startControl = async () => {
    const control = net.createServer((socket) => {
      link = socket;
      let text = "";
      socket.on("error", () => {});
      socket.on("data", (bytes) => {
        text += bytes;
        const lines = text.split("\n");
        text = lines.pop() ?? "";
        for (const line of lines) messages.push(ToControl.parse(JSON.parse(line)));
      });
    });
    await new Promise<void>((resolve) => control.listen(dataDir(root).bus, resolve));
    return async () => {
      link?.destroy();
      await new Promise((resolve) => control.close(resolve));
    };
  };
  const tell = (message: ToProxy) => link?.write(`${JSON.stringify(message)}\n`);
  const stop = await startControl();
  await vi.waitFor(() => expect(messages[0]).toMatchObject({ type: "hello", process: 3 }), { timeout: 5_000 });

  const config = configOf([{ nodes: [{ id: node.id, url: node.url }] }], [], 7);
  tell({ type: "config", config });
  await vi.waitFor(() => expect(messages).toContainEqual({ type: "applied", revision: 7 }));
  expect((await request(url)).body).toBe("ok");
  tell({ type: "nodes", nodes: [runtimeOf(node.id, draining())] });
  await vi.waitFor(async () => expect((await request(url)).status).toBe(503));
  await vi.waitFor(() => expect(messages.some((m) => m.type === "frame" && m.frame.pools.length === 1)).toBe(true), {
    timeout: 5_000,
  });

  await stop();
  messages.length = 0;
  onCleanUp(await startControl());
  await vi.waitFor(() => expect(messages[0]).toMatchObject({ type: "hello", process: 3 }), { timeout: 5_000 });
  await vi.waitFor(() => expect(messages[1]).toEqual({ type: "applied", revision: 7 }));
});
