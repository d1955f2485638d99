import AxeBuilder from "@axe-core/playwright";
import { fromSetup } from "./support/environment.ts";
import { expect, test } from "./support/test.ts";

test.use({ storageState: { cookies: [], origins: [] } });

/** Whom the identity provider takes the browser's owner for. */
const become = (person: object) =>
  fetch(`${fromSetup("OIDC_URL")}/person`, { method: "PUT", body: JSON.stringify(person) });

test("the button leads through the identity provider: to the sign-in page with the reason, or to where one wanted to go", async ({
  page,
}) => {
  const person = { sub: "e2e-ada", email: "oidc-ada@example.org", email_verified: true, name: "Ada" };
  await become(person);
  await page.goto("/pools?q=a");
  await expect(page.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
  await page.getByRole("button", { name: "Sign in with single sign-on" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "Nobody has invited you here." })).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations.map(({ help }) => help)).toEqual([]);

  await page.getByRole("button", { name: /^Language/ }).click();
  await page.getByRole("menuitemradio", { name: "简体中文" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "您尚未受邀" })).toBeVisible();

  await become({ ...person, groups: ["gb-operators"] });
  await page.getByRole("button", { name: "使用单点登录" }).click();
  await expect(page).toHaveURL(/\/pools\?q=a$/);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  const { name, role } = await (await page.request.get("/api/v1/me")).json();
  expect([name, role]).toEqual([person.email, "operator"]);
});
