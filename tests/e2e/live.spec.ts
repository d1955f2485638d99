// What the dashboard says of its own figures when they stop coming, and how it gets over that.
import fs from "node:fs";
import path from "node:path";
import type { Page, Request } from "@playwright/test";
import { makePool, must } from "./support/api.ts";
import { fromSetup } from "./support/environment.ts";
import { expect, test } from "./support/test.ts";

const SLOW = { timeout: 30_000 };
const says = (page: Page, text: RegExp) => page.getByRole("status").filter({ hasText: text });
const LIVE = /Figures arrive every second/;
const NOT_LIVE = /The live stream is down|No new figures have arrived/;

/** A mark that a reload would wipe out. */
const mark = (page: Page) => page.evaluate(() => Object.assign(window, { isSamePage: true }));
const isSamePage = (page: Page) => page.evaluate(() => "isSamePage" in window);

const requestsPerSecond = (page: Page) => page.locator('[data-stat="Requests/s"]');

function pidOf(child: string): number {
  const file = path.join(fromSetup("DATA_DIR"), "supervisor.json");
  const { children } = JSON.parse(fs.readFileSync(file, "utf8")) as { children: { name: string; pid: number }[] };
  const found = children.find(({ name }) => name === child);
  if (!found) throw new Error(`${file} names no process ${child}`);
  return found.pid;
}

test("figures that stop coming are said to be old, not drawn as zero; they go on without a reload", async ({
  page,
  backend,
  load,
}) => {
  const node = await backend("a");
  await makePool("orders.test", { name: "orders", nodes: [node] });
  const traffic = load("orders.test", 50);
  await page.goto("/");
  await expect(says(page, LIVE)).toBeAttached(SLOW);
  await expect(requestsPerSecond(page)).toContainText(/Requests\/s\s*[1-9]/, SLOW);
  await mark(page);
  const control = pidOf("control");
  process.kill(control, "SIGSTOP");
  try {
    await expect(says(page, NOT_LIVE)).toBeAttached(SLOW);
    await expect(requestsPerSecond(page)).toContainText(/Requests\/s\s*[1-9]/);
  } finally {
    process.kill(control, "SIGCONT");
  }
  await expect(says(page, LIVE)).toBeAttached(SLOW);
  expect(await isSamePage(page)).toBe(true);
  expect((await traffic.stop()).failed).toEqual([]);
});

test("when the web process is killed, requests go on, and the page catches up by itself with what it missed", async ({
  page,
  backend,
  load,
  pageErrors,
}) => {
  const node = await backend("a");
  const pool = await makePool("orders.test", { name: "orders", nodes: [node] });
  const traffic = load("orders.test", 50);
  await page.goto(`/pools/${pool.id}`);
  await expect(page.getByRole("row").filter({ hasText: "a" }).last()).toContainText("Up", SLOW);
  await expect(says(page, LIVE)).toBeAttached(SLOW);
  await mark(page);
  process.kill(pidOf("web"), "SIGKILL");
  // The form's code is not there yet: it comes once there is somebody to bring it.
  await page.getByRole("button", { name: "Add node" }).first().click();
  await expect(says(page, NOT_LIVE)).toBeAttached(SLOW);
  const answered = traffic.outcome.answered;
  await expect.poll(() => traffic.outcome.answered, SLOW).toBeGreaterThan(answered);
  expect((await traffic.stop()).failed).toEqual([]);
  await node.kill();
  await expect(page.getByRole("dialog", { name: "Add a node to orders" })).toBeVisible(SLOW);
  await page.keyboard.press("Escape");
  await expect(says(page, LIVE)).toBeAttached(SLOW);
  await expect(page.getByRole("row").filter({ hasText: "a" }).last()).toContainText("Down", SLOW);
  expect(await isSamePage(page)).toBe(true);
  // Only refused connections of the page while its server was away.
  expect(pageErrors.filter((error) => !error.includes("ERR_"))).toEqual([]);
});

test("what changes between the first answers and the opening of the stream is not missed", async ({
  page,
  backend,
}) => {
  const node = await backend("a");
  const pool = await makePool("orders.test", { name: "orders", nodes: [node] });
  type Answer = { nodes: { status: string }[] };
  const status = async () => (await must<Answer>("GET", `/pools/${pool.id}`)).nodes[0]?.status;
  await expect.poll(status, SLOW).toBe("up");
  await node.kill();
  await expect.poll(status, SLOW).toBe("down");
  const opening = Promise.withResolvers<void>();
  await page.route("**/api/v1/stream", async (route) => {
    await opening.promise;
    await route.continue();
  });
  const row = page.getByRole("row").filter({ hasText: "a" }).last();
  await page.goto(`/pools/${pool.id}`);
  await expect(row).toContainText("Down", SLOW);
  await node.revive();
  await expect.poll(status, SLOW).toBe("up");
  await expect(row).toContainText("Down");
  opening.resolve();
  await expect(row).toContainText("Up", { timeout: 10_000 });
});

test("what an agent pushes of a node is on the open page without a reload, and what it does not tell is missing with its reason", async ({
  page,
  backend,
  pageErrors,
}) => {
  const node = await backend("a");
  const pool = await makePool("orders.test", {
    name: "orders",
    nodes: [node],
    resources: { source: "push", intervalMs: 60_000 },
  });
  const nodeId = pool.nodes[0]?.id;
  await page.goto(`/pools/${pool.id}?node=${nodeId}`);
  const figure = (name: string) => page.locator(`[data-figure="${name}"]`);
  await expect(figure("cpu")).toContainText("nothing was told yet", SLOW);
  await expect(says(page, LIVE)).toBeAttached(SLOW);
  await mark(page);
  await must("POST", `/nodes/${nodeId}/resources`, { cpuRatio: 0.42, memoryUsedBytes: 1e9, memoryLimitBytes: 4e9 });
  await expect(figure("cpu")).toContainText("42%", SLOW);
  await expect(figure("memory")).toContainText("1 GB of 4 GB");
  await expect(figure("backlog")).toContainText("the agent does not tell it");
  await expect(page.locator(`tr[data-node="a"]`)).toContainText("42% · 25% · –");
  expect(await isSamePage(page)).toBe(true);
  expect(pageErrors).toEqual([]);
});

/** Seconds since `fromMs` that the server measured of a pool. */
async function measuredSeconds(poolId: string, fromMs: number): Promise<number[]> {
  type Series = { points: { atMs: number; requestsPerSecond: number | null }[] };
  const { points } = await must<Series>("GET", `/metrics?scope=pool&id=${poolId}&rangeMs=300000`);
  return points.filter((point) => point.atMs >= fromMs && point.requestsPerSecond !== null).map(({ atMs }) => atMs);
}

/** Of these seconds, those that the page's chart has no figure of, as its CSV tells. */
async function missingInChart(page: Page, seconds: readonly number[]): Promise<number[]> {
  await page.getByRole("button", { name: "More about Traffic and errors" }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "Save as CSV" }).click();
  const rows = fs
    .readFileSync(await (await download).path(), "utf8")
    .trim()
    .split("\r\n")
    .slice(1);
  const drawn = new Map(rows.map((row) => [Date.parse(row.split(",")[0] ?? ""), row.split(",")[1] !== ""]));
  return seconds.filter((atMs) => drawn.get(atMs) !== true);
}

test("what was measured while a page's stream was away, or the page was frozen, is in its charts when it is back", async ({
  page,
  backend,
  load,
}) => {
  const node = await backend("a");
  const pool = await makePool("orders.test", { name: "orders", nodes: [node] });
  load("orders.test", 20);
  await page.goto(`/pools/${pool.id}`);
  await expect(says(page, LIVE)).toBeAttached(SLOW);
  await expect.poll(() => measuredSeconds(pool.id, 0).then(({ length }) => length), SLOW).toBeGreaterThan(2);
  const fromMs = Math.max(...(await measuredSeconds(pool.id, 0)));
  const passFive = async (sinceMs: number) => {
    await expect.poll(async () => (await measuredSeconds(pool.id, sinceMs)).length, SLOW).toBeGreaterThan(5);
    return measuredSeconds(pool.id, fromMs);
  };

  await page.route("**/api/v1/stream", (route) => route.abort());
  process.kill(pidOf("web"), "SIGKILL");
  // The page asks for figures once there is a server again, and gets those of everything together alone.
  await page.waitForResponse((response) => response.url().includes("/metrics?scope=all") && response.ok(), SLOW);
  await expect(says(page, NOT_LIVE)).toBeAttached(SLOW);
  const whileAway = await passFive(fromMs);
  await page.unroute("**/api/v1/stream");
  await expect(says(page, LIVE)).toBeAttached(SLOW);
  await expect(async () => expect(await missingInChart(page, whileAway)).toEqual([])).toPass(SLOW);

  const session = await page.context().newCDPSession(page);
  await session.send("Page.setWebLifecycleState", { state: "frozen" });
  const whileFrozen = await passFive(Math.max(...whileAway) + 1_000);
  await session.send("Page.setWebLifecycleState", { state: "active" });
  await expect(async () => expect(await missingInChart(page, whileFrozen)).toEqual([])).toPass(SLOW);
});

test("more tabs than a browser has connections stay live over one stream, which another takes over when its tab is frozen or closes", async ({
  page,
}) => {
  test.setTimeout(180_000);
  const context = page.context();
  const open = new Map<Request, Page>();
  context.on("request", (request) => {
    if (new URL(request.url()).pathname === "/api/v1/stream") open.set(request, request.frame().page());
  });
  context.on("requestfailed", (request) => void open.delete(request));
  context.on("requestfinished", (request) => void open.delete(request));
  const tabs = [page];
  while (tabs.length < 7) tabs.push(await context.newPage());
  for (const tab of tabs) await tab.goto("/certificates");
  /** The one tab that has a stream. */
  const keeper = async (isNot?: Page): Promise<Page> => {
    const keepers = () => [...new Set(open.values())].filter((tab) => tab !== isNot);
    await expect.poll(() => keepers().length, SLOW).toBe(1);
    return keepers()[0] as Page;
  };
  const areLive = async (which: Page[]) => {
    for (const tab of which) await expect(says(tab, LIVE)).toBeAttached(SLOW);
  };
  await areLive(tabs);
  const first = await keeper();
  const session = await context.newCDPSession(first);
  // As a frozen tab: none of its code runs, and it keeps its lock and its connection.
  await session.send("Debugger.enable");
  await session.send("Debugger.pause");
  const others = tabs.filter((tab) => tab !== first);
  await keeper(first);
  await areLive(others);
  await session.send("Debugger.disable");
  await areLive(tabs);
  const second = await keeper();
  await second.close();
  for (const [request, tab] of open) if (tab === second) open.delete(request);
  const rest = tabs.filter((tab) => tab !== second);
  await keeper();
  await areLive(rest);
  for (const tab of rest.slice(1)) await tab.close();
});
