// Channels in the browser: made, tried out, corrected, told of a real alert and of its end; whoever may not sees why.
import { receiver } from "#tests/control/receivers.ts";
import { cleanups } from "#tests/control/support.ts";
import { makePool, must } from "./support/api.ts";
import { expect, test } from "./support/test.ts";

/** How long a busy machine may take. */
const SLOW = { timeout: 30_000 };
const after = cleanups();

test.beforeEach(async () => {
  for (const { id } of (await must<{ items: { id: string }[] }>("GET", "/notification-channels")).items)
    await must("DELETE", `/notification-channels/${id}`);
});
test.afterEach(after.run);

test("a channel is made, its faults told at their fields, tried out, and told of an alert and of its end", async ({
  page,
  backend,
}) => {
  test.setTimeout(120_000);
  const { received, answers, url } = await receiver(after);
  await page.goto("/alerts?tab=notifications");
  await page.getByRole("button", { name: "New channel" }).click();
  const form = page.getByRole("dialog", { name: "New channel" });
  await form.getByLabel("Name", { exact: true }).fill("on call");
  await form.getByLabel("URL", { exact: true }).fill("hooks");
  await form.getByLabel("Signing secret").fill("short");
  await form.getByRole("button", { name: "Create" }).click();
  await expect(form.getByLabel("URL", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await expect(form.getByText("Must have at least 24 characters")).toBeVisible();
  await form.getByLabel("URL", { exact: true }).fill(`${url}/hooks/gb`);
  await form.getByLabel("Signing secret").fill("a-signing-secret-of-24-or-more");
  await form.getByRole("button", { name: "Create" }).click();
  const row = page.locator('tr[data-channel="on call"]');
  await expect(row).toContainText(`${new URL(url).host}/hooks/gb`, SLOW);

  answers[0] = { status: 404, body: "no such hook" };
  await row.getByRole("button", { name: "Actions for the channel on call" }).click();
  await page.getByRole("menuitem", { name: "Send a test" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "did not reach on call" })).toContainText("HTTP 404", SLOW);
  answers[0] = { status: 200, body: "ok" };
  await page.locator('tr[data-delivery="failed"]').getByRole("button", { name: "Try again" }).click();
  await expect(page.locator('tr[data-delivery="delivered"]')).toHaveCount(1, SLOW);

  const node = await backend("told");
  const pool = await makePool("told.test", {
    name: "told",
    healthCheck: { intervalMs: 500, timeoutMs: 400 },
    nodes: [{ name: "sg-1", url: node.url }],
  });
  const before = received.length;
  await must("PATCH", `/nodes/${pool.nodes[0]?.id}`, { url: "http://127.0.0.1:9" });
  // The pool's own alert, that too few of its nodes are healthy, may be told as well.
  const told = () => JSON.stringify(received.slice(before).map(({ json }) => json));
  await expect.poll(told, SLOW).toContain("sg-1 failed");
  await must("PATCH", `/nodes/${pool.nodes[0]?.id}`, { url: node.url });
  await expect.poll(told, SLOW).toContain("[Resolved] sg-1");
  const ended = page.locator("tr[data-delivery]").filter({ hasText: "Alert ended" });
  await expect(ended.filter({ hasText: "told / sg-1" })).toBeVisible(SLOW);

  await row.getByRole("button", { name: "Actions for the channel on call" }).click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  const edit = page.getByRole("dialog", { name: "Edit on call" });
  await expect(edit.getByLabel("URL", { exact: true })).toHaveCount(0);
  await edit.getByRole("switch", { name: "Also when an alert ends" }).uncheck();
  await edit.getByRole("combobox", { name: "Labels" }).fill("env!=staging");
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(edit).toHaveCount(0, SLOW);
  const { items } = await must<{ items: { match: { resolved: boolean; labels: object[] } }[] }>(
    "GET",
    "/notification-channels",
  );
  expect(items[0]?.match).toMatchObject({ resolved: false, labels: [{ name: "env", op: "!=", value: "staging" }] });
  await row.getByRole("button", { name: "Actions for the channel on call" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("Nobody is told of alerts yet")).toBeVisible(SLOW);
});
