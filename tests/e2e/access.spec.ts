// Who gets in, and what a role may do.
import { randomUUID } from "node:crypto";
import { request } from "undici";
import { call, must } from "./support/api.ts";
import { fromSetup } from "./support/environment.ts";
import { expect, signIn, test } from "./support/test.ts";

const A_POOL = { name: "orders", algorithm: "weighted-round-robin" };

test.describe("without a session", () => {
  test.use({ storageState: { cookies: [], origins: [] } });

  test("every page leads to the sign-in, and from there to where one wanted to go", async ({ page }) => {
    await page.goto("/alerts?tab=history");
    await expect(page.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
    await signIn(page);
    await expect(page.getByRole("heading", { level: 1, name: "Alerts" })).toBeVisible();
    await expect(page).toHaveURL(/\/alerts\?tab=history$/);
  });

  test("a wrong password is told clearly, lets nobody in and leaves the way open", async ({ page }) => {
    await page.goto("/sign-in");
    await signIn(page, "not the password");
    const told = page.getByRole("main").getByRole("alert");
    await expect(told).toHaveText("This e-mail and password do not belong together.");
    await page.goto("/pools");
    await expect(page).toHaveURL(/\/sign-in/);
    await signIn(page);
    await expect(page.getByRole("heading", { level: 1, name: "Pools" })).toBeVisible();
  });

  test("empty fields are told at the fields", async ({ page }) => {
    await page.goto("/sign-in");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page.getByLabel("E-mail")).toHaveAccessibleDescription("Give your e-mail address.");
    await expect(page.getByLabel("Password", { exact: true })).toHaveAccessibleDescription("Give your password.");
  });

  test("what a quick hand or the browser wrote before the page's code is there counts", async ({ page }) => {
    let goOn = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    await page.route(/\/_next\/static\/.*\.js/, async (route) => {
      await held;
      await route.continue();
    });
    await page.goto("/sign-in", { waitUntil: "commit" });
    await page.getByLabel("E-mail").fill(fromSetup("EMAIL"));
    await page.getByLabel("Password", { exact: true }).fill(fromSetup("PASSWORD"));
    // Sent by the browser alone it would lead nowhere.
    await page.getByLabel("Password", { exact: true }).press("Enter");
    const button = page.getByRole("button", { name: "Sign in", exact: true });
    await expect(button).toBeDisabled();
    goOn();
    await button.click();
    await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  });

  test("signing out ends the session, not only the page", async ({ page, context }) => {
    await page.goto("/sign-in");
    await signIn(page);
    await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
    const cookies = await context.cookies();
    await page.getByRole("button", { name: "Account of" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
    await context.addCookies(cookies);
    const answer = await page.request.get("/api/v1/pools");
    expect(answer.status()).toBe(401);
  });
});

test("the API answers 401 problem+json without a token, and with one that it does not know", async () => {
  for (const token of [null, "gb_0123456789012345678901234567890123456789"]) {
    const read = await call("GET", "/pools", undefined, token);
    expect(read).toMatchObject({ status: 401, body: { status: 401, code: "unauthenticated" } });
    const write = await call("POST", "/pools", A_POOL, token);
    expect(write).toMatchObject({ status: 401, body: { code: "unauthenticated" } });
  }
  expect(await must("GET", "/pools")).toEqual({ items: [] });
  expect((await call("GET", "/health", undefined, null)).status).toBe(200);
});

test("a viewer's token reads and changes nothing; revoked, it does not even read", async () => {
  type Made = { id: string; token: string };
  const viewer = await must<Made>("POST", "/tokens", { name: `viewer-${randomUUID()}`, role: "viewer" });
  expect((await call("GET", "/pools", undefined, viewer.token)).status).toBe(200);
  for (const path of ["/pools", `/nodes/${randomUUID()}/drain`, "/tokens"]) {
    const refused = await call("POST", path, A_POOL, viewer.token);
    expect(refused, path).toMatchObject({ status: 403, body: { code: "forbidden" } });
  }
  expect(await must("GET", "/pools")).toEqual({ items: [] });
  await must("DELETE", `/tokens/${viewer.id}`);
  expect((await call("GET", "/pools", undefined, viewer.token)).status).toBe(401);
});

test("a page of another origin cannot change anything with the cookie of a session", async ({ page }) => {
  const answer = await page.request.post("/api/v1/pools", { data: A_POOL, headers: { origin: "http://evil.test" } });
  expect(answer.status()).toBe(403);
  expect(await must("GET", "/pools")).toEqual({ items: [] });
  const own = await page.request.post("/api/v1/pools", { data: A_POOL, headers: { origin: fromSetup("WEB_URL") } });
  expect(own.status()).toBe(201);
});

test("the audit has the address that a change came from, whatever the client says of it", async () => {
  const answer = await request(`${fromSetup("WEB_URL")}/api/v1/pools`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${fromSetup("TOKEN")}`,
      "content-type": "application/json",
      "x-forwarded-for": "203.0.113.7",
    },
    body: JSON.stringify(A_POOL),
  });
  expect(answer.statusCode).toBe(201);
  await answer.body.dump();
  type Entries = { items: { action: string; address: string }[] };
  expect((await must<Entries>("GET", "/audit?limit=1")).items[0]).toMatchObject({
    action: "pool.create",
    address: "127.0.0.1",
  });
});
