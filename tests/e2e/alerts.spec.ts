// Alerts as people work with them: a rule is written and tried on the past, fires, is taken on, silenced and found again.
import { makePool, must } from "./support/api.ts";
import { expect, test } from "./support/test.ts";

/** How long a busy machine may take. */
const SLOW = { timeout: 40_000 };

test("a rule is made, an alert fires, is looked at, acknowledged, noted, silenced, and stands in the history", async ({
  page,
  backend,
}) => {
  test.setTimeout(180_000);
  const node = await backend("watched");
  const pool = await makePool("watched.test", {
    name: "watched",
    labels: { team: "watchers" },
    healthCheck: { intervalMs: 500, timeoutMs: 400 },
    nodes: [{ name: "sg-1", url: node.url }],
  });
  await page.goto("/alerts?tab=rules");
  await expect(page.locator('tr[data-rule="health-check-failed"]')).toBeVisible(SLOW);
  await page.getByRole("button", { name: "New rule" }).click();
  const form = page.getByRole("dialog", { name: "New rule" });
  await form.getByLabel("Key").fill("failing-checks");
  await form.getByLabel("Fires while").fill("healthy_nodes <");
  await expect(form.getByText("At 16: ends where a figure or a number is missing")).toBeVisible();
  await form.getByLabel("Fires while").fill("healthy_nodes < 1");
  await form.getByRole("button", { name: "Try it on the past" }).click();
  // Other pools may have had no healthy node.
  await expect(form.getByText(/^Would (not )?have fired/).first()).toBeVisible(SLOW);
  await form.getByRole("button", { name: "Save" }).click();
  await expect(page.locator('tr[data-rule="failing-checks"]')).toBeVisible(SLOW);

  await must("PATCH", `/nodes/${pool.nodes[0]?.id}`, { url: "http://127.0.0.1:9" });
  await page.getByRole("tab", { name: /Active/ }).click();
  const row = page.locator('tr[data-alert="sg-1"]');
  await expect(row).toBeVisible(SLOW);
  await expect(page).toHaveTitle(/^\(\d+\) /, SLOW);
  await row.getByRole("link", { name: /^Details of/ }).click();
  await expect(page).toHaveURL(/\/alerts\/[0-9a-f-]{36}$/, SLOW);
  const details = page.getByRole("main");
  await expect(details.getByText("fired", { exact: true }).first()).toBeVisible(SLOW);
  await details.getByLabel("Note", { exact: true }).fill("a deploy");
  await details.getByRole("button", { name: "Add the note" }).click();
  await expect(details.getByText("a deploy")).toBeVisible(SLOW);
  await details.getByRole("button", { name: "Silence" }).click();
  const silence = page.getByRole("dialog", { name: "New silence" });
  const labels = silence.getByRole("combobox", { name: "Labels" });
  await labels.fill("a b=c");
  await labels.press("Enter");
  await expect(silence.getByText(/^Labels are name=value/)).toBeVisible();
  await labels.press("Backspace");
  await labels.fill("team=~watch.*");
  await labels.press("Enter");
  await silence.getByLabel("Why").fill("deploy of watched");
  await silence.getByRole("button", { name: "Silence" }).click();
  await expect(details.getByText("silenced: deploy of watched")).toBeVisible(SLOW);
  await expect(details.getByText("What was done around it")).toBeVisible(SLOW);
  await page.setViewportSize({ width: 375, height: 800 });
  // Charts take the new width in their own time.
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(375);
  await page.setViewportSize({ width: 1280, height: 720 });

  await page.goto("/alerts?tab=silences");
  await expect(page.locator('tr[data-silence="deploy of watched"]')).toContainText("in force", SLOW);
  await expect(page.locator('tr[data-silence="deploy of watched"]')).toContainText("team=~watch.*");
  await page.getByRole("button", { name: "End now: deploy of watched" }).click();
  const asked = page.getByRole("dialog", { name: "End the silence “deploy of watched”?" });
  await expect(asked.getByText("team=~watch.*")).toBeVisible(SLOW);
  await asked.getByRole("button", { name: "End now" }).click();
  await expect(page.locator('tr[data-silence="deploy of watched"]')).toContainText("ended", SLOW);
  await must("PATCH", `/nodes/${pool.nodes[0]?.id}`, { url: node.url });
  await page.goto("/alerts?tab=history&rule=health-check-failed&text=sg-1&label=team%3D~watch.*");
  await expect(page.locator('tr[data-alert="sg-1"][data-state="resolved"]').first()).toBeVisible(SLOW);
  await must("DELETE", "/alert-rules/failing-checks");
});
