import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { fromSetup } from "./support/environment.ts";
import { expect, focusOn, signIn, test } from "./support/test.ts";

const NOBODY = { cookies: [], origins: [] };
const PASSWORD = "correct horse battery";

const faultsOf = async (page: Page) => (await new AxeBuilder({ page }).analyze()).violations.map(({ help }) => help);

/** Chooses from the menu of the row that is about `email`. */
async function act(page: Page, email: string, action: string) {
  await page.getByRole("button", { name: `Actions for ${email}` }).click();
  await page.getByRole("menuitem", { name: action }).click();
}

test("an invited viewer finds every control disabled with its reason; with another role they may act; deactivated they are out", async ({
  page,
  browser,
  pageErrors,
}) => {
  const email = "ada@example.org";
  await page.goto("/settings");
  await page.getByRole("button", { name: "Invite" }).click();
  await page.getByRole("textbox", { name: "E-mail" }).fill("nobody");
  await page.getByRole("button", { name: "Make the link" }).click();
  await expect(page.getByRole("textbox", { name: "E-mail" })).toHaveAccessibleDescription("Must be an e-mail address");
  await page.getByRole("textbox", { name: "E-mail" }).fill(email);
  await page.getByRole("button", { name: "Make the link" }).click();
  const link = await page.getByRole("textbox", { name: "Link" }).inputValue();
  expect(await faultsOf(page)).toEqual([]);
  await page.getByRole("button", { name: "I have copied it" }).click();
  await expect(page.locator(`[data-invitation="${email}"]`)).toContainText("Pending");
  expect(await faultsOf(page)).toEqual([]);

  const context = await browser.newContext({ storageState: NOBODY, locale: "en-US", baseURL: fromSetup("WEB_URL") });
  const theirs = await context.newPage();
  const theirErrors: string[] = [];
  theirs.on("console", (message) => message.type() === "error" && theirErrors.push(message.text()));
  await theirs.goto(link);
  await expect(theirs.getByText("admin@example.org invites you. Your role: Viewer.")).toBeVisible();
  expect(await faultsOf(theirs)).toEqual([]);
  await theirs.getByLabel("Your name").fill("Ada");
  await theirs.getByLabel("Choose a password").fill("elevenchars");
  await theirs.getByRole("button", { name: "Accept and sign in" }).click();
  await expect(theirs.getByText("Must have at least 12 characters")).toBeVisible();
  await theirs.getByLabel("Choose a password").fill(PASSWORD);
  await theirs.getByRole("button", { name: "Accept and sign in" }).click();
  await expect(theirs.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();

  await theirs.goto("/settings");
  const invite = theirs.getByRole("button", { name: "Invite" });
  await expect(invite).toHaveAttribute("aria-disabled", "true");
  await focusOn(invite);
  await expect(theirs.getByRole("tooltip")).toHaveText("Needs the role Administrator; yours is Viewer");
  await theirs.goto("/pools");
  const newPool = theirs.getByRole("button", { name: "New pool" }).first();
  await expect(newPool).toHaveAttribute("aria-disabled", "true");

  await page.reload();
  await act(page, email, "Change role");
  await page.getByRole("combobox", { name: "Role" }).click();
  await page.getByRole("option", { name: "Publisher" }).click();
  await page.getByRole("button", { name: "Change role" }).click();
  await expect(page.locator(`[data-person="${email}"]`)).toContainText("Publisher");
  // Without a reload: the page looks again by itself.
  await expect(newPool).not.toHaveAttribute("aria-disabled", "true", { timeout: 40_000 });
  await newPool.click();
  await expect(theirs.getByRole("dialog")).toBeVisible();
  const made = await theirs.request.post("/api/v1/pools", {
    data: { name: "hers", algorithm: "peak-ewma" },
    headers: { origin: fromSetup("WEB_URL") },
  });
  expect(made.status()).toBe(201);

  // From here on the browser itself tells of each 401.
  expect(theirErrors).toEqual([]);
  await act(page, email, "Deactivate");
  await page.getByRole("button", { name: "Deactivate" }).click();
  await expect(page.locator(`[data-person="${email}"]`)).toContainText("Deactivated");
  // Their page is told at once, and leads to the sign-in by itself.
  await expect(theirs.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible({ timeout: 40_000 });
  await theirs.getByLabel("E-mail").fill(email);
  await theirs.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await theirs.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(theirs.getByRole("main").getByRole("alert")).toContainText("This account is deactivated.");
  await context.close();
  expect(pageErrors).toEqual([]);
});

test("one changes one's own password, which signs the other browsers out", async ({ page, browser, pageErrors }) => {
  const other = await browser.newPage({ storageState: NOBODY, locale: "en-US", baseURL: fromSetup("WEB_URL") });
  await other.goto("/sign-in");
  await signIn(other);
  await expect(other.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  const change = async (from: string, to: string) => {
    await page.getByLabel("Present password").fill(from);
    await page.getByLabel("New password").fill(to);
    await page.getByRole("button", { name: "Change the password" }).click();
  };
  await page.goto("/settings?tab=account");
  await change("wrong horse battery", PASSWORD);
  await expect(page.getByLabel("Present password")).toHaveAccessibleDescription("This is not your present password");
  await change(fromSetup("PASSWORD"), PASSWORD);
  await expect(page.getByText("Your password is changed; your other sessions have ended")).toBeVisible();
  expect((await other.request.get("/api/v1/me")).status()).toBe(401);
  expect((await page.request.get("/api/v1/me")).status()).toBe(200);
  await change(PASSWORD, fromSetup("PASSWORD"));
  await expect(page.getByLabel("Present password")).toHaveValue("");
  await other.close();
  // The browser itself tells of the 403 that is expected.
  expect(pageErrors.filter((error) => !error.includes("403"))).toEqual([]);
});

test("no script runs on a page but those that its nonce names", async ({ page }) => {
  for (const path of ["/", "/sign-in", "/invitation", "/nothing-here"]) {
    const answer = await page.goto(path);
    const policy = answer?.headers()["content-security-policy"] ?? "";
    expect(policy, path).toMatch(/script-src 'self' 'nonce-[\w+/=]{24}' 'strict-dynamic';/);
    expect(policy, path).not.toContain(",");
  }
  // What markup from elsewhere would bring, if some page ever put it in unescaped.
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const holder = document.createElement("div");
        holder.innerHTML = `<img src="data:," alt="" onerror="document.title = 'taken over'">`;
        holder.firstElementChild?.addEventListener("error", () => resolve());
        document.body.append(holder);
      }),
  );
  expect(await page.title()).not.toBe("taken over");
  const api = await page.request.get("/api/v1/health");
  expect(api.headers()["content-security-policy"]).toContain("default-src 'none'");
  expect(api.headers()["x-content-type-options"]).toBe("nosniff");
});

test("a sign-in answers 429 with Retry-After once an account was tried too often", async ({ page }) => {
  const tries = await Promise.all(
    Array.from({ length: 12 }, () =>
      page.request.post("/api/auth/sign-in/email", {
        data: { email: "mallory@example.org", password: "wrong horse battery" },
        headers: { origin: fromSetup("WEB_URL") },
      }),
    ),
  );
  const refused = tries.filter((answer) => answer.status() === 429);
  expect(tries.filter((answer) => answer.status() === 401).length).toBeGreaterThanOrEqual(10);
  expect(refused.length).toBeGreaterThan(0);
  for (const answer of refused) expect(Number(answer.headers()["retry-after"])).toBeGreaterThan(0);
});
