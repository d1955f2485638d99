import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { ProxyFleet } from "#workers/supervisor/proxy-fleet.ts";
import { isAlive } from "./support.ts";

const fixture = path.join(import.meta.dirname, "fixtures/child.mjs");
let fleet: ProxyFleet;
afterEach(() => fleet.stop());

/** A fleet whose process number `index` behaves as `behaviour` says. */
function makeFleet(behaviour: (index: number) => string) {
  return new ProxyFleet(
    (index) => ({
      name: `proxy ${index}`,
      command: () => ({
        file: process.execPath,
        args: [fixture, behaviour(index)],
        options: { stdio: ["ignore", "inherit", "inherit", "ipc"] },
      }),
      ready: "message",
      stop: [{ signal: "SIGTERM", graceMs: 5_000 }],
      dismiss: [{ signal: "SIGUSR2", graceMs: 3_600_000 }],
    }),
    () => {},
  );
}
const names = () => fleet.processes.map(({ name }) => name);
const pids = () => fleet.processes.map(({ pid }) => pid as number);

test("every process is replaced by one with an index of its own, and there are as many as asked for", async () => {
  fleet = makeFleet(() => "idles");
  await fleet.start(2);
  const before = pids();
  await fleet.replace(3);
  await fleet.allLeft();
  expect(names()).toEqual(["proxy 2", "proxy 3", "proxy 4"]);
  expect(before.filter(isAlive)).toEqual([]);
  await fleet.replace(1);
  await fleet.allLeft();
  expect(names()).toEqual(["proxy 5"]);
});

test("what cannot serve replaces nothing, and is not tried for ever", async () => {
  fleet = makeFleet((index) => (index < 2 ? "idles" : "dies"));
  await fleet.start(2);
  const before = pids();
  await expect(fleet.replace(2)).rejects.toThrow(/^proxy 2 ended/);
  expect(pids()).toEqual(before);
  expect(before.every(isAlive)).toBe(true);
});

test("a replacement that served once is kept alive like any other", async () => {
  fleet = makeFleet(() => "idles");
  await fleet.start(1);
  await fleet.replace(1);
  const [first] = pids();
  process.kill(first as number, "SIGKILL");
  await expect.poll(() => pids()[0], { timeout: 5_000 }).not.toBe(first);
  await expect.poll(() => isAlive(pids()[0] ?? 0), { timeout: 5_000 }).toBe(true);
});

test("a fleet that is stopped starts no more", async () => {
  fleet = makeFleet(() => "idles");
  await fleet.start(1);
  const replaced = fleet.replace(4).catch((error: Error) => error.message);
  await fleet.stop();
  expect(await replaced).toBe("proxy 1 is stopped");
  expect(fleet.processes).toEqual([]);
});

test("one that is replaced has its own time to leave, and less when the product stops", async () => {
  fleet = makeFleet(() => "lingers");
  await fleet.start(1);
  const [old] = pids();
  await fleet.replace(1);
  expect(names()).toEqual(["proxy 1", "proxy 0"]);
  expect(isAlive(old as number)).toBe(true);
  await fleet.stop();
  expect(isAlive(old as number)).toBe(false);
  expect(fleet.processes).toEqual([]);
});
