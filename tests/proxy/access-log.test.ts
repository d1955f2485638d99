// The access log of a real proxy: what is in it, that it goes on when its file is moved away, and that it holds nothing up.
import fs from "node:fs";
import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test, vi } from "vitest";
import { AccessLogSettings } from "#lib/contracts/config.ts";
import { requestRecord } from "#tests/support/requests.ts";
import { AccessLog, MAX_BUFFERED } from "#workers/proxy/explain/access-log.ts";
import { onCleanUp } from "./clean-up.ts";
import { request } from "./clients.ts";
import { configOf, startNode, startProxy } from "./rig.ts";

async function fileFor() {
  const dir = await mkdtemp(path.join(tmpdir(), "gb-access-"));
  onCleanUp(() => rm(dir, { recursive: true, force: true }));
  return path.join(dir, "access.log");
}
const linesOf = async (file: string) =>
  (await readFile(file, "utf8").catch(() => ""))
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
const patience = { timeout: 20_000, interval: 20 };
const ALL = AccessLogSettings.parse({ enabled: true });

async function loggingProxy(accessLog: object, recording: object = {}) {
  const file = await fileFor();
  const node = await startNode((seen, response) => response.writeHead(seen.url === "/bad" ? 500 : 200).end("hello"));
  const config = configOf([{ nodes: [{ id: node.id, url: node.url }], retry: { maxRetries: 0 }, recording }]);
  Object.assign(config.document.proxy, { accessLog: AccessLogSettings.parse(accessLog) });
  const proxy = await startProxy(config, {}, { accessLog: new AccessLog(file, 3) });
  return { ...proxy, file, node };
}

test("every request is a line with its node, attempts, phases, bytes, revision and no header, at a ratio of 1", async () => {
  const proxy = await loggingProxy({ enabled: true }, { enabled: false });
  const headers = { authorization: "Bearer s3cret", "x-request-id": "logged" };
  await request(`${proxy.url}/a?key=s3cret`, { headers });
  await vi.waitFor(async () => expect(await linesOf(proxy.file)).toHaveLength(1), patience);
  const [line] = await linesOf(proxy.file);
  expect(line).toMatchObject({
    type: "access",
    process: "proxy-3",
    requestId: "logged",
    method: "GET",
    path: "/a",
    query: "?key=…",
    status: 200,
    why: [],
    revision: 1,
    nodeId: proxy.node.id,
    bytesOut: 5,
    clientAddress: "127.0.0.1",
  });
  expect(line.attempts[0].phasesMs.firstByte).toBeGreaterThanOrEqual(0);
  expect(await readFile(proxy.file, "utf8")).not.toContain("s3cret");
});

test("errors are all in it when nothing else is, without what was turned off", async () => {
  const proxy = await loggingProxy({ enabled: true, sampleRatio: 0, slowMs: 0, clientAddress: false, attempts: false });
  await request(`${proxy.url}/good`);
  await request(`${proxy.url}/bad`);
  await vi.waitFor(async () => expect(await linesOf(proxy.file)).toHaveLength(1), patience);
  const [line] = await linesOf(proxy.file);
  expect(line).toMatchObject({ path: "/bad", status: 500, why: ["failed"], cause: "status-500" });
  expect(Object.keys(line)).not.toContain("clientAddress");
  expect(Object.keys(line)).not.toContain("attempts");
});

test("it is off unless it is turned on", async () => {
  const proxy = await loggingProxy({});
  await request(`${proxy.url}/bad`);
  await proxy.server.stop(0);
  expect(fs.existsSync(proxy.file)).toBe(false);
});

test("a file that is moved away is begun anew, and no line is lost", async () => {
  const file = await fileFor();
  const log = new AccessLog(file);
  log.configure(ALL);
  log.write(requestRecord({ requestId: "before" }));
  await vi.waitFor(async () => expect(await linesOf(file)).toHaveLength(1), patience);
  await rename(file, `${file}.1`);
  let written = 1;
  await vi.waitFor(async () => {
    log.write(requestRecord({ requestId: "after" }));
    written++;
    expect((await linesOf(file)).length).toBeGreaterThan(0);
  }, patience);
  await vi.waitFor(async () => {
    expect((await linesOf(file)).length + (await linesOf(`${file}.1`)).length).toBe(written);
  }, patience);
  log.stop();
});

test("while its file cannot be written lines wait up to a bound, and what does not fit is counted in the log itself", async () => {
  const file = await fileFor();
  // A file in the place of its folder: it cannot be opened.
  const folder = `${file}.d`;
  await writeFile(folder, "");
  const log = new AccessLog(path.join(folder, "access.log"));
  log.configure(ALL);
  const big = requestRecord({ path: `/${"x".repeat(2_000)}` });
  const many = Math.ceil(MAX_BUFFERED / 2_000);
  for (let i = 0; i < many; i++) log.write(big);
  await rm(folder);
  await fs.promises.mkdir(folder);
  const inFile = () => linesOf(path.join(folder, "access.log"));
  await vi.waitFor(async () => expect((await inFile()).at(-1)?.type).toBe("access-dropped"), patience);
  const lines = await inFile();
  expect(lines.length - 1 + lines.at(-1).count).toBe(many);
  log.stop();
});

test("stopping writes what came while lines were being written", async () => {
  const file = await fileFor();
  const log = new AccessLog(file);
  log.configure(ALL);
  const write = fs.write;
  let isUnderWay = false;
  // The first write is on its way for as long as it takes a second line to come.
  const slow = vi.spyOn(fs, "write").mockImplementationOnce(((...all: Parameters<typeof fs.write>) => {
    isUnderWay = true;
    setImmediate(() => setImmediate(() => (write as (...given: unknown[]) => void)(...all)));
  }) as never);
  log.write(requestRecord({ requestId: "first" }));
  await vi.waitFor(() => expect(isUnderWay).toBe(true), { timeout: 20_000, interval: 0 });
  log.write(requestRecord({ requestId: "second" }));
  await log.stop();
  slow.mockRestore();
  expect((await linesOf(file)).map(({ requestId }) => requestId)).toEqual(["first", "second"]);
});

test("stopping a proxy leaves no line behind", async () => {
  const proxy = await loggingProxy({ enabled: true });
  for (let i = 0; i < 20; i++) await request(`${proxy.url}/${i}`);
  await proxy.server.stop(0);
  expect(await linesOf(proxy.file)).toHaveLength(20);
});

test("a pool has a share of its own, and a route before it", async () => {
  const file = await fileFor();
  const node = await startNode();
  const poolId = crypto.randomUUID();
  const pool = { id: poolId, nodes: [{ id: node.id, url: node.url }], recording: { logRatio: 1 } };
  const routes = [{ match: { pathPrefix: "/quiet" }, poolId, recording: { logRatio: 0 } }];
  const config = configOf([pool], routes);
  Object.assign(config.document.proxy, {
    accessLog: AccessLogSettings.parse({ enabled: true, sampleRatio: 0, slowMs: 0 }),
  });
  const proxy = await startProxy(config, {}, { accessLog: new AccessLog(file) });
  await request(`${proxy.url}/quiet/a`);
  await request(`${proxy.url}/loud`);
  await proxy.server.stop(0);
  expect((await linesOf(file)).map(({ path: at }) => at)).toEqual(["/loud"]);
});
