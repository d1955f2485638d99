// The whole product as processes: who dies is replaced, what serves goes on, and nothing is left behind.
import fs from "node:fs";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startTestDatabase } from "#tests/support/postgres.ts";
import {
  freePorts,
  ownVariables,
  type Started,
  startSupervisor,
  untilReady,
  type Variables,
} from "#tests/support/product.ts";
import { identify, type ProcessIdentity } from "#workers/supervisor/process-identity.ts";
import { isAlive } from "./support.ts";

const TOKEN = "product-test-token-0123456789";
/** The first start may have to build the web interface. */
const BUILD_LIMIT_MS = 600_000;
const agent = new http.Agent({ keepAlive: false });

let home: string;
let variables: Variables;
let product: Started;
let node: http.Server;
let hits = 0;

/** What the supervisor says it runs: name → process. */
function children(): Map<string, ProcessIdentity> {
  const file = path.join(variables.GB_DATA_DIR as string, "supervisor.json");
  const state = JSON.parse(fs.readFileSync(file, "utf8")) as { children: (ProcessIdentity & { name: string })[] };
  return new Map(state.children.map((child) => [child.name, child]));
}
const pidOf = (name: string) => children().get(name)?.pid ?? 0;

/** Every process below `pid`, however deep, by their parents. */
function descendants(pid: number): number[] {
  const own = fs
    .readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .trim()
    .split(" ")
    .filter(Boolean)
    .map(Number);
  return own.flatMap((child) => [child, ...descendants(child)]);
}

function ask(port: string, options: http.RequestOptions & { json?: unknown } = {}) {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const { json, ...rest } = options;
    const headers = json === undefined ? rest.headers : { ...rest.headers, "content-type": "application/json" };
    const request = http.request({ host: "127.0.0.1", port, agent, ...rest, headers }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk) => (body += chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
      response.on("error", reject);
    });
    request.on("error", reject).end(json === undefined ? undefined : JSON.stringify(json));
  });
}
const proxied = () => ask(variables.GB_PROXY_PORT as string, { path: "/hello" });
async function api(method: string, route: string, json?: unknown) {
  const headers = { authorization: `Bearer ${TOKEN}` };
  const { status, body } = await ask(variables.GB_WEB_PORT as string, {
    method,
    path: `/api/v1${route}`,
    headers,
    json,
  });
  if (status >= 300) throw new Error(`${method} ${route}: ${status} ${body}`);
  return JSON.parse(body) as { id: string; items: { name: string }[] };
}

/** Asks the proxy without a pause while `during` runs: every answer must be the node's. */
async function servingWhile(during: () => Promise<unknown>): Promise<number> {
  let done = false;
  const finished = during().finally(() => {
    done = true;
  });
  let asked = 0;
  const failures: string[] = [];
  while (!done) {
    await proxied().then(
      ({ status, body }) => status === 200 || failures.push(`${status} ${body}`),
      (error) => failures.push(String(error)),
    );
    asked++;
  }
  await finished;
  expect(failures).toEqual([]);
  return asked;
}

async function killAndAwait(name: string): Promise<void> {
  const before = pidOf(name);
  process.kill(before, "SIGKILL");
  await vi.waitFor(() => expect([0, before]).not.toContain(pidOf(name)), { timeout: 15_000 });
}

async function start(): Promise<void> {
  product = startSupervisor(variables);
  await untilReady(product, BUILD_LIMIT_MS);
}

async function stop(): Promise<void> {
  product.child.kill("SIGTERM");
  expect(await product.exit).toBe(0);
}

beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), "gb-product-"));
  variables = await ownVariables(path.join(home, "data"), { GB_API_TOKEN: TOKEN });
  node = http.createServer((_request, response) => {
    hits++;
    response.end("from the node");
  });
  await new Promise<void>((resolve) => node.listen(0, "127.0.0.1", resolve));
  await start();
  const pool = await api("POST", "/pools", { name: "all", algorithm: "least-connections", isDefault: true });
  const url = `http://127.0.0.1:${(node.address() as AddressInfo).port}`;
  await api("POST", `/pools/${pool.id}/nodes`, { name: "one", url, weight: 1 });
  await vi.waitFor(async () => expect(await proxied()).toEqual({ status: 200, body: "from the node" }), 10_000);
}, BUILD_LIMIT_MS + 30_000);

afterAll(async () => {
  if (product.child.exitCode === null) await stop();
  node.close();
  fs.rmSync(home, { recursive: true, force: true });
});

test("prints both addresses and, on the very first start, the generated password", () => {
  expect(product.output()).toContain(`http://127.0.0.1:${variables.GB_WEB_PORT}`);
  expect(product.output()).toContain(`http://127.0.0.1:${variables.GB_PROXY_PORT}`);
  expect(product.output()).toMatch(/Password {3}\S{12,}/);
});

test("keeps its data from other users", () => {
  const dir = variables.GB_DATA_DIR as string;
  expect(fs.statSync(dir).mode & 0o777).toBe(0o700);
  for (const name of ["pg-password", "secret", "supervisor.json", "config.json"])
    expect([name, fs.statSync(path.join(dir, name)).mode & 0o777]).toEqual([name, 0o600]);
});

test.each(["web", "control", "PostgreSQL"])(
  "proxying goes on undisturbed while %s is killed and replaced",
  async (name) => {
    const before = hits;
    const asked = await servingWhile(() => killAndAwait(name));
    expect(asked).toBeGreaterThan(0);
    expect(hits - before).toBeGreaterThanOrEqual(asked);
  },
);

test("a killed proxy process is replaced, and no later connection is refused", async () => {
  const before = pidOf("proxy 0");
  process.kill(before, "SIGKILL");
  await vi.waitFor(() => expect(isAlive(before)).toBe(false));
  await servingWhile(() => vi.waitFor(() => expect([0, before]).not.toContain(pidOf("proxy 0")), { timeout: 15_000 }));
});

test("what was configured is still there after all of that", async () => {
  const pools = await vi.waitFor(() => api("GET", "/pools"), { timeout: 20_000, interval: 100 });
  expect(pools.items.map((pool) => pool.name)).toEqual(["all"]);
});

test("SIGTERM stops everything and leaves no process", async () => {
  const all = descendants(product.pid);
  expect(all.length).toBeGreaterThan(5);
  await stop();
  expect(all.filter(isAlive)).toEqual([]);
});

test("a second start builds nothing again and prints no password", async () => {
  await start();
  expect(product.output()).not.toContain("Building");
  expect(product.output()).not.toContain("Password");
  expect((await proxied()).body).toBe("from the node");
});

test("a second supervisor for the same data directory is refused and disturbs nothing", async () => {
  const second = startSupervisor(variables);
  expect(await second.exit).toBe(1);
  expect(second.output()).toContain(`runs already (process ${product.pid})`);
  expect((await proxied()).body).toBe("from the node");
});

test("after kill -9 of the supervisor the next start cleans up and serves", async () => {
  const left = [...children().values()];
  product.child.kill("SIGKILL");
  await product.exit;
  await start();
  const now = [...children().values()].map(({ pid }) => pid);
  expect(left.filter(({ pid, startedAt }) => !now.includes(pid) && identify(pid)?.startedAt === startedAt)).toEqual([]);
  expect((await proxied()).body).toBe("from the node");
  await stop();
});

test("with its database unreachable it serves the last configuration, and goes on when the database is back", async () => {
  const database = await startTestDatabase();
  const [port] = await freePorts(1);
  const url = Object.assign(new URL(database.url), { port });
  product = startSupervisor({ ...variables, DATABASE_URL: url.href });
  await vi.waitFor(async () => expect((await proxied()).body).toBe("from the node"), { timeout: 10_000, interval: 50 });
  await vi.waitFor(() => expect(product.output()).toContain("CANNOT BE REACHED"), { timeout: 10_000 });
  // The database comes back: a relay to the real one starts to listen where nobody answered.
  const { hostname, port: real } = new URL(database.url);
  const relay = net.createServer((client) => {
    const server = net.connect(Number(real), hostname);
    client.on("error", () => server.destroy()).pipe(server);
    server.on("error", () => client.destroy()).pipe(client);
  });
  await new Promise<void>((resolve) => relay.listen(port, "127.0.0.1", resolve));
  await untilReady(product, 30_000);
  await stop();
  relay.close();
  await database.stop();
});
