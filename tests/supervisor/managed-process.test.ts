import net from "node:net";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, expect, test, vi } from "vitest";
import { bindListeningSocket } from "#workers/supervisor/listening-socket.ts";
import { ManagedProcess, type ProcessSpec } from "#workers/supervisor/managed-process.ts";
import { freePort } from "#workers/supervisor/ports.ts";
import { isAlive } from "./support.ts";

const fixture = path.join(import.meta.dirname, "fixtures/child.mjs");
const started: ManagedProcess[] = [];
afterEach(() => Promise.all(started.splice(0).map((one) => one.stop())));

function manage(behaviour: () => string, options: { fd?: number; graceMs?: number } = {}) {
  const spec: ProcessSpec = {
    name: "fixture",
    command: () => ({
      file: process.execPath,
      args: [fixture, behaviour()],
      options: { stdio: ["ignore", "inherit", "inherit", "ipc", options.fd ?? "ignore"] },
    }),
    ready: "message",
    stop: [{ signal: "SIGTERM", graceMs: options.graceMs ?? 5_000 }],
  };
  const one = new ManagedProcess(spec);
  started.push(one);
  return one;
}

test("a child that is killed is replaced at once", async () => {
  const one = manage(() => "idles");
  await one.start();
  const first = one.pid as number;
  process.kill(first, "SIGKILL");
  await vi.waitFor(() => expect(one.pid).not.toBe(first), { timeout: 2_000 });
  await vi.waitFor(() => expect(isAlive(one.pid as number)).toBe(true));
});

test("a child that dies at every start is tried again until it lives", async () => {
  let starts = 0;
  const one = manage(() => (++starts < 3 ? "dies" : "idles"));
  await one.start();
  expect(starts).toBe(3);
  expect(isAlive(one.pid as number)).toBe(true);
});

test("a program that cannot be started at all is tried again, and stop ends the trying", async () => {
  let tries = 0;
  const one = new ManagedProcess({
    name: "missing",
    command: () => {
      tries++;
      return { file: "/nonexistent/program", args: [], options: {} };
    },
    ready: "message",
    stop: [],
  });
  void one.start();
  await vi.waitFor(() => expect(tries).toBeGreaterThanOrEqual(2), { timeout: 5_000 });
  await one.stop();
  expect(one.pid).toBeUndefined();
});

test("a stopped child stays stopped, and one that ignores SIGTERM is killed in the end", async () => {
  const one = manage(() => "stubborn", { graceMs: 100 });
  await one.start();
  const pid = one.pid as number;
  await one.stop();
  expect(isAlive(pid)).toBe(false);
  expect(one.pid).toBeUndefined();
});

test("no connection is refused while every process that accepts is replaced", async () => {
  const port = await freePort();
  const socket = await bindListeningSocket("127.0.0.1", port);
  const one = manage(() => "accepts", { fd: socket.fd });
  await one.start();
  const ask = () => text(net.connect(port, "127.0.0.1"));
  const first = one.pid as number;
  expect(await ask()).toBe(String(first));
  process.kill(first, "SIGKILL");
  await vi.waitFor(() => expect(isAlive(first)).toBe(false));
  const answers = await Promise.all(Array.from({ length: 20 }, ask));
  expect(new Set(answers)).toEqual(new Set([String(one.pid)]));
  expect(one.pid).not.toBe(first);
  socket.close();
});

test("a socket that somebody else listens on is refused, by name", async () => {
  const server = net.createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as net.AddressInfo;
  await expect(bindListeningSocket("127.0.0.1", port)).rejects.toThrow(`127.0.0.1:${port} is taken`);
  server.close();
});
