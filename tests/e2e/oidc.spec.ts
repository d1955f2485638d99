// Signing in through an identity provider, in a product of its own: the others' has none, as most have not.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { CLIENT, OidcProvider } from "#tests/support/oidc-provider.ts";
import { ownVariables, startSupervisor, untilReady } from "#tests/support/product.ts";
import { expect, test } from "./support/test.ts";

const READY_WITHIN_MS = 120_000;

/** A product that knows an identity provider, for as long as `use` takes. */
async function withProvider(use: (web: string, provider: OidcProvider) => Promise<void>): Promise<void> {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), "gb-e2e-oidc-"));
  const provider = await new OidcProvider().start();
  const own = await ownVariables(dataDir, { GB_ADMIN_PASSWORD: "correct-horse-battery" });
  const web = `http://127.0.0.1:${own.GB_WEB_PORT}`;
  const product = startSupervisor({
    ...own,
    GB_PUBLIC_URL: web,
    GB_OIDC_ISSUER: provider.issuer,
    GB_OIDC_CLIENT_ID: CLIENT.id,
    GB_OIDC_CLIENT_SECRET: CLIENT.secret,
    GB_OIDC_ROLE_CLAIM: "groups",
    GB_OIDC_ROLES: "gb-operators=operator",
  });
  try {
    await untilReady(product, READY_WITHIN_MS);
    await use(web, provider);
  } finally {
    product.child.kill("SIGTERM");
    await product.exit;
    await provider.stop();
    fs.rmSync(dataDir, { recursive: true, force: true });
  }
}

test("the button leads through the identity provider: to the sign-in page with the reason, or to where one wanted to go", async ({
  browser,
}) => {
  test.setTimeout(READY_WITHIN_MS + 120_000);
  await withProvider(async (web, provider) => {
    /** Whom the identity provider takes the browser's owner for. */
    const become = (person: Record<string, unknown>) => {
      provider.person = person;
    };
    const context = await browser.newContext({ baseURL: web, storageState: { cookies: [], origins: [] } });
    const page = await context.newPage();
    const person = { sub: "e2e-ada", email: "oidc-ada@example.org", email_verified: true, name: "Ada" };
    become(person);
    await page.goto("/pools?q=a");
    await expect(page.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
    await page.getByRole("button", { name: "Sign in with single sign-on" }).click();
    await expect(page.getByRole("alert").filter({ hasText: "Nobody has invited you here." })).toBeVisible();
    expect((await new AxeBuilder({ page }).analyze()).violations.map(({ help }) => help)).toEqual([]);

    await page.getByRole("button", { name: /^Language/ }).click();
    await page.getByRole("menuitemradio", { name: "简体中文" }).click();
    await expect(page.getByRole("alert").filter({ hasText: "您尚未受邀" })).toBeVisible();

    become({ ...person, groups: ["gb-operators"] });
    await page.getByRole("button", { name: "使用单点登录" }).click();
    await expect(page).toHaveURL(/\/pools\?q=a$/);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    const { name, role } = await (await page.request.get("/api/v1/me")).json();
    expect([name, role]).toEqual([person.email, "operator"]);
    await context.close();
  });
});
