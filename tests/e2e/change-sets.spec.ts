// Configuration in change sets, in the browser: staged, reviewed, published, rolled back; two people at once; who may not.
import type { Locator, Page } from "@playwright/test";
import { makePool, must } from "./support/api.ts";
import { personWith } from "./support/people.ts";
import { expect, focusOn, rowOf, test } from "./support/test.ts";

/** For what is no promise: how long a busy machine may take. */
const SLOW = { timeout: 60_000 };
test.describe.configure({ timeout: 420_000 });

type Node = { id: string; name: string; weight: number };
type Revision = { number: number; note: string };

const weightsOf = async (poolId: string) => {
  const { nodes } = await must<{ nodes: Node[] }>("GET", `/pools/${poolId}`);
  return nodes.map(({ name, weight }) => `${name} ${weight}`);
};
const newest = async () => (await must<{ items: Revision[] }>("GET", "/revisions?limit=1")).items[0] as Revision;

async function collectIn(page: Page, name: string) {
  await page.getByRole("button", { name: /^Where edits go/ }).click();
  await page.getByRole("menuitem", { name: "New change set…" }).click();
  const dialog = page.getByRole("dialog", { name: "New change set" });
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByRole("button", { name: "Collect edits in it" }).click();
  await expect(page.getByRole("region", { name: "Edits that are collected" })).toContainText(name, SLOW);
}

async function setWeight(page: Page, node: string, weight: number) {
  await page.getByRole("button", { name: `Actions of ${node}`, exact: true }).click();
  await page.getByRole("menuitem", { name: "Edit", exact: false }).click();
  const form = page.getByRole("dialog", { name: `Edit ${node}` });
  await form.getByLabel("Weight", { exact: true }).fill(String(weight));
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form).toBeHidden(SLOW);
}

const bar = (page: Page): Locator => page.getByRole("region", { name: "Edits that are collected" });
const review = async (page: Page, name: string) => {
  await bar(page).getByRole("link", { name: "Review and publish" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible(SLOW);
};

test("edits gather in a change set, are reviewed with their shares, published together, and rolled back", async ({
  page,
  backend,
  pageErrors,
}) => {
  const [a, b] = [await backend("a"), await backend("b")];
  const pool = await makePool("staged.test", {
    name: "staged",
    healthCheck: { enabled: false },
    nodes: [a, b].map(({ name, url }) => ({ name, url, weight: 5 })),
  });
  const before = await newest();
  await page.goto(`/pools/${pool.id}`);
  await collectIn(page, "Less for a");
  await setWeight(page, "a", 3);
  await expect(bar(page)).toContainText("1 edit, not published");
  await expect(rowOf(page, "a")).toContainText("staged");
  await page.getByRole("button", { name: "Add node" }).click();
  const form = page.getByRole("dialog", { name: "Add a node to staged" });
  await form.getByLabel("Name", { exact: true }).fill("c");
  await form.getByLabel("URL", { exact: true }).fill("http://127.0.0.1:9");
  await form.getByLabel("Weight", { exact: true }).fill("2");
  await form.getByRole("button", { name: "Add the node" }).click();
  await expect(page.getByRole("region", { name: "Staged nodes" })).toContainText("staged: new");
  // Nothing of it is in force, and the choice outlives a reload.
  expect(await weightsOf(pool.id)).toEqual(["a 5", "b 5"]);
  expect((await newest()).number).toBe(before.number);
  await page.reload();
  await expect(bar(page)).toContainText("2 edits, not published");

  await review(page, "Less for a");
  const shares = page.getByRole("region", { name: "Shares of requests in staged" }).first();
  await expect(shares.getByRole("row", { name: /^a/ })).toContainText("50%");
  await expect(shares.getByRole("row", { name: /^a/ })).toContainText("30%");
  await expect(shares.getByRole("row", { name: /^c/ })).toContainText("20%");
  await expect(page.locator('[data-change="added"][data-entity]')).toContainText("http://127.0.0.1:9");
  await page.getByRole("radiogroup", { name: "How differences are shown" }).getByText("Side by side").click();
  await expect(page).toHaveURL(/view=side/);
  await expect(page.getByRole("columnheader", { name: `In force (revision ${before.number})` }).first()).toBeVisible();

  await page.getByLabel("Note").fill("a is slow");
  await page.getByRole("button", { name: `Publish as revision ${before.number + 1}` }).click();
  await expect(page.getByText(`Published as revision ${before.number + 1}`)).toBeVisible();
  // Live: the worker and each of its processes turn to it, and then it is said to be complete.
  await expect(page.getByText(`The only live worker has run revision ${before.number + 1} since`)).toBeVisible(SLOW);
  await expect(page.locator("[data-process]").first()).toContainText(`revision ${before.number + 1} since`);
  await expect(bar(page)).toBeHidden();
  expect(await weightsOf(pool.id)).toEqual(["a 3", "b 5", "c 2"]);
  expect(await newest()).toMatchObject({ number: before.number + 1, note: "a is slow" });

  await page.goto(`/changes?revision=${before.number}`);
  await page.getByRole("button", { name: "Roll back to this" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.locator('[data-change="removed"][data-entity]')).toContainText("c");
  await expect(dialog.getByRole("region", { name: "Shares of requests in staged" }).first()).toContainText("−20%");
  await dialog.getByLabel("Note").fill("b cannot take it");
  await dialog.getByRole("button", { name: "Roll back", exact: true }).click();
  await expect(dialog).toBeHidden();
  expect(await weightsOf(pool.id)).toEqual(["a 5", "b 5"]);
  expect(await newest()).toMatchObject({ number: before.number + 2, note: "b cannot take it" });
  await page.goto(`/changes?from=${before.number}&to=${before.number + 2}`);
  await expect(page.getByText("No differences")).toBeVisible();
  expect(pageErrors).toEqual([]);
});

test("two people edit the same: each sees the other, the conflict shows both sides, and nothing is lost", async ({
  page,
  browser,
  backend,
  pageErrors,
}) => {
  const node = await backend("a");
  const pool = await makePool("both.test", {
    name: "both",
    healthCheck: { enabled: false },
    nodes: [
      { name: "a", url: node.url, weight: 5 },
      { name: "b", url: `${node.url}/b`, weight: 5 },
    ],
  });
  const eve = await personWith(browser, "publisher", "Eve");
  await page.goto(`/pools/${pool.id}`);
  await collectIn(page, "Mine");
  await setWeight(page, "a", 3);
  await setWeight(page, "b", 4);

  await eve.page.goto(`/pools/${pool.id}`);
  await eve.page.getByRole("button", { name: "Actions of a", exact: true }).click();
  await eve.page.getByRole("menuitem", { name: "Edit", exact: false }).click();
  const form = eve.page.getByRole("dialog", { name: "Edit a" });
  await expect(form).toContainText("edits this too, in the change set Mine.");
  await form.getByLabel("Weight", { exact: true }).fill("7");
  await form.getByLabel("Zone").fill("eu");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form).toBeHidden();
  const theirs = await newest();

  await review(page, "Mine");
  const conflict = page.locator('[data-conflict="weight"]');
  await expect(conflict).toContainText("both / a", { timeout: 30_000 });
  await expect(conflict.locator('[data-side="theirs"]')).toContainText("7");
  await expect(conflict.locator('[data-side="theirs"]')).toContainText(`revision ${theirs.number}`);
  await expect(conflict.locator('[data-side="mine"]')).toContainText("3");
  const publish = page.getByRole("button", { name: `Publish as revision ${theirs.number + 1}` });
  await expect(publish).toBeDisabled();
  await conflict.getByRole("button", { name: /^Take mine/ }).click();
  await expect(conflict).toBeHidden();
  await publish.click();
  await expect(page.getByText(`Published as revision ${theirs.number + 1}`)).toBeVisible();
  // Mine where I decided so, mine where nobody else was, and theirs where I was not.
  const { nodes } = await must<{ nodes: (Node & { zone: string })[] }>("GET", `/pools/${pool.id}`);
  expect(nodes.map(({ name, weight, zone }) => [name, weight, zone])).toEqual([
    ["a", 3, "eu"],
    ["b", 4, ""],
  ]);
  expect(eve.errors).toEqual([]);
  await eve.close();
  expect(pageErrors).toEqual([]);
});

test("what is legal and hardly meant is confirmed one by one before it is published", async ({ page, backend }) => {
  const { url } = await backend("a");
  const pool = await makePool("warned.test", { name: "warned", nodes: [{ name: "a", url, weight: 5 }] });
  await page.goto(`/pools/${pool.id}`);
  await collectIn(page, "Silence");
  await setWeight(page, "a", 0);
  await review(page, "Silence");
  const publish = page.getByRole("button", { name: /^Publish as revision/ });
  await expect(publish).toBeDisabled();
  for (const box of await page.locator("[data-warning]").getByRole("checkbox").all()) await box.check();
  await publish.click();
  await expect(page.getByText(/^Published as revision/)).toBeVisible();
  expect(await weightsOf(pool.id)).toEqual(["a 0"]);
});

test("what is published at once is asked about first: a form keeps what was entered, and so is a roll-back", async ({
  page,
  backend,
  pageErrors,
}) => {
  const { url } = await backend("a");
  const pool = await makePool("asked.test", { name: "asked", nodes: [{ name: "a", url, weight: 5 }] });
  const { number } = await newest();
  await page.goto(`/pools/${pool.id}`);
  await page.getByRole("button", { name: "Actions of a", exact: true }).click();
  await page.getByRole("menuitem", { name: "Edit", exact: false }).click();
  const form = page.getByRole("dialog", { name: "Edit a" });
  await form.getByLabel("Weight", { exact: true }).fill("0");
  await form.getByLabel("Zone").fill("fra");
  await form.getByRole("button", { name: "Save" }).click();
  const question = page.getByRole("dialog", { name: "Publish in spite of warnings?" });
  await expect(question.locator('[data-warning="all-weights-zero"]')).toContainText("no node takes requests", SLOW);
  await page.keyboard.press("Escape");
  await expect(question).toBeHidden(SLOW);
  await expect(form.getByRole("alert")).toContainText("Nothing was published");
  await expect(form.getByLabel("Zone")).toHaveValue("fra");
  expect(await newest()).toMatchObject({ number });
  await form.getByRole("button", { name: "Save" }).click();
  await question.getByRole("button", { name: "Publish all the same" }).click(SLOW);
  await expect(form).toBeHidden(SLOW);
  expect(await weightsOf(pool.id)).toEqual(["a 0"]);

  // Back to what serves brings no warning, and forth again does.
  await must("POST", `/revisions/${number}/rollback`, {});
  await page.goto(`/changes?revision=${number + 1}`);
  await page.getByRole("button", { name: "Roll back to this" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Roll back", exact: true }).click(SLOW);
  await expect(question).toBeVisible(SLOW);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0, SLOW);
  expect(await weightsOf(pool.id)).toEqual(["a 0"]);
  // The browser tells of each refusal that was asked about.
  expect(pageErrors.filter((error) => !error.includes("409 (Conflict)"))).toEqual([]);
});

/** What somebody who may only read uses: it changes what they see, and nothing else. */
const READING =
  /^(Time range|More about|What (is|this chart)|Method$|Host and path$|Before$|After$|Retry|Load more|Compare|Swap|Copy|show all|Show|Clear|Where edits go|Actions (of|for)|More actions|All actions|Last|Open|Close|Unit of|Filter|Try|Find|Ask|Match|Columns|Export|Send|Previous|Next|Reset zoom|Sort|Mute|Download|Expand|fold|Choose)/i;

for (const [role, name] of [
  ["viewer", "Vic"],
  ["operator", "Otto"],
] as const)
  test(`somebody with the role ${role} finds every control that they may not use disabled, with its reason`, async ({
    browser,
    backend,
  }) => {
    const { url } = await backend("a");
    const pool = await makePool("seen.test", { name: "seen", nodes: [{ name: "a", url }] });
    const set = await must<{ id: string }>("POST", "/change-sets", { name: "Theirs" });
    await must("PATCH", `/nodes/${pool.nodes[0]?.id}?changeSet=${set.id}`, { weight: 0 });
    await must("PATCH", `/nodes/${pool.nodes[0]?.id}`, { weight: 7 });
    const { number } = await newest();
    const person = await personWith(browser, role, name);
    const { page } = person;
    const pages = [
      "/pools",
      `/pools/${pool.id}`,
      `/pools/${pool.id}?tab=config`,
      `/pools/${pool.id}?tab=health`,
      "/routes",
      "/proxy",
      "/certificates",
      `/changes?revision=${number - 1}`,
      `/changes?from=${number - 1}&to=${number}`,
      `/changes/sets/${set.id}`,
      "/settings",
      "/settings?tab=tokens",
    ];
    for (const path of pages) {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(page.locator(".mantine-Skeleton-root")).toHaveCount(0);
      const open = await page.locator("#main").evaluate((main) =>
        [...main.querySelectorAll<HTMLElement>("button, input:not([type=search]), select, textarea")]
          .filter((one) => one.offsetParent !== null && !one.matches(":disabled, [aria-disabled=true], [role=tab]"))
          .filter((one) => !one.matches("[aria-expanded][aria-controls], [type=radio], [role=switch]"))
          .map((one) => one.getAttribute("aria-label") ?? one.textContent ?? ""),
      );
      const acting = open.filter((label) => label !== "" && !READING.test(label));
      expect
        .soft(acting, path)
        .toEqual(role === "viewer" ? [] : acting.filter((label) => /drain|probe|check|ready/i.test(label)));
    }
    // The reason, by keyboard: the control is reached, and says which role it needs.
    await page.goto(`/changes/sets/${set.id}`);
    const takeMine = page.getByRole("button", { name: /^Take mine/ }).first();
    await focusOn(takeMine);
    await expect(page.getByRole("tooltip")).toContainText("Needs the role Publisher");
    await page.goto("/pools");
    await focusOn(page.getByRole("button", { name: /^Where edits go/ }));
    await expect(page.getByRole("tooltip")).toContainText("Needs the role Publisher");
    await page.goto(`/pools/${pool.id}`);
    await page.getByRole("button", { name: "Actions of a", exact: true }).click();
    const items = page.getByRole("menuitem");
    await expect(items.filter({ hasText: "Edit" })).toHaveAttribute("aria-disabled", "true");
    const drain = items.filter({ hasText: "Drain" }).first();
    if (role === "viewer") await expect(drain).toHaveAttribute("aria-disabled", "true");
    else await expect(drain).not.toHaveAttribute("aria-disabled", "true");
    await person.close();
  });
