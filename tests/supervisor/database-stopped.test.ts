// Static stability: a real PostgreSQL is paused, so that it hangs and refuses nothing, under a whole product and its clients.
import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { WorkerLive } from "#lib/contracts/views.ts";
import { type OwnPostgres, startOwnPostgres } from "#tests/support/own-postgres.ts";
import { ownVariables, type Started, startSupervisor, untilReady, type Variables } from "#tests/support/product.ts";

const TOKEN = "stopped-test-token-0123456789";
/** The first start may have to build the web interface. */
const BUILD_LIMIT_MS = 600_000;
const CLIENTS = 6;
const PATIENCE = { timeout: 60_000, interval: 50 };

let home: string;
let postgres: OwnPostgres;
let variables: Variables;
let product: Started;
const nodes: http.Server[] = [];
const agent = new http.Agent({ keepAlive: true, maxSockets: CLIENTS });

const origin = (name: "GB_WEB_PORT" | "GB_ADMIN_PORT") => `http://127.0.0.1:${variables[name]}`;
async function api(method: string, route: string, json?: unknown) {
  const response = await fetch(`${origin("GB_WEB_PORT")}/api/v1${route}`, {
    method,
    headers: { authorization: `Bearer ${TOKEN}`, ...(json !== undefined && { "content-type": "application/json" }) },
    body: json === undefined ? undefined : JSON.stringify(json),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

function proxied(method = "GET"): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port: variables.GB_PROXY_PORT, path: "/hello", method, agent };
    const request = http.request(options, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk) => (body += chunk));
      response.on("end", () => resolve(`${response.statusCode} ${body}`));
      response.on("error", reject);
    });
    request.on("error", reject).end(method === "GET" ? undefined : "some");
  });
}

/** Requests without a pause until it is told to end. */
function traffic() {
  let isOver = false;
  let answered = 0;
  const failures: string[] = [];
  const clients = Array.from({ length: CLIENTS }, async (_, at) => {
    while (!isOver) {
      await proxied(at % 2 === 0 ? "GET" : "PUT").then(
        (answer) => (answer === "200 a node" ? answered++ : failures.push(answer)),
        (cause) => failures.push(String(cause)),
      );
    }
  });
  const end = async () => {
    isOver = true;
    await Promise.all(clients);
    return { answered, failures };
  };
  return { end, answered: () => answered };
}

const live = async () => WorkerLive.parse(await (await fetch(`${origin("GB_ADMIN_PORT")}/live`)).json());
const statuses = async () => (await live()).nodes.map(({ status }) => status).sort();
function pidOf(name: string): number {
  const file = path.join(variables.GB_DATA_DIR as string, "supervisor.json");
  const state = JSON.parse(fs.readFileSync(file, "utf8")) as { children: { name: string; pid: number }[] };
  return state.children.find((child) => child.name === name)?.pid ?? 0;
}
async function killAndAwait(name: string): Promise<void> {
  const before = pidOf(name);
  process.kill(before, "SIGKILL");
  await vi.waitFor(() => expect([0, before]).not.toContain(pidOf(name)), PATIENCE);
}
async function stop(): Promise<void> {
  product.child.kill("SIGTERM");
  await product.exit;
}

beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), "gb-stopped-"));
  postgres = await startOwnPostgres();
  variables = await ownVariables(path.join(home, "data"), { GB_API_TOKEN: TOKEN, DATABASE_URL: postgres.url });
  product = startSupervisor(variables);
  const made = Array.from({ length: 3 }, async (_, at) => {
    const server = http.createServer((request, response) => {
      request.resume();
      request.on("end", () => response.end("a node"));
    });
    nodes.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return { name: `n${at}`, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, weight: 1 };
  });
  await untilReady(product, BUILD_LIMIT_MS);
  const pool = {
    name: "all",
    algorithm: "least-connections",
    isDefault: true,
    healthCheck: { intervalMs: 500, timeoutMs: 400 },
    nodes: await Promise.all(made),
  };
  expect((await api("POST", "/pools", pool)).status).toBe(201);
  await vi.waitFor(async () => expect(await proxied()).toBe("200 a node"), PATIENCE);
  await vi.waitFor(async () => expect(await statuses()).toEqual(["up", "up", "up"]), PATIENCE);
}, BUILD_LIMIT_MS + 120_000);

afterAll(async () => {
  postgres.resume();
  if (product.child.exitCode === null) await stop();
  agent.destroy();
  for (const node of nodes) node.closeAllConnections();
  for (const node of nodes) node.close();
  await postgres.stop();
  fs.rmSync(home, { recursive: true, force: true });
}, 60_000);

test("while PostgreSQL hangs, traffic, checks and failover go on, processes are replaced, and everything reconciles on its return", async () => {
  const load = traffic();
  await vi.waitFor(() => expect(load.answered()).toBeGreaterThan(50), PATIENCE);
  postgres.pause();
  await vi.waitFor(
    async () => expect((await api("POST", "/pools", {})).body.code).toBe("database-unavailable"),
    PATIENCE,
  );

  const [gone] = nodes;
  gone?.closeAllConnections();
  gone?.close();
  await vi.waitFor(async () => expect(await statuses()).toEqual(["down", "up", "up"]), PATIENCE);
  await killAndAwait("control");
  await vi.waitFor(async () => expect(await statuses()).toEqual(["down", "up", "up"]), PATIENCE);
  // What it knows it has from its disk; that it checks as well shows in that its knowledge is younger than it.
  const startedMs = Date.now();
  await vi.waitFor(async () => {
    for (const { facts } of (await live()).nodes) expect(facts.health.lastCheckMs).toBeGreaterThan(startedMs);
  }, PATIENCE);
  const before = load.answered();
  await vi.waitFor(() => expect(load.answered()).toBeGreaterThan(before + 50), PATIENCE);

  postgres.resume();
  await vi.waitFor(async () => expect((await api("GET", "/health")).status).toBe(200), PATIENCE);
  const [pool] = (await api("GET", "/pools")).body.items;
  await vi.waitFor(async () => {
    const { headers } = await api("PATCH", `/nodes/${pool.nodes[1].id}`, { weight: 2 + (Date.now() % 50) });
    expect(headers.get("gb-converged")).toBe("true");
  }, PATIENCE);
  await vi.waitFor(async () => {
    const { items } = (await api("GET", "/alerts?state=firing")).body;
    expect(items.filter((alert: { rule: string }) => alert.rule === "health-check-failed")).toMatchObject([
      { nodeName: "n0" },
    ]);
  }, PATIENCE);
  const { answered, failures } = await load.end();
  expect(failures).toEqual([]);
  expect(answered).toBeGreaterThan(before + 50);
}, 300_000);

test("started while PostgreSQL hangs, it serves and checks from its disk, and is whole when it is back", async () => {
  await stop();
  postgres.pause();
  const startedMs = performance.now();
  product = startSupervisor(variables);
  await vi.waitFor(async () => expect(await proxied()).toBe("200 a node"), { ...PATIENCE, interval: 20 });
  console.log(`first proxied request ${Math.round(performance.now() - startedMs)} ms after the start`);
  await vi.waitFor(async () => expect(await statuses()).toEqual(["down", "up", "up"]), PATIENCE);

  const killed = ["proxy 0", "proxy 1"].map(pidOf);
  const killedMs = performance.now();
  for (const pid of killed) process.kill(pid, "SIGKILL");
  await vi.waitFor(async () => expect(await proxied()).toBe("200 a node"), { ...PATIENCE, interval: 20 });
  console.log(
    `first proxied request ${Math.round(performance.now() - killedMs)} ms after all proxy processes were killed`,
  );
  expect(killed).not.toContain(pidOf("proxy 0"));
  postgres.resume();
  await untilReady(product, 120_000);
  expect((await api("GET", "/health")).body.workers).toMatchObject([{ state: "live" }]);
}, 300_000);
