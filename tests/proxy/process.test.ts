// The proxy as a process of its own: started from the files in the data directory, on a socket somebody else owns.
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import http from "node:http";
import net from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { ToControl, type ToProxy } from "#lib/contracts/bus.ts";
import { dataDir } from "#lib/store/data-dir.ts";
import { cleanUp, onCleanUp } from "./clean-up.ts";
import { request } from "./clients.ts";
import { makeDataDir, ownSocket, startProcess } from "./proxy-process.ts";
import { configOf, draining, runtimeOf, startNode } from "./rig.ts";

afterEach(cleanUp);

/** Processes take their time to start where machines are shared. */
const PATIENCE = { timeout: 60_000 };
vi.setConfig({ testTimeout: 120_000 });

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
  await vi.waitFor(() => expect(served).toBeGreaterThan(before + 50), PATIENCE);
  isOver = true;
  await Promise.all(loads);
  expect(code).toBe(0);
  expect(failed).toBe(0);
});

test("prefers nodes of the zone that its environment names", async () => {
  const [own, other] = [await startNode(), await startNode()];
  const nodes = [
    { url: own.url, zone: "eu-1" },
    { url: other.url, zone: "eu-2" },
  ];
  const root = await makeDataDir();
  await writeFile(dataDir(root).config, JSON.stringify(configOf([{ zonePreference: { enabled: true }, nodes }])));
  const { handle, port } = await ownSocket();
  await startProcess(root, handle.fd, 0, { GB_ZONE: " eu-1 " });
  for (let i = 0; i < 10; i++) await request(`http://127.0.0.1:${port}`);
  expect([own.hits, other.hits]).toEqual([10, 0]);
});

test("finishes what is in flight when asked to stop, and stops when its parent is gone", async () => {
  const held: http.ServerResponse[] = [];
  const node = await startNode((_request, response) => held.push(response));
  const root = await makeDataDir();
  await writeFile(dataDir(root).config, JSON.stringify(configOf([{ nodes: [{ url: node.url }] }])));
  const { handle, port } = await ownSocket();
  const child = await startProcess(root, handle.fd);
  const slow = request(`http://127.0.0.1:${port}`, { agent: new http.Agent({ keepAlive: true }) });
  await vi.waitFor(() => expect(held).toHaveLength(1), PATIENCE);
  child.disconnect();
  held[0]?.end("whole");
  const answer = await slow;
  expect(answer.body).toBe("whole");
  const [code] = await once(child, "exit");
  expect(code).toBe(0);
});

test("has the time it is given when another takes its place", async () => {
  const held: http.ServerResponse[] = [];
  const node = await startNode((_request, response) => held.push(response));
  const root = await makeDataDir();
  await writeFile(dataDir(root).config, JSON.stringify(configOf([{ nodes: [{ url: node.url }] }])));
  const { handle, port } = await ownSocket();
  const child = await startProcess(root, handle.fd, 0, { GB_RELOAD_DRAIN_MS: "1" });
  const slow = request(`http://127.0.0.1:${port}`);
  await vi.waitFor(() => expect(held).toHaveLength(1), PATIENCE);
  child.kill("SIGUSR2");
  expect(await slow).toMatchObject({ status: 503, body: expect.stringContaining("proxy-stopping") });
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
  await vi.waitFor(() => expect(messages[0]).toMatchObject({ type: "hello", process: 3 }), PATIENCE);

  const config = configOf([{ nodes: [{ id: node.id, url: node.url }] }], [], 7);
  tell({ type: "config", config });
  await vi.waitFor(
    () =>
      expect(messages).toContainEqual({
        type: "applied",
        revision: 7,
        tookMs: expect.any(Number),
        sinceMs: expect.any(Number),
      }),
    PATIENCE,
  );
  expect((await request(url)).body).toBe("ok");
  tell({ type: "nodes", nodes: [runtimeOf(node.id, draining())] });
  await vi.waitFor(async () => expect((await request(url)).status).toBe(503), PATIENCE);
  await vi.waitFor(
    () => expect(messages.some((m) => m.type === "frame" && m.frame.pools.length === 1)).toBe(true),
    PATIENCE,
  );

  await stop();
  messages.length = 0;
  onCleanUp(await startControl());
  await vi.waitFor(() => expect(messages[0]).toMatchObject({ type: "hello", process: 3 }), PATIENCE);
  await vi.waitFor(
    () => expect(messages[1]).toEqual({ type: "applied", revision: 7, sinceMs: expect.any(Number) }),
    PATIENCE,
  );
});
