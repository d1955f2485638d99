// Which rows of a table of nodes are drawn as figures come every second.
import type { Page } from "@playwright/test";
import { makePool } from "./support/api.ts";
import { expect, test } from "./support/test.ts";

const SLOW = { timeout: 30_000 };
const rowOf = (page: Page, node: string) => page.locator(`tr[data-node="${node}"]`);

/** Counts from now on how often something in a node's row is drawn anew; its drawings go by the clock. */
const watch = (page: Page, node: string) =>
  rowOf(page, node).evaluate((row) => {
    const isDrawing = ({ target }: MutationRecord) => target instanceof SVGElement;
    const observer = new MutationObserver((changes) => {
      if (changes.every(isDrawing)) return;
      row.setAttribute("data-drawn", String(Number(row.getAttribute("data-drawn") ?? 0) + 1));
    });
    observer.observe(row, { characterData: true, childList: true, subtree: true });
  });

test("a row is drawn when its own figures change, not when others' do, and the newest figures are the last drawn", async ({
  page,
  backend,
  load,
}) => {
  const [busy, idle] = [await backend("busy"), await backend("idle")];
  const pool = await makePool("rows.test", { name: "rows", nodes: [busy, { ...idle, weight: 0 }] });
  const traffic = load("rows.test", 50);
  await page.goto(`/pools/${pool.id}`);
  const rate = rowOf(page, "busy").getByRole("cell").nth(6);
  await expect(rate).toHaveText(/^[1-9]/, SLOW);
  for (const node of ["busy", "idle"]) await watch(page, node);
  await expect(rowOf(page, "busy")).toHaveAttribute("data-drawn", /^([5-9]|\d\d)/, SLOW);
  await expect(rowOf(page, "idle")).not.toHaveAttribute("data-drawn");
  await traffic.stop();
  await expect(rate).toHaveText("0", SLOW);
});
