// What the product does by itself to keep a node away, and what an operator sees of it and can do about it.
import type { Page } from "@playwright/test";
import { makePool } from "./support/api.ts";
import { expect, rowOf, test } from "./support/test.ts";

/** For what is no promise: how long a busy machine may take. */
const SLOW = { timeout: 20_000 };

async function choose(page: Page, node: string, action: string) {
  await page
    .getByRole("button", { name: `Actions of ${node}` })
    .first()
    .click();
  await page.getByRole("menuitem", { name: action, exact: true }).click();
}
const fact = (page: Page, name: string) =>
  page
    .getByRole("dialog")
    .locator("dl > div")
    .filter({ has: page.locator("dt").getByText(name, { exact: true }) });

test("a breaker is tripped and reset by hand; row and drawer say what it is, why, and until when", async ({
  page,
  backend,
}) => {
  const nodes = [await backend("a-1"), await backend("a-2")].map(({ name, url }) => ({ name, url }));
  const pool = await makePool("breaker.test", { name: "breakers", nodes });
  await page.goto(`/pools/${pool.id}`);
  await expect(rowOf(page, "a-1")).toContainText("Up", SLOW);
  await choose(page, "a-1", "Trip breaker…");
  await page.getByRole("button", { name: "Trip breaker", exact: true }).click();
  await expect(rowOf(page, "a-1")).toContainText("Breaker open", SLOW);
  await expect(rowOf(page, "a-1")).toContainText(/tripped by operator · (4 min|5 min|\d+ s)/);
  await rowOf(page, "a-1").getByRole("link", { name: "a-1" }).click();
  await expect(fact(page, "Breaker")).toContainText(/Open\s*tripped by operator · until .*\d/);
  await expect(fact(page, "Health")).toContainText("Healthy");
  await page.getByRole("dialog").getByRole("button", { name: "Actions of a-1" }).click();
  await page.getByRole("menuitem", { name: "Reset breaker", exact: true }).click();
  await expect(fact(page, "Breaker")).toContainText("Closed", SLOW);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await expect(rowOf(page, "a-1")).toContainText("Up", SLOW);
});

test("a warm-up shows how far it is, and is skipped from the row and the drawer", async ({ page, backend }) => {
  const nodes = [await backend("w-1"), await backend("w-2")].map(({ name, url }) => ({ name, url }));
  const pool = await makePool("warm.test", { name: "warm", nodes });
  await page.goto(`/pools/${pool.id}`);
  await expect(rowOf(page, "w-1")).toContainText("Up", SLOW);
  for (const from of ["row", "drawer"] as const) {
    await choose(page, "w-1", "Warm up…");
    const ramp = page.getByRole("dialog", { name: "Warm w-1 up?" });
    await expect(ramp.getByRole("img", { name: "10% at first, in five steps over 25 min" })).toBeVisible();
    await ramp.getByRole("button", { name: "Warm up" }).click();
    await expect(rowOf(page, "w-1")).toContainText(/Warming up.*step 1 of 5/, SLOW);
    if (from === "drawer") {
      await rowOf(page, "w-1").getByRole("link", { name: "w-1" }).click();
      await expect(fact(page, "Warm-up")).toContainText(/10% of its weight, step 1 of 5 · 2[45] min/);
      await expect(page.getByRole("progressbar", { name: "Warm-up of w-1: 10% of its weight" })).toBeVisible();
      await page.getByRole("dialog").getByRole("button", { name: "Skip the warm-up" }).click();
      await expect(fact(page, "Warm-up")).toContainText("None", SLOW);
    } else {
      await page.getByRole("button", { name: "Skip the warm-up of w-1" }).click();
      await expect(rowOf(page, "w-1")).not.toContainText("Warming up", SLOW);
      await expect(page.getByText("w-1 has its whole weight")).toBeVisible();
    }
  }
});

test("an alert names the level of the check that failed, in either language", async ({ page, context, backend }) => {
  const [well, mortal] = [await backend("h-1"), await backend("h-2")];
  await makePool("levels.test", { name: "levels", nodes: [well, mortal].map(({ name, url }) => ({ name, url })) });
  await mortal.kill();
  await page.goto("/alerts");
  await expect(page.locator('[data-alert="h-2"]')).toContainText("TCP connect: connect refused", SLOW);
  const { origin } = new URL(page.url());
  await context.addCookies([{ name: "gb_locale", value: "zh-CN", url: origin }]);
  await page.goto("/");
  await expect(page.getByText("TCP 连接").first()).toBeVisible(SLOW);
});
