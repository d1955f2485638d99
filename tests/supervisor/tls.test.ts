// TLS of the whole product: certificates over REST, the supervisor's second socket, and a private key that is nowhere in clear.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { makeCertificate } from "#tests/support/certificates.ts";
import {
  freePorts,
  ownVariables,
  type Started,
  startSupervisor,
  untilReady,
  type Variables,
} from "#tests/support/product.ts";

const root = path.resolve(import.meta.dirname, "../..");
const TOKEN = "tls-test-token-0123456789";
const CLIENTS = 4;
const certificate = makeCertificate({ names: ["api.test"] });

let home: string;
let variables: Variables;
let product: Started;
let node: http.Server;

const dataDir = () => variables.GB_DATA_DIR as string;

async function api(method: string, route: string, json?: object): Promise<string> {
  const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
  const url = `http://127.0.0.1:${variables.GB_WEB_PORT}/api/v1${route}`;
  const response = await fetch(url, { method, headers, ...(json && { body: JSON.stringify(json) }) });
  return `${response.status} ${await response.text()}`;
}

/** One request under TLS, trusting our certificate alone. */
function ask(options: https.RequestOptions = {}, body = "") {
  return new Promise<string>((resolve, reject) => {
    const to = { host: "127.0.0.1", port: variables.GB_PROXY_TLS_PORT, servername: "api.test", ca: certificate.cert };
    const request = https.request({ ...to, ...options }, (response) => {
      text(response).then((content) => resolve(`${response.statusCode} ${content}`), reject);
    });
    request.on("error", reject).end(body);
  });
}

/** Clients that ask without a pause, half of them on a connection of its own each time. @returns how to end them */
function load() {
  const outcome = { answered: 0, failed: [] as string[] };
  const stopping = new AbortController();
  const client = async (keepAlive: boolean) => {
    const agent = new https.Agent({ keepAlive, maxSockets: 1 });
    for (let i = 0; !stopping.signal.aborted; i++) {
      const [method, body] = i % 2 ? ["POST", `body ${i}`] : ["GET", ""];
      const answer = await ask({ method, agent }, body).catch(String);
      if (answer === `200 ${method} ${body}`) outcome.answered++;
      else outcome.failed.push(`${method} ${answer}`);
    }
    agent.destroy();
  };
  const clients = Promise.all(Array.from({ length: CLIENTS }, (_, i) => client(i % 2 === 0)));
  return {
    outcome,
    async stop() {
      stopping.abort();
      await clients;
      return outcome;
    },
  };
}

/** Files below the data directory that hold any of `needles`. */
function filesWith(needles: readonly string[]): string[] {
  const entries = fs.readdirSync(dataDir(), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return files.filter((file) => {
    const bytes = fs.readFileSync(file);
    return needles.some((needle) => bytes.includes(needle));
  });
}

async function stop(): Promise<void> {
  product.child.kill("SIGTERM");
  await product.exit;
}

beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), "gb-tls-"));
  const [tlsPort] = await freePorts(1);
  const extra = { GB_API_TOKEN: TOKEN, GB_PROXY_TLS_PORT: String(tlsPort) };
  variables = await ownVariables(path.join(home, "data"), extra);
  node = http.createServer(async (request, response) => response.end(`${request.method} ${await text(request)}`));
  await new Promise<void>((resolve) => node.listen(0, "127.0.0.1", resolve));
  product = startSupervisor(variables);
  await untilReady(product, 400_000);
  const url = `http://127.0.0.1:${(node.address() as AddressInfo).port}`;
  const pool = { name: "all", algorithm: "peak-ewma", isDefault: true, nodes: [{ name: "one", url }] };
  expect(await api("POST", "/pools", pool)).toMatch(/^201 /);
  const pair = { name: "api", chain: certificate.cert, privateKey: certificate.key };
  expect(await api("POST", "/certificates", pair)).toMatch(/^201 /);
}, 430_000);

afterAll(async () => {
  await stop();
  node.close();
  fs.rmSync(home, { recursive: true, force: true });
});

test("a certificate that was added is in use at every proxy process", async () => {
  expect(product.output()).toContain(`Proxy TLS  https://127.0.0.1:${variables.GB_PROXY_TLS_PORT}`);
  await vi.waitFor(async () => expect(await ask()).toBe("200 GET "), { timeout: 5_000 });
  const answers = await Promise.all(Array.from({ length: 12 }, () => ask({ agent: false }).catch(String)));
  expect(answers).toEqual(answers.map(() => "200 GET "));
});

test("a reload under TLS load fails no request, and a killed process refuses no connection", async () => {
  const traffic = load();
  const child = spawn(process.execPath, [path.join(root, "workers/supervisor/reload.ts")], {
    env: { PATH: process.env.PATH, ...variables } as unknown as NodeJS.ProcessEnv,
    stdio: "ignore",
  });
  expect(await new Promise((resolve) => child.once("close", resolve))).toBe(0);
  const { answered, failed } = await traffic.stop();
  expect(failed).toEqual([]);
  expect(answered).toBeGreaterThan(20);
  const state = JSON.parse(fs.readFileSync(path.join(dataDir(), "supervisor.json"), "utf8"));
  const proxies = state.children.filter(({ name }: { name: string }) => name.startsWith("proxy"));
  process.kill(proxies[0].pid, "SIGKILL");
  const after = await Promise.all(Array.from({ length: 8 }, () => ask({ agent: false }).catch(String)));
  // What the killed process had accepted is cut; nothing is refused, whoever is there to accept.
  expect(after.filter((answer) => /ECONNREFUSED/.test(answer))).toEqual([]);
  expect(after.filter((answer) => answer === "200 GET ").length).toBeGreaterThan(0);
}, 120_000);

test("the private key is nowhere in clear: not on disk, in the log, the audit or any answer", async () => {
  const needles = [
    "PRIVATE KEY",
    ...certificate.key.split("\n").filter((line) => line.length > 40 && !/^-/.test(line)),
  ];
  expect(filesWith(needles)).toEqual([]);
  const answers = await Promise.all(["/certificates", "/audit", "/revisions"].map((route) => api("GET", route)));
  for (const shown of [product.output(), ...answers]) for (const needle of needles) expect(shown).not.toContain(needle);
  expect(filesWith([certificate.cert.split("\n")[1] as string]).length).toBeGreaterThan(0);
  expect(fs.statSync(path.join(dataDir(), "secret-key")).mode & 0o777).toBe(0o600);
});

test("another key stops the start with one message that names both, and the right one serves again", async () => {
  await stop();
  const wrong = startSupervisor({ ...variables, GB_SECRET_KEY: randomBytes(32).toString("hex") });
  expect(await wrong.exit).toBe(1);
  const told = wrong.output().trim().split("\n");
  expect(told).toHaveLength(2);
  expect(told[1]).toMatch(/GB_SECRET_KEY: does not open the secrets .* the key [0-9a-f]{8}, this one is [0-9a-f]{8}/);
  // Without what is on disk it is the database that says so.
  fs.renameSync(path.join(dataDir(), "certificates.json"), path.join(home, "certificates.json"));
  const alsoWrong = startSupervisor({ ...variables, GB_SECRET_KEY: randomBytes(32).toString("base64") });
  expect(await alsoWrong.exit).toBe(1);
  expect(alsoWrong.output()).toMatch(/GB_SECRET_KEY: does not open the secrets that the database holds/);
  const key = fs.readFileSync(path.join(dataDir(), "secret-key"), "utf8").trim();
  product = startSupervisor({ ...variables, GB_SECRET_KEY: key });
  await untilReady(product, 120_000);
  await vi.waitFor(async () => expect(await ask({ agent: false })).toBe("200 GET "), { timeout: 10_000 });
}, 240_000);
