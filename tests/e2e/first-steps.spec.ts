// What somebody meets who opens the product for the first time (issue 7, 7).
import { must } from "./support/api.ts";
import { expect, test } from "./support/test.ts";

/** A process is started for the demo's nodes, on a machine that may be busy. */
const SLOW = { timeout: 60_000 };

test("the demo fleet comes with one click and goes with one, and the first steps stay put away", async ({ page }) => {
  try {
    await page.goto("/");
    await page.getByRole("button", { name: "Start a demo fleet" }).click();
    const banner = page.getByRole("status").filter({ hasText: "A demo fleet is running." });
    await expect(banner).toBeVisible(SLOW);
    await expect(page.getByRole("link", { name: "orders-slow" }).first()).toBeVisible(SLOW);
    // Its pools, nodes and requests are nobody's own.
    await expect(
      page
        .getByRole("listitem")
        .filter({ hasText: /^Make a pool/ })
        .getByLabel("To do"),
    ).toBeVisible();

    await page.goto("/routes");
    await expect(page.getByRole("row").filter({ hasText: "demo.localhost" })).toHaveCount(2, SLOW);
    await banner.getByRole("button", { name: "Remove" }).click();
    await expect(banner).toBeHidden(SLOW);
    await expect(page.getByRole("row").filter({ hasText: "demo.localhost" })).toHaveCount(0, SLOW);

    await page.goto("/");
    await page.getByRole("button", { name: "Do not show again" }).click();
    await page.reload();
    await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
    await expect(page.getByRole("heading", { name: "Recent changes" })).toBeVisible(SLOW);
    await expect(page.getByRole("heading", { name: "First steps" })).toHaveCount(0);
  } finally {
    await must("POST", "/demo/stop", {});
  }
});
