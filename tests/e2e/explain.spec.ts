// A request that failed, explained by the id that its answer holds; and shares that shifted, with their cause.
import { makePool, must } from "./support/api.ts";
import { expect, rowOf, test } from "./support/test.ts";
import { proxyRequest } from "./support/traffic.ts";

const SLOW = { timeout: 20_000 };

test("an error answer's id leads to what was tried, and why others were not", async ({ page, backend, pageErrors }) => {
  const spare = await backend("spare");
  const pool = await makePool("explain.test", {
    name: "explained",
    healthCheck: { enabled: false },
    // Every request is to meet the dead node.
    ejection: { enabled: false },
    breaker: { enabled: false },
    nodes: [
      { name: "dead", url: "http://127.0.0.1:9" },
      { name: "spare", url: spare.url },
    ],
  });
  const id = (name: string) => pool.nodes.find((node) => node.name === name)?.id;
  // The ledger tells of shifts: a share must have been seen before it can move.
  await page.goto(`/pools/${pool.id}`);
  await expect(rowOf(page, "spare")).toContainText("50%", SLOW);
  await must("POST", `/nodes/${id("spare")}/maintenance`, {});
  await expect.poll(async () => (await proxyRequest("explain.test", "/v1/chat?key=secret")).status, SLOW).toBe(502);
  const answer = await proxyRequest("explain.test", "/v1/chat?key=secret");
  const { requestId } = JSON.parse(answer.body);
  expect(answer.headers["x-request-id"]).toBe(requestId);

  await page.goto("/requests");
  // The page may not listen yet when it is first there.
  await expect(async () => {
    await page.getByRole("textbox", { name: "Request id" }).fill(requestId);
    await page.getByRole("button", { name: "Explain", exact: true }).click();
    await expect(page).toHaveURL(/[?&]id=/, { timeout: 2_000 });
  }).toPass(SLOW);
  await expect(async () => {
    await page.reload();
    await expect(page.getByText(/The proxy answered 502 \(connect-failed\) by itself after 1 attempt/)).toBeVisible();
  }).toPass(SLOW);
  await expect(page.getByText("GET explain.test/v1/chat?key=…")).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: "1. first" })).toContainText("connect refused");
  await expect(page.locator('[data-candidate="spare"]')).toContainText("no: in maintenance");
  await expect(page.locator('[data-candidate="dead"]')).toContainText("asked before");

  await page.goto("/requests?status=5xx");
  await expect(page.locator(`[data-request="${requestId}"]`)).toBeVisible(SLOW);
  await page.goto(`/pools/${pool.id}?tab=traffic`);
  await expect(page.locator(`[data-request="${requestId}"]`)).toBeVisible(SLOW);
  await expect(page.locator('[data-shift="person"]').first()).toContainText("spare", SLOW);

  // Nothing looks at a node that requests fail at: what to set is one click away, and nothing is saved by it.
  for (let i = 0; i < 20; i++) await proxyRequest("explain.test", "/");
  await page.goto(`/pools/${pool.id}?tab=health`);
  const suggestion = page.locator('[data-probe-of="dead"] [data-suggestion="turn-on"]');
  await expect(async () => {
    await page.reload();
    await expect(suggestion).toBeVisible({ timeout: 4_000 });
  }).toPass({ timeout: 60_000 });
  await suggestion.getByRole("button", { name: "Open in the settings" }).click();
  await expect(page.locator('[data-path="healthCheck.enabled"]')).toBeChecked();
  expect(pageErrors).toEqual([]);
});
