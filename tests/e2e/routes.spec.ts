// Routes that do more than lead to a pool, made in the browser and met on real traffic.
import type { Page } from "@playwright/test";
import { makePool, must } from "./support/api.ts";
import { expect, test } from "./support/test.ts";
import { proxyRequest } from "./support/traffic.ts";

const NODE = { name: "a", url: "http://127.0.0.1:9", weight: 1 };
const SLOW = { timeout: 20_000 };
type Route = { action: object | null; poolId: string | null; rateLimit: object | null; requestHeaders: object };
const routes = async () => (await must<{ items: Route[] }>("GET", "/routes")).items;

async function openForm(page: Page) {
  await page.goto("/routes");
  await page.getByRole("button", { name: "New route" }).click();
  const form = page.getByRole("dialog", { name: "New route" });
  const choose = async (label: string, option: string) => {
    await form.getByRole("combobox", { name: label }).click();
    await page.getByRole("option", { name: option }).click();
  };
  const save = () => form.getByRole("button", { name: "Create the route" }).click();
  return { form, choose, save };
}

test("a redirect made in the browser is answered by the proxy, and the trial says where it leads", async ({ page }) => {
  const { form, choose, save } = await openForm(page);
  await form.getByLabel("Host", { exact: true }).fill("old.test");
  await choose("What happens to them", "Redirected");
  await choose("Kind of redirect", "308");
  await save();
  await expect(form.getByLabel("Location")).toHaveAccessibleDescription(/Must be a URL or a path/);
  await form.getByLabel("Location").fill("https://new.test{path}{query}");
  await save();
  await expect(form).toBeHidden(SLOW);
  await expect(page.getByRole("row").filter({ hasText: "old.test" })).toContainText("redirect 308 https://new.test");
  await page.getByLabel("Host and path").fill("old.test/a/b");
  await expect(page.getByText("Redirected with 308 to https://new.test/a/b")).toBeVisible();
  await expect
    .poll(async () => await proxyRequest("old.test", "/a/b?c=1"))
    .toMatchObject({ status: 308, headers: { location: "https://new.test/a/b?c=1" } });
});

test("a maintenance page with a limit is edited into a route to a pool, with headers and a rewrite", async ({
  page,
}) => {
  await makePool("other.test", { name: "orders", nodes: [NODE] });
  const { form, choose, save } = await openForm(page);
  await form.getByLabel("Host", { exact: true }).fill("shop.test");
  await choose("What happens to them", "Fixed answer");
  await form.getByLabel("Body", { exact: true }).fill("back soon");
  await form.getByLabel("Limit the request rate").check();
  await form.getByLabel("Requests", { exact: true }).fill("2");
  await choose("Counted by", "The whole route");
  await save();
  await expect(form).toBeHidden(SLOW);
  const row = page.getByRole("row").filter({ hasText: "shop.test" });
  await expect(row).toContainText("fixed answer 503");
  await expect(row).toContainText(/at most 2 per 1 min/);
  await expect.poll(async () => (await proxyRequest("shop.test", "/")).status).toBe(503);

  await row.getByRole("button", { name: "Actions of shop.test" }).click();
  await page.getByRole("menuitem", { name: "Edit…" }).click();
  const edit = page.getByRole("dialog", { name: "Edit shop.test" });
  await edit.getByRole("combobox", { name: "What happens to them" }).click();
  await page.getByRole("option", { name: "A pool gets them" }).click();
  await edit.getByRole("combobox", { name: "Pool" }).click();
  await page.getByRole("option", { name: "orders" }).click();
  await edit.getByLabel("Rewrite the prefix to").fill("/v2");
  await edit.getByRole("button", { name: "Set a header of the request" }).click();
  await edit.getByLabel("Header 1 set in the request", { exact: true }).fill("Host");
  await edit.getByLabel("Value of header 1 set in the request", { exact: true }).fill("evil.test");
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(edit.getByLabel("Value of header 1 set in the request", { exact: true })).toHaveAccessibleDescription(
    /Is the proxy's own and cannot be edited/,
  );
  await edit.getByLabel("Header 1 set in the request", { exact: true }).fill("X-Tenant");
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(edit).toBeHidden(SLOW);
  await expect(row).toContainText("path as /v2 · headers edited");
  const [, shop] = await routes();
  expect(shop).toMatchObject({
    action: null,
    poolId: expect.any(String),
    pathRewrite: "/v2",
    requestHeaders: { set: { "x-tenant": "evil.test" }, remove: [] },
    rateLimit: { requests: 2, windowMs: 60_000, key: { from: "route" } },
  });
});
