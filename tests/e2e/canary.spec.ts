// Canaries in the browser: a change set goes to a share of the clients first, and is promoted or rolled back by itself.
import http from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "@playwright/test";
import { request } from "undici";
import { type MadePool, makePool, must } from "./support/api.ts";
import { fromSetup } from "./support/environment.ts";
import { personWith } from "./support/people.ts";
import { expect, test } from "./support/test.ts";

/** For what is no promise: how long a busy machine may take. */
const SLOW = { timeout: 60_000 };
test.describe.configure({ timeout: 420_000 });

const HOST = "canary.test";

/** A node that fails every request that a canary marks, and no other. */
async function failsMarked(): Promise<{ url: string; stop: () => void }> {
  const server = http.createServer((incoming, response) => {
    response.writeHead(incoming.headers["x-canary"] === "bad" ? 500 : 200).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => void server.close() };
}

/** Requests of many clients, told apart by a header, until `stop`. */
function demand() {
  let isOver = false;
  let next = 0;
  const one = async () => {
    while (!isOver) {
      const headers = { host: HOST, "x-user": `user ${next++ % 400}` };
      await request(`${fromSetup("PROXY_URL")}/e2e`, { headers }).then(({ body }) => body.dump());
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const running = [one(), one()];
  return async () => {
    isOver = true;
    await Promise.all(running);
  };
}

async function changeSet(name: string, pool: MadePool, headers: object): Promise<string> {
  const { id } = await must<{ id: string }>("POST", "/change-sets", { name });
  await must("PATCH", `/nodes/${pool.nodes[0]?.id}?changeSet=${id}`, { requestHeaders: headers });
  return id;
}

/** Starts it from the review, for half of the clients, told apart by the header of the demand. */
async function startFromReview(page: Page, id: string, seconds: number) {
  await page.goto(`/changes/sets/${id}`);
  await page.getByRole("radio", { name: "A share of the clients first" }).check(SLOW);
  await page.getByLabel("Share of the clients", { exact: true }).fill("50");
  await page.getByLabel("Minimum sample").fill("20");
  await page.getByLabel("Unit of Compare for").selectOption("s");
  await page.getByLabel("Compare for", { exact: true }).fill(String(seconds));
  await page.getByRole("combobox", { name: "Clients are told apart by" }).click();
  await page.getByRole("option", { name: "A header" }).click();
  await page.getByLabel("Name of the header").fill("x-user");
  for (const box of await page.locator("[data-warning]").getByRole("checkbox").all()) await box.check();
  await page.getByRole("button", { name: "Start with a share of the clients" }).click();
  await expect(page.getByRole("heading", { level: 1, name: /Canary of revision \d/ })).toBeVisible(SLOW);
}

test("a change set goes to a share first, and is promoted by itself when it is as good", async ({ page }) => {
  const node = await failsMarked();
  const pool = await makePool(HOST, {
    name: "tried",
    healthCheck: { enabled: false },
    nodes: [{ name: "a", url: node.url }],
  });
  const id = await changeSet("As good", pool, { set: { "x-canary": "good" } });
  const stop = demand();
  try {
    // Long enough for a second page to be looked at meanwhile, on a busy machine too.
    await startFromReview(page, id, 60);
    await expect(page.getByText("The only live worker runs the canary")).toBeVisible(SLOW);
    // On every page: that it runs, and why nothing is published.
    await expect(page.getByText(/runs as a canary for 50%/)).toBeVisible(SLOW);
    const other = await must<{ id: string }>("POST", "/change-sets", { name: "Another" });
    await must("PATCH", `/nodes/${pool.nodes[0]?.id}?changeSet=${other.id}`, { weight: 3 });
    const second = await page.context().newPage();
    await second.goto(`/changes/sets/${other.id}`);
    await expect(second.getByText(/nothing else is published before its end/)).toBeVisible(SLOW);
    await expect(second.getByRole("button", { name: /^Publish as revision/ })).toBeDisabled();
    await second.close();
    await expect(page.getByText(/^Promoted by itself/)).toBeVisible({ timeout: 120_000 });
    await expect(page.getByText(/runs as a canary for/)).toBeHidden(SLOW);
    await page.goto(`/changes/sets/${id}`);
    await expect(page.getByRole("heading", { name: /^Published as revision/ })).toBeVisible(SLOW);
  } finally {
    await stop();
    node.stop();
  }
});

test("one that fails is rolled back by itself, and says why", async ({ page, browser }) => {
  const node = await failsMarked();
  const pool = await makePool(HOST, {
    name: "tried",
    healthCheck: { enabled: false },
    nodes: [{ name: "a", url: node.url }],
  });
  await must("PATCH", `/pools/${pool.id}?confirm=all`, { breaker: { enabled: false }, ejection: { enabled: false } });
  const id = await changeSet("Worse", pool, { set: { "x-canary": "bad" } });
  const stop = demand();
  try {
    await startFromReview(page, id, 3_600);
    await expect(page.getByText(/^Rolled back by itself: its success rate was/)).toBeVisible({ timeout: 120_000 });
    await page.goto("/changes");
    const list = page.getByRole("region", { name: "Canaries" });
    await expect(list.getByRole("row").nth(1)).toContainText("rolled back", SLOW);
    // A viewer sees all of it, and may not end one.
    const warned = await must<{ warnings: { id: string }[] }>("GET", `/change-sets/${id}`);
    const running = await must<{ id: string }>("POST", `/change-sets/${id}/canary`, {
      settings: { sharePercent: 1 },
      confirm: warned.warnings.map((warning) => warning.id),
    });
    const viewer = await personWith(browser, "viewer", "Vera");
    await viewer.page.goto(`/changes/canaries/${running.id}`);
    const promote = viewer.page.getByRole("button", { name: "Promote now…" });
    await expect(promote).toHaveAttribute("aria-disabled", "true", SLOW);
    await viewer.close();
    await page.goto(`/changes/canaries/${running.id}`);
    await page.getByRole("button", { name: "Roll back now…" }).click(SLOW);
    await page.getByRole("dialog").getByRole("button", { name: "Roll back" }).click();
    await expect(page.getByText(/^Rolled back by hand by/)).toBeVisible(SLOW);
  } finally {
    await stop();
    node.stop();
  }
});
