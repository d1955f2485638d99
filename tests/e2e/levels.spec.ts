// Levels of priority and zones in the browser, on real traffic. The worker stands in zone e2e-1 (global-setup.ts).
import { makePool, must } from "./support/api.ts";
import { expect, rowOf, test } from "./support/test.ts";
import { sendMany } from "./support/traffic.ts";

const SLOW = { timeout: 20_000 };

test("nodes say why they get nothing, or more than usual, as levels and zones give it to them", async ({
  page,
  backend,
}) => {
  const [near, far] = [await backend("near"), await backend("far")];
  const pool = await makePool("levels.test", {
    name: "levels",
    zonePreference: { enabled: true },
    nodes: [
      { name: "near", url: near.url, zone: "e2e-1" },
      { name: "far", url: far.url, zone: "e2e-2" },
    ],
  });
  const part = (word: string, sentence: string) =>
    rowOf(page, "far").getByTitle(sentence, { exact: true }).filter({ hasText: word });
  await page.goto(`/pools/${pool.id}`);
  await expect(part("standby", "on standby: the worker’s own zone takes all")).toBeVisible(SLOW);
  await expect(rowOf(page, "far")).toContainText("e2e-2");
  await expect(rowOf(page, "near")).toContainText("100%");

  await page.getByRole("button", { name: "Actions of far" }).click();
  await page.getByRole("menuitem", { name: "Edit…" }).click();
  const form = page.getByRole("dialog", { name: "Edit far" });
  await form.getByLabel("Priority level").fill("16");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByLabel("Priority level")).toHaveAttribute("aria-invalid", "true");
  await form.getByLabel("Priority level").fill("1");
  await expect(form.getByText("Level 1 gets what levels before it cannot take")).toBeVisible();
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form).toBeHidden(SLOW);
  await expect(rowOf(page, "far")).toContainText("level 1");
  await expect(rowOf(page, "near")).toContainText("level 0");
  await expect(part("standby", "on standby: levels before it take all")).toBeVisible(SLOW);
  await rowOf(page, "far").getByRole("link", { name: "far" }).click();
  const drawer = page.getByRole("dialog", { name: "far" });
  await expect(drawer).toContainText("on standby: levels before it take all");
  await expect(drawer).toContainText("Priority level 1");
  await drawer.getByRole("button", { name: "Close" }).click();

  expect(await sendMany("levels.test", 200)).toEqual({ answered: 200, failed: [] });
  expect(far.hits()).toBeLessThan(20); // Second copies, on a machine that stands still for a while.

  await near.kill();
  expect((await sendMany("levels.test", 200)).failed).toEqual([]);
  await expect(rowOf(page, "near")).toContainText("Down", SLOW);
  await expect(part("spill", "takes what nodes before it cannot")).toBeVisible(SLOW);
  await expect(rowOf(page, "far")).toContainText("100%");
  await near.revive();
  // Its breaker may have opened, and closes by requests that it is tried with.
  await expect(rowOf(page, "near")).toContainText(/Up|Warming up|Breaker trying/, SLOW);
  await expect
    .poll(async () => {
      await sendMany("levels.test", 20);
      return rowOf(page, "near").textContent();
    }, SLOW)
    .toMatch(/Up|Warming up/);

  await page.goto(`/pools/${pool.id}?tab=config`);
  await page.getByRole("button", { name: /^Levels and zones/ }).click();
  await page.getByLabel("Overprovisioning").fill("2");
  await page.getByLabel("Usable nodes in the zone").fill("3");
  await page.getByRole("button", { name: "Save and publish" }).click();
  await expect
    .poll(() => must("GET", `/pools/${pool.id}`), SLOW)
    .toMatchObject({ overprovisioningFactor: 2, zonePreference: { enabled: true, minLocalNodes: 3 } });

  await page.goto("/system");
  await expect(page.getByRole("row").filter({ hasText: "e2e-1" })).toContainText("Live", SLOW);
});
