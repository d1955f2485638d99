// The API's reference in the product: found, opened, linked to, copied, in both languages and on a phone.
import AxeBuilder from "@axe-core/playwright";
import { fromSetup } from "./support/environment.ts";
import { expect, test } from "./support/test.ts";

test("finds an endpoint, and tells what it takes, what it answers and how to call it", async ({ page }) => {
  await page.goto("/api-reference");
  await page.getByRole("searchbox").fill("post /pools");
  await expect(page.getByRole("button", { name: /^POST \/pools\b/ }).first()).toBeVisible();
  await expect(page.getByRole("button", { name: /DELETE \/tokens/ })).toHaveCount(0);
  await page
    .getByRole("button", { name: /^POST \/pools\b/ })
    .first()
    .click();
  await expect(page).toHaveURL(/op=createPool/);
  const origin = new URL(page.url()).origin;
  await expect(page.locator("pre")).toContainText(`curl -sS -X POST "${origin}/api/v1/pools"`);
  await expect(page.locator("pre")).toContainText('"algorithm"');
  await page.getByRole("button", { name: "Show the fields of breaker" }).first().click();
  await expect(page.getByText("errorRatio", { exact: true }).first()).toBeVisible();
  await expect(page.getByText("Needs the role publisher").first()).toBeVisible();
  await expect(page.getByText("duplicate-name").first()).toBeVisible();
});

test("opens what a link leads to, on a phone, in Chinese and in the dark, without faults for assistive technology", async ({
  page,
}) => {
  await page.context().addCookies([{ name: "gb_locale", value: "zh-CN", url: fromSetup("WEB_URL") }]);
  await page.setViewportSize({ width: 375, height: 800 });
  await page.emulateMedia({ colorScheme: "dark" });
  await page.goto("/api-reference?op=importConfig");
  await expect(page.getByRole("heading", { name: "调用示例" })).toBeVisible();
  await expect(page.getByRole("button", { name: /PUT \/config/ })).toBeInViewport();
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`))).toEqual([]);
  if (process.env.GB_LOOK) await page.screenshot({ path: `${process.env.GB_LOOK}/phone.png` });
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: "light" });
  const light = await new AxeBuilder({ page }).analyze();
  expect(light.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`))).toEqual(
    [],
  );
  if (process.env.GB_LOOK) await page.screenshot({ path: `${process.env.GB_LOOK}/wide.png` });
});
