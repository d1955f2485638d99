// What pages show when they have nothing to show: an empty product, a service that fails, and somebody who may not see it.
import type { Page } from "@playwright/test";
import { fromSetup } from "./support/environment.ts";
import { personWith } from "./support/people.ts";
import { expect, test } from "./support/test.ts";

/** For what is no promise: how long a busy machine may take. */
const SLOW = { timeout: 60_000 };
const PATHS = [
  "/",
  "/pools",
  "/topology",
  "/routes",
  "/requests",
  "/alerts",
  "/alerts?tab=history",
  "/alerts?tab=rules",
  "/alerts?tab=silences",
  "/alerts?tab=notifications",
  "/changes",
  "/audit",
  "/proxy",
  "/certificates",
  "/system",
  "/api-reference",
  "/settings",
  "/settings?tab=tokens",
  "/settings?tab=retention",
  "/settings?tab=account",
  "/pools/00000000-0000-4000-8000-00000000dead",
  "/changes/sets/00000000-0000-4000-8000-00000000dead",
  "/changes/canaries/00000000-0000-4000-8000-00000000dead",
];
const REST = "**/api/v1/**";
const REQUEST_ID = "0f0e0d0c-0000-4000-8000-000000000001";
/** A failure as the API tells it, of a status that is not asked again by itself. */
const failure = (status: number) => ({
  status,
  headers: { "x-request-id": REQUEST_ID },
  contentType: "application/problem+json",
  body: JSON.stringify({ type: "about:blank", title: "boom", status, code: "internal", requestId: REQUEST_ID }),
});

/** Opens a page; it is all there once no part of it is still to come. */
async function settle(page: Page, path: string) {
  await page.goto(path);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible(SLOW);
  await expect(page.locator(".mantine-Skeleton-root"), path).toHaveCount(0, SLOW);
}
const alert = (page: Page) => page.locator("#main").getByRole("alert").first();

// The ways to say so are the same on all pages: in the other language a few of each kind are enough.
for (const [locale, paths, words] of [
  ["en", PATHS, { text: "The server failed.", retry: "Retry" }],
  ["zh-CN", ["/", "/alerts?tab=history", "/settings"], { text: "服务器出错", retry: "重试" }],
] as const)
  test(`every page says why it shows nothing when the service fails, with the request's id and Retry, ${locale}`, async ({
    page,
  }) => {
    await page.context().addCookies([{ name: "gb_locale", value: locale, url: fromSetup("WEB_URL") }]);
    await page.route(REST, (route) => route.fulfill(failure(409)));
    for (const path of paths) {
      await settle(page, path);
      await expect.soft(alert(page), path).toContainText(words.text);
      await expect.soft(alert(page), path).toContainText(REQUEST_ID);
      await expect.soft(alert(page).getByRole("button"), path).toHaveText(words.retry);
      await expect.soft(page.locator("#main"), path).not.toContainText(/undefined|\[object|boom|NaN/);
    }
  });

test("what failed is there after Retry", async ({ page }) => {
  let fails = true;
  await page.route("**/api/v1/pools", (route) => (fails ? route.fulfill(failure(503)) : route.continue()));
  await page.goto("/pools");
  await expect(alert(page)).toContainText("The server failed.", SLOW);
  fails = false;
  await alert(page).getByRole("button", { name: "Retry" }).click();
  await expect(page.locator("#main").getByText("There is no pool yet")).toBeVisible(SLOW);
  await expect(alert(page)).toHaveCount(0);
});

test("somebody who may not see a page is told why, and nobody is told so before it is known who asks", async ({
  page,
  browser,
}) => {
  const viewer = await personWith(browser, "viewer", "Vera");
  for (const [path, text] of [
    ["/audit", "Needs the role"],
    ["/settings", "Needs the role"],
    ["/settings?tab=tokens", "Needs the role"],
  ] as const) {
    await settle(viewer.page, path);
    await expect.soft(viewer.page.locator("#main"), path).toContainText(text);
  }
  await viewer.close();
  await page.route("**/api/v1/me", () => {});
  await page.goto("/audit");
  await expect(page.locator("#main .mantine-Skeleton-root").first()).toBeVisible(SLOW);
  await expect(page.locator("#main")).not.toContainText("Needs the role");
});

test("an empty product says what will stand on its pages", async ({ page, pageErrors }) => {
  for (const path of ["/", "/pools", "/topology", "/requests", "/alerts?tab=history", "/changes"]) {
    await settle(page, path);
    await expect.soft(alert(page), path).toHaveCount(0);
    await expect.soft(page.locator("#main"), path).not.toHaveText("");
  }
  expect(pageErrors).toEqual([]);
});
