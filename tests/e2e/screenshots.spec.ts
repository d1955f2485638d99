// `npm run screenshots`: pictures for README and docs, of the real dashboard under the demo's own fleet and traffic.
// Not a part of `npm test`: it needs minutes of traffic for charts with a shape, and it writes into docs/.
import fs from "node:fs";
import path from "node:path";
import type { Page } from "@playwright/test";
import { DEMO_HOST } from "#lib/core/demo/fleet.ts";
import { demoApi } from "#workers/demo/api.ts";
import { FLEET, startNode } from "#workers/demo/fleet.ts";
import { setUp, tearDown } from "#workers/demo/set-up.ts";
import { sendTraffic } from "#workers/demo/traffic.ts";
import { must } from "./support/api.ts";
import { fromSetup } from "./support/environment.ts";
import { expect, test } from "./support/test.ts";

const FOLDER = path.resolve(import.meta.dirname, "../../docs/screenshots");
const MAX_BYTES = 240_000;
/** A busy machine is no reason to begin anew after minutes of traffic. */
const SLOW = { timeout: 60_000 };
const LOOKS = [
  { suffix: "en-light", locale: "en", scheme: "light" },
  { suffix: "zh-dark", locale: "zh-CN", scheme: "dark" },
] as const;
/** Requests that are to be behind the charts before they are drawn. */
const ENOUGH_REQUESTS = 20_000;

type Named = { id: string; name: string; nodes: { id: string; name: string }[] };

test.use({ viewport: { width: 1440, height: 900 } });

test("pictures of the dashboard under load", async ({ page }) => {
  test.setTimeout(1_200_000);
  const stopping = new AbortController();
  const nodes = await Promise.all(FLEET.map(async (spec) => ({ spec, ...(await startNode(spec, stopping.signal)) })));
  const api = demoApi(fromSetup("WEB_URL"), fromSetup("TOKEN"));
  await setUp(api, nodes);
  const counts = { sent: 0, answered: 0, failed: 0, skipped: 0 };
  const traffic = sendTraffic(fromSetup("PROXY_URL"), DEMO_HOST, 90, counts, stopping.signal);
  try {
    await expect.poll(() => counts.answered, { timeout: 420_000 }).toBeGreaterThan(ENOUGH_REQUESTS);
    const pools = (await must<{ items: Named[] }>("GET", "/pools")).items;
    const orders = pools.find(({ name }) => name === "demo-orders") as Named;
    await must("POST", `/nodes/${orders.nodes[2]?.id}/warm-up`, {});
    const search = pools.find(({ name }) => name === "demo-search") as Named;
    await must("POST", `/nodes/${search.nodes[1]?.id}/drain`, {});
    for (const { suffix, locale, scheme } of LOOKS) {
      await page.context().addCookies([{ name: "gb_locale", value: locale, url: fromSetup("WEB_URL") }]);
      await page.emulateMedia({ colorScheme: scheme });
      await shoot(page, "/", `overview-${suffix}`);
      await shoot(page, `/pools/${search.id}`, `pool-${suffix}`);
      await shoot(page, `/pools/${search.id}?node=${search.nodes[2]?.id}`, `node-${suffix}`);
      await shoot(page, "/pools", `pools-${suffix}`);
      await shoot(page, "/alerts?tab=history", `alerts-${suffix}`);
    }
  } finally {
    stopping.abort();
    await traffic;
    await tearDown(api);
    await Promise.all(nodes.map((node) => node.stop()));
  }
});

async function shoot(page: Page, address: string, name: string) {
  await page.goto(address);
  await expect(page.locator(".mantine-Skeleton-root")).toHaveCount(0, SLOW);
  await expect(page.locator("path[data-line], path.recharts-area-curve, tr[data-alert], tbody tr").first()).toBeVisible(
    SLOW,
  );
  await expect(page.locator('[data-state="live"]')).toBeVisible(SLOW);
  const file = path.join(FOLDER, `${name}.png`);
  await page.screenshot({ path: file });
  expect(fs.statSync(file).size, `${name}.png`).toBeLessThanOrEqual(MAX_BYTES);
}
