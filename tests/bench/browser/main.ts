// npm run bench:browser: the whole product with a pool of 200 nodes under load, looked at in a real Chromium. Long tasks of the
// pages while figures come every second, at a processor slowed down; and from a node's death to its changed badge on screen.
//   --nodes 200  --seconds 60  --slow 4  --deaths 20  --rate 200  --page Pool (this one alone)
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Browser, chromium, type Page } from "@playwright/test";
import { request } from "undici";
import { type Backend, startBackend } from "#tests/e2e/support/backend.ts";
import { findChromium } from "#tests/support/chromium.ts";
import { ownVariables, startSupervisor, untilReady } from "#tests/support/product.ts";
import { machine, quantile, table, writeToDocument } from "../support/report.ts";
import { startLoad } from "./load.ts";

const { values: options } = parseArgs({
  options: {
    nodes: { type: "string", default: "200" },
    seconds: { type: "string", default: "60" },
    slow: { type: "string", default: "4" },
    deaths: { type: "string", default: "20" },
    rate: { type: "string", default: "200" },
    page: { type: "string" },
  },
});
const [NODES, SECONDS, SLOW, DEATHS, RATE] = [
  Number(options.nodes),
  Number(options.seconds),
  Number(options.slow),
  Number(options.deaths),
  Number(options.rate),
];
/** With settings of its own a run shows something to whoever chose them, and writes nothing. */
const IS_WHOLE = process.argv.length === 2;
const ACCESS = {
  GB_ADMIN_EMAIL: "a@example.org",
  GB_ADMIN_PASSWORD: "bench-password-1",
  GB_API_TOKEN: "gb_bench_token_0123456789",
};
const HOST = "bench.test";
const READY_WITHIN_MS = 600_000;
/** What a page does as it opens is another matter: it is measured when that is over. */
const SETTLED_MS = 10_000;
const STREAM_ARGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"];

type Pool = { id: string; nodes: { id: string; name: string }[] };
type Api = <T>(method: "GET" | "POST" | "PATCH", url: string, body?: object) => Promise<T>;

const apiOf =
  (web: string): Api =>
  async <T>(method: "GET" | "POST" | "PATCH", url: string, body?: object) => {
    const headers = { authorization: `Bearer ${ACCESS.GB_API_TOKEN}`, "content-type": "application/json" };
    const answer = await request(`${web}/api/v1${url}`, { method, headers, body: body ? JSON.stringify(body) : null });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${method} ${url} answered ${answer.statusCode}: ${text}`);
    return JSON.parse(text) as T;
  };

async function signedIn(browser: Browser, web: string): Promise<Page> {
  const page = await browser.newPage({ baseURL: web, locale: "en-US", viewport: { width: 1440, height: 900 } });
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(ACCESS.GB_ADMIN_EMAIL);
  await page.getByLabel("Password", { exact: true }).fill(ACCESS.GB_ADMIN_PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor({ timeout: 60_000 });
  return page;
}

/** Durations of the page's tasks of more than 50 ms, over SECONDS at a processor slowed down SLOW times. */
async function longTasks(page: Page, url: string): Promise<{ tasks: number[]; busy: number }> {
  await page.goto(url);
  await page.locator('[data-state="live"]').waitFor({ timeout: 60_000 });
  await sleep(SETTLED_MS);
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOW });
  await sleep(3_000);
  await page.evaluate(() => {
    const durations: number[] = [];
    Object.assign(window, { durations });
    new PerformanceObserver((list) => durations.push(...list.getEntries().map(({ duration }) => duration))).observe({
      type: "longtask",
    });
  });
  const taskSeconds = async () =>
    (await session.send("Performance.getMetrics")).metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0;
  const before = await taskSeconds();
  await sleep(SECONDS * 1_000);
  const busy = (await taskSeconds()) - before;
  const tasks = await page.evaluate(() => (window as unknown as { durations: number[] }).durations);
  await session.send("Emulation.setCPUThrottlingRate", { rate: 1 });
  await session.detach();
  return { tasks, busy: busy / SECONDS };
}

/** From the death of a node to another badge in its row, ms; the processor as it is. */
async function deaths(page: Page, pool: Pool, node: Backend): Promise<number[]> {
  await page.goto(`/pools/${pool.id}`);
  const badge = page.locator(`tr[data-node="${node.name}"] [data-status]`);
  await badge.and(page.locator('[data-status="up"]')).waitFor({ timeout: 60_000 });
  await page.locator('[data-state="live"]').waitFor({ timeout: 60_000 });
  const taken: number[] = [];
  for (let at = 0; at < DEATHS; at++) {
    await sleep(1_000 + Math.random() * 1_000);
    await page.evaluate((name) => {
      const row = document.querySelector(`tr[data-node="${name}"]`) as HTMLElement;
      const changed = new Promise<number>((resolve) => {
        const observer = new MutationObserver(() => {
          if (row.querySelector("[data-status]")?.getAttribute("data-status") === "up") return;
          observer.disconnect();
          resolve(Date.now());
        });
        observer.observe(row, { attributes: true, childList: true, subtree: true });
      });
      Object.assign(window, { changed });
    }, node.name);
    const diedMs = Date.now();
    await node.kill();
    const seenMs = await page.evaluate(() => (window as unknown as { changed: Promise<number> }).changed);
    taken.push(seenMs - diedMs);
    await node.revive();
    await badge.and(page.locator('[data-status="up"]')).waitFor({ timeout: 60_000 });
  }
  return taken;
}

async function measure(web: string, proxy: string, backends: Backend[]): Promise<void> {
  const api = apiOf(web);
  const nodes = Array.from({ length: NODES - 1 }, (_, at) => ({
    name: `node-${at}`,
    url: backends[1 + (at % (backends.length - 1))]?.url,
  }));
  const mortal = backends[0] as Backend;
  const healthCheck = { intervalMs: 1_000, timeoutMs: 1_000 };
  const all = [{ name: mortal.name, url: mortal.url }, ...nodes];
  const pool = await api<Pool>("POST", "/pools?confirm=all", {
    name: "bench",
    algorithm: "weighted-round-robin",
    healthCheck,
    nodes: all,
  });
  await api("POST", "/routes", { match: { host: HOST }, poolId: pool.id });
  const load = startLoad(proxy, HOST, RATE);
  const browser = await chromium.launch({ executablePath: findChromium(), args: STREAM_ARGS });
  try {
    const page = await signedIn(browser, web);
    const rows: string[][] = [];
    for (const [name, url] of [
      ["Overview", "/"],
      ["Pool", `/pools/${pool.id}`],
      ["Pool, traffic", `/pools/${pool.id}?tab=traffic`],
    ] as const) {
      if (options.page !== undefined && options.page !== name) continue;
      const { tasks, busy } = await longTasks(page, url);
      const most = tasks.length === 0 ? "–" : Math.max(...tasks).toFixed(0);
      const over = tasks.filter((durationMs) => durationMs > 100).length;
      rows.push([name, String(tasks.length), String(over), most, `${(busy * 100).toFixed(0)} %`]);
    }
    const taken = await deaths(page, pool, mortal);
    const { failed, answered } = load.stop();
    const [p50, max] = [quantile(taken, 0.5), Math.max(...taken)];
    const text = [
      `Measured ${new Date().toISOString().slice(0, 10)} on ${machine()}, load ${os.loadavg()[0]?.toFixed(1)}: ${NODES} nodes, ${RATE} requests/s (${answered} answered, ${failed} failed).`,
      table([`${SECONDS} s at ${SLOW} × slow-down`, "tasks > 50 ms", "> 100 ms", "longest, ms", "busy"], rows),
      `A node's death → its badge: P50 ${p50.toFixed(0)} ms, max ${max.toFixed(0)} ms (${taken.length} deaths).`,
    ].join("\n\n");
    console.info(text);
    if (IS_WHOLE) writeToDocument("bench:browser", text);
  } finally {
    load.stop();
    await browser.close();
  }
}

const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), "gb-bench-browser-"));
const variables = await ownVariables(dataDir, ACCESS);
const product = startSupervisor(variables);
const backends = await Promise.all(
  Array.from({ length: 9 }, (_, at) => startBackend(at === 0 ? "mortal" : `backend-${at}`)),
);
try {
  await untilReady(product, READY_WITHIN_MS);
  const of = (port: string | undefined) => `http://127.0.0.1:${port}`;
  await measure(of(variables.GB_WEB_PORT), of(variables.GB_PROXY_PORT), backends);
} finally {
  await Promise.all(backends.map((backend) => backend.kill()));
  product.child.kill("SIGTERM");
  await product.exit;
  fs.rmSync(dataDir, { recursive: true, force: true });
}
