// Every page without a mouse, and by the clocks of the zone that was chosen.
import type { Page } from "@playwright/test";
import { makePool } from "./support/api.ts";
import { expect, focusOn, test } from "./support/test.ts";

const SLOW = { timeout: 60_000 };
test.describe.configure({ timeout: 300_000 });

const PAGES = [
  ...["/", "/pools", "/topology", "/routes", "/proxy", "/certificates", "/requests", "/alerts", "/alerts?tab=rules"],
  ...["/alerts?tab=silences", "/changes", "/audit", "/system", "/api-reference", "/settings", "/settings?tab=tokens"],
];

async function visit(page: Page, path: string) {
  await page.goto(path);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible(SLOW);
  await expect(page.locator(".mantine-Skeleton-root")).toHaveCount(0, SLOW);
}

/** Presses of Tab on a page; of longer ones the first stops are enough to see that nothing holds the focus. */
const STOPS = 70;

/** Goes through the page by Tab. @returns controls that it never came to, and those that no key comes to */
async function walk(page: Page): Promise<string[]> {
  await page.evaluate(() => {
    // Known by what they are called: one that is drawn anew meanwhile is the same to people.
    const nameOf = (each: Element) => `${each.tagName} ${each.getAttribute("aria-label") ?? each.textContent}`;
    const reached = new Set<string>();
    document.addEventListener("focusin", ({ target }) => target instanceof Element && reached.add(nameOf(target)));
    Object.assign(window, { reached, nameOf });
  });
  for (let i = 0; i < STOPS; i++) await page.keyboard.press("Tab");
  return page.evaluate((stops) => {
    type Walk = { reached: Set<string>; nameOf: (each: Element) => string };
    const { reached, nameOf } = window as unknown as Walk;
    const controls = [...document.querySelectorAll<HTMLElement>("a[href], button, input, select, textarea")].filter(
      // One of a group has the focus, and arrows move it; what is disabled or not drawn is no control.
      (each) =>
        each.checkVisibility() &&
        !each.matches(":disabled, [type=radio], [role=tab], [type=file], [type=date], [type=datetime-local]") &&
        each.offsetWidth > 1,
    );
    const missed = controls.filter((each) => each.tabIndex >= 0 && !reached.has(nameOf(each)));
    const unreachable = controls.filter(
      (each) => each.tabIndex < 0 && !each.closest("[role=menu], [aria-hidden=true], .mantine-NumberInput-controls"),
    );
    const isLong = controls.length > stops - 20;
    return [
      ...(isLong ? [] : missed.map((each) => `not reached: ${nameOf(each)}`)),
      ...(isLong && reached.size < 20 ? [`the focus stays at ${[...reached].at(-1)}`] : []),
      ...unreachable.map((each) => `no tab stop: ${nameOf(each)}`),
    ];
  }, STOPS);
}

test("every control of every page is reached by Tab; menus, dialogs and tabs go by arrows and Escape and give the focus back", async ({
  page,
  backend,
}) => {
  const { url } = await backend("keys");
  const pool = await makePool("keys.test", {
    name: "keys",
    nodes: [
      { name: "one", url },
      { name: "two", url: url.replace("127.0.0.1", "localhost") },
    ],
  });
  for (const path of [...PAGES, `/pools/${pool.id}`]) {
    await visit(page, path);
    expect.soft(await walk(page), path).toEqual([]);
  }
  const menu = page.getByRole("row", { name: /one/ }).getByRole("button", { name: /^Actions/ });
  await focusOn(menu);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menu")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(menu).toBeFocused();
  await page.keyboard.press("Enter");
  const drain = page.getByRole("menuitem", { name: /^Drain/ });
  for (let i = 0; i < 12 && !(await drain.evaluate((item) => item === document.activeElement)); i++)
    await page.keyboard.press("ArrowDown");
  await expect(drain).toBeFocused();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Drain one?" });
  await expect(dialog).toBeVisible(SLOW);
  await expect(dialog.locator(":focus")).toHaveCount(1);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(menu).toBeFocused();
  const tab = page.getByRole("tab", { selected: true });
  await tab.focus();
  await page.keyboard.press("ArrowRight");
  await expect(page).toHaveURL(/tab=traffic/);
});

test("the palette leads to a page, a pool and a node by letters and Enter, and the keys are told", async ({
  page,
  backend,
}) => {
  const { url } = await backend("palette");
  const pool = await makePool("palette.test", { name: "orders-eu", nodes: [{ name: "fra-1", url }] });
  await visit(page, "/system");
  const search = page.getByRole("combobox", { name: "Page, pool or node" });
  await page.keyboard.press("Control+k");
  await expect(search).toBeFocused(SLOW);
  await search.fill("fra");
  await expect(page.getByRole("option", { name: "fra-1 node of orders-eu" })).toHaveAttribute(
    "aria-selected",
    "true",
    SLOW,
  );
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/pools/${pool.id}\\?node=`), SLOW);
  await visit(page, "/system");
  await page.keyboard.press("/");
  await expect(search).toBeFocused(SLOW);
  await page.keyboard.press("Escape");
  await expect(search).toBeHidden();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible(SLOW);
  await page.keyboard.press("Escape");
  await visit(page, "/pools");
  await page.keyboard.press("/");
  await expect(page.getByRole("searchbox")).toBeFocused();
});

test.describe("in another time zone", () => {
  // Half an hour beside every whole one: what is told by another clock is seen by its minutes.
  test.use({ timezoneId: "Asia/Kolkata" });

  /** Times on the page that another clock than `timeZone`'s tells, and instants as programs write them. */
  const strangeTimes = (page: Page, timeZone: string) =>
    page.evaluate((zone) => {
      const clock = new Intl.DateTimeFormat("en", {
        timeZone: zone,
        hourCycle: "h23",
        hour: "2-digit",
        minute: "2-digit",
      });
      const strange = [...document.querySelectorAll("time")].filter(({ dateTime, textContent }) => {
        const [shown] = /\d\d:\d\d/.exec(textContent ?? "") ?? [];
        return shown !== undefined && shown !== clock.format(new Date(dateTime));
      });
      // What programs read is written for them.
      const raw = [...document.querySelectorAll("#main *")].filter(
        (each) =>
          each.children.length === 0 &&
          !each.closest("pre, code") &&
          /\d{4}-\d\d-\d\dT\d\d:\d\d/.test(each.textContent ?? ""),
      );
      return [...strange, ...raw].map(({ outerHTML }) => outerHTML);
    }, timeZone);

  test("every page tells times by the clocks of the browser, or in UTC where that was chosen", async ({
    page,
    backend,
  }) => {
    const { url } = await backend("zone");
    const pool = await makePool("zone.test", { name: "zone", nodes: [{ name: "one", url }] });
    for (const path of [...PAGES, `/pools/${pool.id}?node=${pool.nodes[0]?.id}`]) {
      await visit(page, path);
      // On the first page of all the server draws in UTC, and the browser takes its own zone as soon as it may.
      await expect.soft.poll(() => strangeTimes(page, "Asia/Kolkata"), { message: path }).toEqual([]);
      await page.evaluate(() => {
        localStorage.setItem("gb_time_zone", "utc");
        window.dispatchEvent(new Event("storage"));
      });
      await expect.soft.poll(() => strangeTimes(page, "UTC"), { message: `${path}, UTC` }).toEqual([]);
      await page.evaluate(() => localStorage.removeItem("gb_time_zone"));
    }
  });

  test("the server draws times in the browser's zone once it knows it, so that none changes on screen", async ({
    page,
  }) => {
    const drawn = async () => (await page.request.get("/")).text();
    expect(await drawn()).not.toContain("UTC+5:30");
    await visit(page, "/");
    await expect(page.getByRole("button", { name: /UTC\+5:30/ })).toBeVisible();
    expect(await drawn()).toContain("UTC+5:30");
  });
});
