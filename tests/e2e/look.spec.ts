// How every page looks to people and to assistive technology: both languages, both themes, wide and narrow.
import AxeBuilder from "@axe-core/playwright";
import type { Page, Request } from "@playwright/test";
import { call, makePool, must } from "./support/api.ts";
import { fromSetup } from "./support/environment.ts";
import { expect, test } from "./support/test.ts";

const LOCALES = ["en", "zh-CN"] as const;
const THEMES = ["light", "dark"] as const;
const WIDE = { width: 1280, height: 720 };
const NARROW = { width: 375, height: 800 };

/** A fleet with a node of every kind: up, down with its alert, drained, in maintenance. @returns paths of all pages */
async function makeFleet(backend: (name: string) => Promise<{ name: string; url: string }>): Promise<string[]> {
  const up = await backend("up");
  const nodes = ["up", "down", "drained", "off"].map((name) => ({
    name,
    url: name === "down" ? "http://127.0.0.1:9" : up.url,
  }));
  // Told so seldom that it does not grow old while every page is looked at.
  const resources = { source: "push", intervalMs: 300_000 };
  const pool = await makePool("orders.test", { name: "orders", isDefault: true, resources, nodes });
  const id = (name: string) => pool.nodes.find((node) => node.name === name)?.id;
  const told = { cpuRatio: 0.42, memoryUsedBytes: 3e9, memoryLimitBytes: 8e9 };
  await must("POST", `/nodes/${id("down")}/resources`, told);
  await must("POST", `/nodes/${id("drained")}/drain`, {});
  await must("POST", `/nodes/${id("off")}/maintenance`, {});
  const alertOf = async (nodeId = "") =>
    (await must<{ items: { id: string }[] }>("GET", `/alerts?nodeId=${nodeId}`)).items[0]?.id;
  await expect.poll(() => alertOf(id("down"))).toBeDefined();
  const alert = `/alerts/${await alertOf(id("down"))}`;
  const [route] = (await must<{ items: { id: string }[] }>("GET", "/routes")).items;
  const sets = await makeChangeSet(pool.id, `${id("up")}`);
  const ended = [await endedCanary(`${id("up")}`, 8, "promote"), await endedCanary(`${id("up")}`, 9, "abort")];
  const ofPool = [
    "",
    "?tab=traffic&class=default&measure=wait",
    "?tab=traffic&heat=errors&heatTable=true&compare=before&range=15m",
    "?tab=health",
    "?tab=breaker",
    "?tab=config",
    `?node=${id("down")}`,
  ];
  const others = [
    "/",
    "/pools",
    "/pools?new=true",
    "/topology",
    "/routes",
    `/routes?route=${route?.id}&measure=causes`,
    "/alerts",
    "/alerts?tab=history",
    "/changes",
    "/audit",
  ];
  return [
    ...others,
    alert,
    "/alerts/00000000-0000-4000-8000-00000000dead",
    "/alerts?tab=rules",
    "/alerts?tab=silences",
    "/alerts?tab=notifications",
    "/requests",
    ...sets,
    ...ended,
    "/proxy",
    "/certificates",
    "/system",
    "/api-reference",
    "/api-reference?op=createPool",
    "/settings",
    "/settings?tab=tokens",
    "/settings?tab=account",
    ...ofPool.map((query) => `/pools/${pool.id}${query}`),
  ];
}

/** A change set with something of everything: a conflict, a warning, a fault and somebody else's publish. @returns paths */
async function makeChangeSet(poolId: string, nodeId: string): Promise<string[]> {
  const set = await must<{ id: string }>("POST", "/change-sets", { name: "Less for one, more for the others" });
  const staged = `?changeSet=${set.id}`;
  await must("PATCH", `/nodes/${nodeId}${staged}`, { weight: 3 });
  await must("POST", `/pools/${poolId}/nodes${staged}`, { name: "fresh", url: "http://127.0.0.1:9" });
  await must("PATCH", `/pools/${poolId}${staged}`, { breaker: { errorRatio: 1 } });
  const { revision } = await must<{ revision: number }>("PATCH", `/nodes/${nodeId}`, { weight: 7 });
  return [`/changes/sets/${set.id}`, `/changes?from=${revision - 1}&to=${revision}&view=side&same=true`];
}

/** A canary of another weight, which shows how it stands. @returns its path */
async function canary(nodeId: string, weight: number): Promise<{ id: string; path: string }> {
  const wanted = { operations: [{ op: "node.update", id: nodeId, patch: { weight } }], note: "Step by step" };
  const told = await call<{ id: string; warnings?: { id: string }[] }>("POST", "/canaries", wanted);
  const confirm = told.body.warnings?.map((warning) => warning.id);
  const { id } =
    told.status === 201 ? told.body : await must<{ id: string }>("POST", "/canaries", { ...wanted, confirm });
  return { id, path: `/changes/canaries/${id}` };
}

async function endedCanary(nodeId: string, weight: number, how: "promote" | "abort"): Promise<string> {
  const { id, path } = await canary(nodeId, weight);
  await must("POST", `/canaries/${id}/${how}`, { note: "seen enough" });
  return path;
}

async function speak(page: Page, locale: string) {
  await page.context().addCookies([{ name: "gb_locale", value: locale, url: fromSetup("WEB_URL") }]);
}

/** Opens a page and waits until everything on it is read, and its code answers: axe does not look at what is inert. */
async function visit(page: Page, path: string) {
  await page.goto(path);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.locator("#main > [inert]")).toHaveCount(0);
  await expect(page.locator(".mantine-Skeleton-root")).toHaveCount(0, { timeout: 60_000 });
}

async function faultsOf(page: Page, rules?: string[]): Promise<string[]> {
  const axe = new AxeBuilder({ page });
  const { violations } = await (rules ? axe.withRules(rules) : axe).analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id} (${help}): ${node.html.slice(0, 200)}`),
  );
}

const widthOf = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth);

for (const locale of LOCALES)
  test(`axe finds no fault on any page, and none scrolls sideways on a phone, ${locale}`, async ({
    page,
    backend,
    pageErrors,
  }) => {
    test.setTimeout(600_000);
    const paths = await makeFleet(backend);
    await speak(page, locale);
    const look = async (path: string) => {
      await page.setViewportSize(WIDE);
      await page.emulateMedia({ colorScheme: "light" });
      await visit(page, path);
      await expect(page.locator("html")).toHaveAttribute("lang", locale);
      expect.soft(await faultsOf(page), path).toEqual([]);
      // Only colours differ between the themes, and they are the same in all languages.
      if (locale === LOCALES[0]) {
        await page.emulateMedia({ colorScheme: "dark" });
        await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
        expect.soft(await faultsOf(page, ["color-contrast"]), `${path}, dark`).toEqual([]);
      }
      await page.setViewportSize(NARROW);
      // Charts take the new width in their own time.
      await expect.soft.poll(() => widthOf(page), { message: `${path}, narrow` }).toBeLessThanOrEqual(NARROW.width);
    };
    for (const path of paths) await look(path);
    // Last, as every page tells of one that runs, and nothing is published meanwhile.
    const [node] = (await must<{ items: { id: string }[] }>("GET", "/nodes")).items;
    await look((await canary(`${node?.id}`, 10)).path);
    await look("/changes");
    // The page of an alert that is not there asks for it once, and says so.
    expect(pageErrors.filter((error) => !error.includes("404 (Not Found)"))).toEqual([]);
  });

test.describe("before signing in", () => {
  test.use({ storageState: { cookies: [], origins: [] } });

  for (const theme of THEMES)
    test(`axe finds no fault on the sign-in page, ${theme}`, async ({ page, pageErrors }) => {
      for (const locale of LOCALES) {
        await speak(page, locale);
        await page.emulateMedia({ colorScheme: theme });
        await page.setViewportSize(WIDE);
        await visit(page, "/sign-in");
        expect(await faultsOf(page)).toEqual([]);
        await page.setViewportSize(NARROW);
        expect(await widthOf(page)).toBeLessThanOrEqual(NARROW.width);
      }
      expect(pageErrors).toEqual([]);
    });

  test("language and theme are switched before signing in, and stay: over reloads, the sign-in and other pages", async ({
    page,
  }) => {
    const html = page.locator("html");
    const expectChoice = async (lang: string, theme: string) => {
      await expect(html).toHaveAttribute("lang", lang);
      await expect(html).toHaveAttribute("data-mantine-color-scheme", theme);
    };
    const choose = async (menu: RegExp, choice: string) => {
      await page.getByRole("button", { name: menu }).click();
      await page.getByRole("menuitemradio", { name: choice }).click();
    };
    await page.goto("/sign-in");
    await expectChoice("en", "light");
    await choose(/^Colour theme/, "Dark");
    await choose(/^Language/, "简体中文");
    await expectChoice("zh-CN", "dark");
    await expect(page.getByRole("heading", { level: 1, name: "登录" })).toBeVisible();
    await page.reload();
    await expectChoice("zh-CN", "dark");

    await page.locator("input[type=email]").fill(fromSetup("EMAIL"));
    await page.locator("input[type=password]").fill(fromSetup("PASSWORD"));
    await page.locator("button[type=submit]").click();
    await expect(page.getByRole("heading", { level: 1, name: "总览" })).toBeVisible();
    await expectChoice("zh-CN", "dark");
    await choose(/^语言/, "English");
    await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
    await choose(/^Colour theme/, "Light");
    await expectChoice("en", "light");
    await page.goto("/alerts");
    await expectChoice("en", "light");
  });
});

test("the overview's first load is less than 250 kB of compressed scripts", async ({ page }) => {
  const scripts: Request[] = [];
  page.on("requestfinished", (request) => void (request.resourceType() === "script" && scripts.push(request)));
  const html = (await (await page.goto("/"))?.text()) ?? "";
  await expect(page.locator('[data-state="live"]')).toBeVisible({ timeout: 30_000 });
  // What the page names itself; what comes after it, such as the place of notifications, keeps nobody waiting.
  const first = scripts.filter((script) => html.includes(new URL(script.url()).pathname));
  const sizes = await Promise.all(first.map((script) => script.sizes()));
  const loaded = sizes.reduce((sum, { responseBodySize }) => sum + responseBodySize, 0);
  expect(first.length).toBeGreaterThan(5);
  expect(loaded).toBeLessThan(250 * 1_024);
});
