// Other people in browsers of their own.
import type { Browser, Page } from "@playwright/test";
import { must } from "./api.ts";
import { fromSetup } from "./environment.ts";

const NOBODY = { cookies: [], origins: [] };
const PASSWORD = "correct horse battery";

/** A page of somebody with `role`, signed in. Close its context in the end. */
export async function personWith(
  browser: Browser,
  role: "viewer" | "operator" | "publisher",
  name: string,
): Promise<{ page: Page; errors: string[]; close: () => Promise<void> }> {
  const email = `${name.toLowerCase()}-${Date.now()}@example.org`;
  const { token } = await must<{ token: string }>("POST", "/invitations", { email, role });
  await must("POST", "/invitations/accept", { token, name, password: PASSWORD });
  const context = await browser.newContext({ storageState: NOBODY, locale: "en-US", baseURL: fromSetup("WEB_URL") });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  return { page, errors, close: () => context.close() };
}
