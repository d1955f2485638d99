// `npm run reload` under load: every process is another one afterwards, and no client noticed.
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { ownVariables, type Started, startSupervisor, untilReady, type Variables } from "#tests/support/product.ts";
import { isAlive } from "./support.ts";

const root = path.resolve(import.meta.dirname, "../..");
const TOKEN = "reload-test-token-0123456789";
const CLIENTS = 8;

let home: string;
let variables: Variables;
let product: Started;
let node: http.Server;
/** A download goes on until it is released: then it ends. */
const download = { sent: 0, isReleased: false };

/** Echoes bodies and messages; `/download` sends a piece every so often. */
function startNode(): http.Server {
  const server = http.createServer(async (request, response) => {
    if (request.url !== "/download") return void response.end(`${request.method} ${await text(request)}`);
    const timer = setInterval(() => {
      if (download.isReleased) return void response.end();
      download.sent += 65_536;
      response.write(Buffer.alloc(65_536, "d"));
    }, 20);
    response.on("close", () => clearInterval(timer));
  });
  new WebSocketServer({ server }).on("connection", (socket) =>
    socket.on("message", (data) => socket.send(`echo ${data}`)),
  );
  return server;
}

function children(): { name: string; pid: number }[] {
  const file = path.join(variables.GB_DATA_DIR as string, "supervisor.json");
  return (JSON.parse(fs.readFileSync(file, "utf8")) as { children: { name: string; pid: number }[] }).children;
}
const proxies = () => children().filter(({ name }) => name.startsWith("proxy"));

function ask(port: string | undefined, options: http.RequestOptions, body?: string) {
  return new Promise<string>((resolve, reject) => {
    const request = http.request({ host: "127.0.0.1", port, ...options }, (response) => {
      text(response).then((content) => resolve(`${response.statusCode} ${content}`), reject);
    });
    request.on("error", reject).end(body);
  });
}

async function api(route: string, json: object): Promise<void> {
  const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
  const options = { method: "POST", path: `/api/v1${route}`, headers };
  expect(await ask(variables.GB_WEB_PORT, options, JSON.stringify(json))).toMatch(/^201 /);
}

/** Runs `npm run reload` as a script would. @returns its exit code and what it printed */
async function reload(extra: Variables = {}) {
  const child = spawn(process.execPath, [path.join(root, "workers/supervisor/reload.ts")], {
    env: { PATH: process.env.PATH, ...variables, ...extra } as unknown as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exit = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await exit, output: out + err };
}

/** Clients with kept connections and with new ones, GET and POST, each without a pause. @returns how to end them */
function load(isKept = (client: number) => client % 4 !== 0) {
  const outcome = { answered: 0, failed: [] as string[] };
  const stopping = new AbortController();
  const client = async (keepAlive: boolean) => {
    const agent = new http.Agent({ keepAlive, maxSockets: 1 });
    for (let i = 0; !stopping.signal.aborted; i++) {
      const [method, body] = i % 2 ? ["POST", `body ${i}`] : ["GET", ""];
      const answer = await ask(variables.GB_PROXY_PORT, { method, path: "/", agent }, body).catch(String);
      if (answer === `200 ${method} ${body}`) outcome.answered++;
      else outcome.failed.push(`${method} ${answer}`);
    }
    agent.destroy();
  };
  const clients = Promise.all(Array.from({ length: CLIENTS }, (_, i) => client(isKept(i))));
  return {
    outcome,
    async stop() {
      stopping.abort();
      await clients;
      return outcome;
    },
  };
}

beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), "gb-reload-"));
  variables = await ownVariables(path.join(home, "data"), { GB_API_TOKEN: TOKEN });
  node = startNode();
  await new Promise<void>((resolve) => node.listen(0, "127.0.0.1", resolve));
  product = startSupervisor(variables);
  await untilReady(product, 240_000);
  const url = `http://127.0.0.1:${(node.address() as AddressInfo).port}`;
  await api("/pools", {
    name: "all",
    algorithm: "weighted-round-robin",
    isDefault: true,
    nodes: [{ name: "one", url }],
  });
}, 270_000);

afterAll(async () => {
  product.child.kill("SIGTERM");
  await product.exit;
  node.close();
  fs.rmSync(home, { recursive: true, force: true });
});

test("five reloads under load fail no request, POST and kept connections included", async () => {
  const traffic = load();
  for (const count of [2, 3, 1, 2, 2]) {
    const before = children();
    const answered = traffic.outcome.answered;
    expect(await reload({ GB_PROXY_PROCESSES: String(count) })).toMatchObject({ code: 0 });
    expect(proxies()).toHaveLength(count);
    const kept = children().filter(({ pid }) => before.some((old) => old.pid === pid));
    expect(kept.map(({ name }) => name)).toEqual(["PostgreSQL"]);
    expect(before.filter(({ name, pid }) => name !== "PostgreSQL" && isAlive(pid))).toEqual([]);
    await vi.waitFor(() => expect(traffic.outcome.answered).toBeGreaterThan(answered + CLIENTS));
  }
  const { answered, failed } = await traffic.stop();
  expect(failed).toEqual([]);
  expect(answered).toBeGreaterThan(100);
}, 120_000);

test("a download and a WebSocket that are open go on while their process leaves, and end as they should", async () => {
  const one = { GB_PROXY_PROCESSES: "1" };
  expect(await reload(one)).toMatchObject({ code: 0 });
  const [old] = proxies();
  const proxy = { host: "127.0.0.1", port: variables.GB_PROXY_PORT };
  const started = http.get({ ...proxy, path: "/download" });
  const [answer] = (await once(started, "response")) as [http.IncomingMessage];
  let received = 0;
  answer.on("data", (piece: Buffer) => {
    received += piece.length;
  });
  const downloaded = once(answer, "end");
  const socket = new WebSocket(`ws://127.0.0.1:${variables.GB_PROXY_PORT}/`);
  await once(socket, "open");
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  await ask(variables.GB_PROXY_PORT, { path: "/", agent });

  const reloading = reload(one);
  await vi.waitFor(() => expect(proxies().some(({ pid }) => pid !== old?.pid)).toBe(true), { timeout: 60_000 });
  // A process that leaves ends its kept connections with their next answers.
  const isLeaving = async () => {
    const [last] = (await once(http.get({ ...proxy, path: "/", agent }), "response")) as [http.IncomingMessage];
    last.resume();
    expect(last.headers.connection).toBe("close");
  };
  await vi.waitFor(isLeaving, { timeout: 60_000, interval: 20 });
  const echo = once(socket, "message");
  socket.send("still here");
  expect(String((await echo)[0])).toBe("echo still here");
  socket.close(1000, "done");
  expect((await once(socket, "close"))[0]).toBe(1000);
  expect(isAlive(old?.pid ?? 0)).toBe(true);
  download.isReleased = true;
  await downloaded;
  expect(answer.complete).toBe(true);
  expect(received).toBe(download.sent);
  expect(await reloading).toMatchObject({ code: 0 });
  expect(isAlive(old?.pid ?? 0)).toBe(false);
  agent.destroy();
}, 180_000);

test("a process that is killed takes its own requests with it, but no connection is refused", async () => {
  expect(await reload()).toMatchObject({ code: 0 });
  const before = proxies().map(({ pid }) => pid);
  const traffic = load(() => false);
  await vi.waitFor(() => expect(traffic.outcome.answered).toBeGreaterThan(50), { timeout: 30_000 });
  process.kill(before[0] as number, "SIGKILL");
  await vi.waitFor(
    () => {
      const pids = proxies().map(({ pid }) => pid);
      expect(pids).toHaveLength(2);
      expect(pids.filter((pid) => pid !== before[1] && isAlive(pid) && pid !== before[0])).toHaveLength(1);
    },
    { timeout: 60_000 },
  );
  const { answered } = traffic.outcome;
  await vi.waitFor(() => expect(traffic.outcome.answered).toBeGreaterThan(answered + 50), { timeout: 30_000 });
  const { failed } = await traffic.stop();
  expect(failed.filter((what) => !/ECONNRESET|hang up/.test(what))).toEqual([]);
  // At most what each client had in flight.
  expect(failed.length).toBeLessThanOrEqual(CLIENTS);
}, 180_000);

test("a new process without a configuration on disk takes no client before it has one", async () => {
  fs.rmSync(path.join(variables.GB_DATA_DIR as string, "config.json"));
  const traffic = load();
  expect(await reload()).toMatchObject({ code: 0 });
  expect((await traffic.stop()).failed).toEqual([]);
}, 180_000);

test("a bad variable, or no product, is said, and changes nothing", async () => {
  const before = children();
  expect(await reload({ GB_PROXY_PROCESSES: "0" })).toMatchObject({
    code: 1,
    output: expect.stringContaining("GB_PROXY_PROCESSES: must be a number from 1 to 256"),
  });
  expect(await reload({ GB_DATA_DIR: path.join(home, "nowhere") })).toMatchObject({
    code: 1,
    output: expect.stringContaining("start it with npm start"),
  });
  expect(children()).toEqual(before);
});
