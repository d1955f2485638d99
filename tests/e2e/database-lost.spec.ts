// What an operator sees of a database that hangs, and that nobody's requests do.
import fs from "node:fs";
import path from "node:path";
import { makePool } from "./support/api.ts";
import { fromSetup } from "./support/environment.ts";
import { expect, rowOf, test } from "./support/test.ts";
import { startLoad } from "./support/traffic.ts";

/** For what is no promise: how long a busy machine may take. */
const SLOW = { timeout: 60_000 };

function signalPostgres(signal: NodeJS.Signals): void {
  const file = path.join(fromSetup("DATA_DIR"), "supervisor.json");
  const state = JSON.parse(fs.readFileSync(file, "utf8")) as { children: { name: string; pid: number }[] };
  const pid = state.children.find(({ name }) => name === "PostgreSQL")?.pid ?? 0;
  const children = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
  for (const one of [pid, ...children.map(Number)]) process.kill(one, signal);
}

test("a database that hangs is told on every page in both languages, signs nobody out, stops no traffic, and is over by itself", async ({
  page,
  backend,
}) => {
  const nodes = [await backend("db-1"), await backend("db-2")].map(({ name, url }) => ({ name, url }));
  const pool = await makePool("lost.test", { name: "lost", nodes });
  await page.goto(`/pools/${pool.id}`);
  await expect(rowOf(page, "db-1")).toContainText("Up", SLOW);
  // The server draws the row by itself; whose stream was open is known while nobody can be looked up.
  await expect(page.getByText("Live", { exact: true })).toBeVisible(SLOW);
  const load = startLoad("lost.test", 50);
  const banner = page.getByRole("alert").filter({ hasText: "Database lost since" });
  signalPostgres("SIGSTOP");
  try {
    await expect(banner).toContainText("Traffic goes on as before", SLOW);
    // Live figures come from the worker: what is on screen does not grow old.
    await expect(page.getByText("Live", { exact: true })).toBeVisible(SLOW);
    const edit = page.getByRole("button", { name: "Add node" }).first();
    await expect(edit).toHaveAttribute("aria-disabled", "true", SLOW);
    await edit.hover();
    await expect(page.getByRole("tooltip")).toContainText("Database not reachable");
    await page.getByRole("link", { name: "System" }).first().click();
    await expect(banner).toBeVisible();
    // Loaded anew it is still this person's page, not the sign-in, with the worker's figures.
    await page.goto("/alerts");
    await expect(banner).toBeVisible(SLOW);
    await expect(page).toHaveURL(/\/alerts/);
    await expect(page.getByText("Live", { exact: true })).toBeVisible(SLOW);
    await page.context().addCookies([{ name: "gb_locale", value: "zh-CN", url: fromSetup("WEB_URL") }]);
    await page.reload();
    await expect(page.getByRole("alert").filter({ hasText: "数据库自" })).toContainText("流量照常转发", SLOW);
  } finally {
    signalPostgres("SIGCONT");
  }
  await expect(page.getByRole("alert").filter({ hasText: "数据库自" })).toHaveCount(0, SLOW);
  const outcome = await load.stop();
  expect(outcome.failed).toEqual([]);
  expect(outcome.answered).toBeGreaterThan(100);
  const published = await page.request.patch(`/api/v1/pools/${pool.id}`, {
    data: { drainTimeoutMs: 12_345 },
    headers: { authorization: `Bearer ${fromSetup("TOKEN")}` },
  });
  expect(published.status()).toBe(200);
});
