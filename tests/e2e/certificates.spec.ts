// Certificates in the browser: added, refused with every fault at its field, replaced, deleted; and nobody sees a key again.
import { makeCertificate } from "#tests/support/certificates.ts";
import { call, must } from "./support/api.ts";
import { expect, test } from "./support/test.ts";

/** How long a busy machine may take. */
const SLOW = { timeout: 20_000 };
const row = (page: import("@playwright/test").Page, name: string) => page.locator(`tr[data-certificate="${name}"]`);

test.beforeEach(async () => {
  for (const { id } of (await must<{ items: { id: string }[] }>("GET", "/certificates")).items)
    await must("DELETE", `/certificates/${id}`);
});

test("a certificate is added, told of when it expires, replaced, and deleted by typing its name", async ({ page }) => {
  const first = makeCertificate({ names: ["api.example.org", "*.example.org"], validForDays: 6.5 });
  const renewed = makeCertificate({ names: ["api.example.org"], validForDays: 91.5 });
  await page.goto("/certificates");
  await expect(page.getByText("There is no certificate yet")).toBeVisible(SLOW);
  await page.getByRole("button", { name: "New certificate" }).click();
  const form = page.getByRole("dialog", { name: "New certificate" });
  await expect(form.getByRole("switch", { name: /^Default/ })).toBeChecked();
  await form.getByLabel("Name", { exact: true }).fill("api");
  await form.getByLabel("Certificate and chain").fill(first.cert);
  await form.getByLabel("Private key").fill(renewed.key);
  await form.getByRole("button", { name: "Add the certificate" }).click();
  await expect(form.getByText("Is not the key of this certificate")).toBeVisible(SLOW);
  await form.getByLabel("Private key").fill(first.key);
  await form.getByRole("button", { name: "Add the certificate" }).click();
  await expect(row(page, "api")).toContainText("5 days left", SLOW);
  await expect(row(page, "api")).toContainText("*.example.org");
  await expect(row(page, "api")).toContainText("default");

  await page.getByRole("button", { name: "Actions of api" }).click();
  await page.getByRole("menuitem", { name: "Edit or replace…" }).click();
  const edit = page.getByRole("dialog", { name: "Certificate “api”" });
  await expect(edit.getByLabel("Private key")).toHaveValue("");
  await edit.getByLabel("Certificate and chain").fill(renewed.cert);
  await edit.getByRole("button", { name: "Save" }).click();
  // Half a pair is told before anything is sent.
  await expect(edit.getByLabel("Private key")).toHaveAttribute("aria-invalid", "true");
  await edit.getByLabel("Private key").fill(renewed.key);
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(row(page, "api")).toContainText("90 days left", SLOW);

  await page.getByRole("button", { name: "Actions of api" }).click();
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("button", { name: "Delete the certificate" })).toBeDisabled();
  await dialog.getByLabel("Type api to confirm").fill("api");
  await dialog.getByRole("button", { name: "Delete the certificate" }).click();
  await expect(page.getByText("There is no certificate yet")).toBeVisible(SLOW);
  expect((await call<{ items: unknown[] }>("GET", "/certificates")).body.items).toEqual([]);
});
