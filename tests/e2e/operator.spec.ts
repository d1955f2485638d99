// The operator's main job, in the browser and on real traffic (issue 2, "What works at the end", 3 and 4).
import type { Page } from "@playwright/test";
import { makePool } from "./support/api.ts";
import type { Backend } from "./support/backend.ts";
import { expect, rowOf, signIn, test } from "./support/test.ts";
import { sendMany } from "./support/traffic.ts";

/** What the product promises for the effect of a click on traffic and on screen. */
const EFFECT_WITHIN_MS = 1_500;
/** For what is no promise: how long a busy machine may take. */
const SLOW = { timeout: 20_000 };

const trafficChart = (page: Page, requestsPerSecond: RegExp) =>
  page.getByRole("img", { name: new RegExp(`Requests per second over time\\. Now: ${requestsPerSecond.source}`) });
const curve = (page: Page) => trafficChart(page, /.*/).locator("path[data-line]").first().getAttribute("d");

async function createPoolInBrowser(page: Page, name: string, nodes: { name: string; url: string; weight: number }[]) {
  await page.getByRole("link", { name: "Pools", exact: true }).click();
  await page.getByRole("button", { name: "New pool" }).first().click();
  const form = page.getByRole("dialog", { name: "New pool" });
  await form.getByLabel("Name", { exact: true }).fill(name);
  await form.getByRole("combobox", { name: "Algorithm" }).click();
  await page.getByRole("option", { name: "Weighted round robin" }).click();
  for (const [index, node] of nodes.entries()) {
    await form.getByLabel(`URL of node ${index + 1}`).fill(node.url);
    await form.getByLabel(`Name of node ${index + 1}`).fill(node.name);
    await form.getByLabel(`Weight of node ${index + 1}`).fill(String(node.weight));
  }
  await form.getByRole("button", { name: "Create the pool" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible(SLOW);
}

async function createRouteInBrowser(page: Page, host: string, pool: string) {
  await page.getByRole("link", { name: "Routes", exact: true }).click();
  await page.getByRole("button", { name: "New route" }).click();
  const form = page.getByRole("dialog", { name: "New route" });
  await form.getByLabel("Host", { exact: true }).fill(host);
  await form.getByRole("combobox", { name: "Pool" }).click();
  await page.getByRole("option", { name: pool }).click();
  await form.getByRole("button", { name: "Create the route" }).click();
  await expect(form).toBeHidden(SLOW);
  await expect(page.getByRole("row").filter({ hasText: host })).toContainText(pool);
}

/** Requests that `node` got before `other`: on a machine that stands still for a while, slow ones are sent to both. */
function chosenFor(node: Backend, other: Backend): number {
  const isFirst = ([id, ms]: [string, number]) => ms < (other.firstCameMs().get(id) ?? Number.POSITIVE_INFINITY);
  return [...node.firstCameMs()].filter(isFirst).length;
}

async function choose(page: Page, node: string, action: string) {
  await page.getByRole("button", { name: `Actions of ${node}` }).click();
  await page.getByRole("menuitem", { name: action, exact: true }).click();
}

test.describe("from nothing", () => {
  test.use({ storageState: { cookies: [], origins: [] } });

  test("a pool made in the browser balances 8,000 requests 5:3 to within 1 %, and its figures move live", async ({
    page,
    backend,
    load,
  }) => {
    const big = await backend("big");
    const small = await backend("small");
    await page.goto("/");
    await signIn(page);
    await createPoolInBrowser(page, "orders", [
      { ...big, weight: 5 },
      { ...small, weight: 3 },
    ]);
    await createRouteInBrowser(page, "orders.test", "orders");

    const outcome = await sendMany("orders.test", 8_000);
    expect(outcome).toEqual({ answered: 8_000, failed: [] });
    const [toBig, toSmall] = [chosenFor(big, small), chosenFor(small, big)];
    expect(toBig + toSmall).toBe(8_000);
    expect(Math.abs(toBig / 5_000 - 1)).toBeLessThan(0.01);
    expect(Math.abs(toSmall / 3_000 - 1)).toBeLessThan(0.01);

    load("orders.test", 80);
    await page.getByRole("link", { name: "Pools", exact: true }).click();
    await rowOf(page, "orders").getByRole("link", { name: "orders" }).first().click();
    await expect(rowOf(page, "big")).toContainText("Up", SLOW);
    await expect(rowOf(page, "big")).toContainText("100%", SLOW);
    await expect(trafficChart(page, /[1-9]/)).toBeVisible(SLOW);
    // Off the screen it is not drawn anew.
    await trafficChart(page, /[1-9]/).scrollIntoViewIfNeeded();
    const before = await curve(page);
    await expect.poll(() => curve(page), { message: "the curve grows by the second", ...SLOW }).not.toBe(before);

    await page.getByRole("link", { name: "Overview", exact: true }).click();
    await expect(page.locator('[data-stat="Requests/s"]')).toContainText(/Requests\/s\s*[1-9]/, SLOW);
    await expect(page.locator('[data-stat="Success rate"]')).toContainText("100%", SLOW);
    await expect(page.locator('[data-stat="P99"]')).toContainText(/P99[1-9][\d.,]* ms|P990\.[1-9] ms/, SLOW);
  });
});

test("a node that dies under load costs no request; its alert comes live, ends by itself and stays in the history", async ({
  page,
  context,
  backend,
  load,
}) => {
  const [steady, mortal] = [await backend("steady"), await backend("mortal")];
  const pool = await makePool("orders.test", {
    name: "orders",
    nodes: [steady, mortal].map(({ name, url }) => ({ name, url })),
  });
  await page.goto(`/pools/${pool.id}`);
  await expect(rowOf(page, "mortal")).toContainText("Up", SLOW);
  const alerts = await context.newPage();
  await alerts.goto("/alerts");
  const ofMortal = alerts.getByRole("tabpanel").getByRole("row").filter({ hasText: "mortal" });
  await expect(alerts.getByRole("tab", { name: "History" })).toBeVisible();
  await expect(ofMortal).toHaveCount(0);

  const traffic = load("orders.test", 100);
  await expect.poll(mortal.hits, SLOW).toBeGreaterThan(50);
  await mortal.kill();

  const alert = alerts.getByRole("row").filter({ hasText: "mortal failed" });
  await expect(alert).toContainText("connect refused", SLOW);
  await expect(alert.getByRole("img", { name: "Level 1" })).toBeVisible();
  await alerts.getByRole("link", { name: "Overview", exact: true }).click();
  const item = alerts.getByRole("main").getByRole("listitem").filter({ hasText: "mortal failed" });
  await expect(item).toContainText("connect refused", SLOW);
  await alerts.getByRole("link", { name: /^Alerts/ }).click();
  // Chromium starves tabs that nobody looks at.
  await page.bringToFront();
  await expect(rowOf(page, "mortal")).toContainText("Down", SLOW);
  const answered = traffic.outcome.answered;
  await expect.poll(() => traffic.outcome.answered, SLOW).toBeGreaterThan(answered + 200);

  await mortal.revive();
  const hits = mortal.hits();
  await expect(rowOf(page, "mortal")).toContainText("Up", SLOW);
  await alerts.bringToFront();
  await expect(alert).toBeHidden(SLOW);
  // Its ejection's alert ends half a minute after the last ejection.
  await expect(ofMortal).toHaveCount(0, { timeout: 90_000 });
  await expect.poll(mortal.hits, { message: "it is given requests again", ...SLOW }).toBeGreaterThan(hits);
  expect((await traffic.stop()).failed).toEqual([]);

  await alerts.getByRole("tab", { name: "History" }).click();
  const past = alerts.getByRole("row").filter({ hasText: "mortal failed" }).first();
  const [fired, ended] = [past.getByRole("cell").nth(4), past.getByRole("cell").nth(5)];
  await expect(fired).toHaveText(/\d\d:\d\d:\d\d/);
  await expect(ended).toHaveText(/\d\d:\d\d:\d\d/);
});

test("a drained node gets no new request within 1.5 s, and is given them again when it is ready", async ({
  page,
  backend,
  load,
}) => {
  const [stays, leaves] = [await backend("stays"), await backend("leaves")];
  const pool = await makePool("orders.test", {
    name: "orders",
    nodes: [stays, leaves].map(({ name, url }) => ({ name, url })),
  });
  await page.goto(`/pools/${pool.id}`);
  const traffic = load("orders.test", 80);
  await expect.poll(leaves.hits, SLOW).toBeGreaterThan(20);
  await expect(rowOf(page, "leaves")).toContainText("Up", SLOW);

  await choose(page, "leaves", "Drain…");
  const dialog = page.getByRole("dialog", { name: "Drain leaves?" });
  await expect(dialog).toContainText("2 → 1");
  await dialog.getByRole("button", { name: "Drain leaves" }).click();
  const drainedMs = performance.now();
  await expect(rowOf(page, "leaves")).toContainText(/Drain(ing|ed)/, { timeout: EFFECT_WITHIN_MS });
  await takesNoRequests(leaves, stays, drainedMs);
  await expect(rowOf(page, "leaves")).toContainText("Drained", SLOW);

  await page.getByRole("button", { name: "Cancel the drain of leaves" }).click();
  await expect(rowOf(page, "leaves")).toContainText("Up", { timeout: EFFECT_WITHIN_MS });
  const hits = leaves.hits();
  await expect.poll(leaves.hits, { timeout: EFFECT_WITHIN_MS }).toBeGreaterThan(hits);

  await choose(page, "leaves", "Maintenance…");
  await page.getByRole("button", { name: "Start maintenance" }).click();
  const maintainedMs = performance.now();
  await expect(rowOf(page, "leaves")).toContainText("Maintenance", { timeout: EFFECT_WITHIN_MS });
  await takesNoRequests(leaves, stays, maintainedMs);
  await page.getByRole("button", { name: "Make leaves ready" }).click();
  await expect(rowOf(page, "leaves")).toContainText("Up", SLOW);
  expect((await traffic.stop()).failed).toEqual([]);

  // Both together need an override; it is taken back by one click, and one that cannot is told by itself.
  await page.getByRole("checkbox", { name: "Choose all nodes" }).check();
  const chosen = page.getByRole("region", { name: "Chosen nodes" });
  await expect(chosen).toContainText("2 nodes chosen");
  await chosen.getByRole("button", { name: "Drain…" }).click();
  const all = page.getByRole("dialog", { name: "Drain 2 nodes?" });
  await expect(all).toContainText("No usable node of orders is left", SLOW);
  await expect(all.getByRole("button", { name: "Drain 2 nodes" })).toBeDisabled();
  await all.getByLabel("Type orders to confirm").fill("orders");
  await all.getByRole("button", { name: "Drain 2 nodes" }).click();
  await expect(rowOf(page, "stays")).toContainText(/Drain(ing|ed)/, SLOW);
  await page.getByRole("button", { name: "Undo: 2 nodes drain" }).click();
  await expect(rowOf(page, "stays")).toContainText("Up", SLOW);
  await expect(rowOf(page, "leaves")).toContainText("Up", SLOW);
});

type Hits = { hits(): number; lastHitMs(): number };
/** While `other` goes on serving for long past the promise, `node` saw its last request within it. */
async function takesNoRequests(node: Hits, other: Hits, sinceMs: number) {
  const untilMs = sinceMs + 2 * EFFECT_WITHIN_MS;
  await expect.poll(other.lastHitMs, SLOW).toBeGreaterThan(untilMs);
  expect(node.lastHitMs()).toBeLessThan(sinceMs + EFFECT_WITHIN_MS);
}

test("a node that is warmed up by hand gets a growing part of its share", async ({ page, backend, load }) => {
  const [full, warm] = [await backend("full"), await backend("warm")];
  const pool = await makePool("orders.test", {
    name: "orders",
    nodes: [full, warm].map(({ name, url }) => ({ name, url, weight: 10 })),
    warmUp: { windowMs: 20_000 },
  });
  load("orders.test", 80);
  await page.goto(`/pools/${pool.id}`);
  await expect(rowOf(page, "warm")).toContainText("Up", SLOW);
  await choose(page, "warm", "Warm up…");
  await page.getByRole("dialog").getByRole("button", { name: "Warm up" }).click();
  await expect(rowOf(page, "warm")).toContainText("step 1 of 5", { timeout: EFFECT_WITHIN_MS });
  const before = { full: full.hits(), warm: warm.hits() };
  await expect.poll(() => full.hits() - before.full, SLOW).toBeGreaterThan(100);
  expect((warm.hits() - before.warm) / (full.hits() - before.full)).toBeLessThan(0.4);
  await expect(rowOf(page, "warm")).toContainText("step 2 of 5", SLOW);
  await expect(rowOf(page, "warm")).toContainText("Up", { timeout: 40_000 });
});
