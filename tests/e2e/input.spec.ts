// Bad input in the forms: every fault has its own words at its own field, and nothing is half-saved.
import type { Locator, Page } from "@playwright/test";
import type { Problem } from "#lib/contracts/problem.ts";
import { call, makePool, must } from "./support/api.ts";
import { expect, rowOf, test } from "./support/test.ts";

const NODE = { name: "a", url: "http://127.0.0.1:9", weight: 1 };
const faultAt = (field: Locator, message: string | RegExp) => expect(field).toHaveAccessibleDescription(message);

type Items<T> = { items: T[] };
const pools = async () => (await must<Items<{ name: string; nodes: object[] }>>("GET", "/pools")).items;
const routes = async () => (await must<Items<{ match: object }>>("GET", "/routes")).items;
const headRevision = async () => (await must<{ revision: number }>("GET", "/health")).revision;

async function openPoolForm(page: Page) {
  await page.goto("/pools");
  await page.getByRole("button", { name: "New pool" }).first().click();
  const form = page.getByRole("dialog", { name: "New pool" });
  return { form, save: () => form.getByRole("button", { name: "Create the pool" }).click() };
}

test("each fault of a new pool is told at its field; mended, the pool is saved with what was entered", async ({
  page,
}) => {
  const revision = await headRevision();
  const { form, save } = await openPoolForm(page);
  const [name, url, weight] = [
    form.getByLabel("Name", { exact: true }),
    form.getByLabel("URL of node 1"),
    form.getByLabel("Weight of node 1"),
  ];
  await url.fill("not a url");
  await weight.fill("2000");
  await save();
  await faultAt(name, /Must not be empty/);
  await faultAt(url, /Must be a URL such as/);
  await faultAt(weight, /Must be at most 1,?000/);
  await url.fill("ftp://10.0.0.7");
  await weight.fill("-1");
  await name.fill("or/ders");
  await save();
  await faultAt(name, /May hold letters, digits/);
  await faultAt(url, /Must start with http:\/\/ or https:\/\//);
  await faultAt(weight, /Must be at least 0/);
  expect(await pools()).toEqual([]);
  expect(await headRevision()).toBe(revision);

  await name.fill("orders");
  await url.fill("http://127.0.0.1:9");
  await weight.fill("1000");
  await save();
  await expect(page.getByRole("heading", { level: 1, name: "orders" })).toBeVisible();
  expect(await pools()).toMatchObject([{ name: "orders", nodes: [{ name: "127.0.0.1-9", weight: 1000 }] }]);
});

test("a pool's name that is taken, in whatever case, is told at the name, and none of its nodes is saved", async ({
  page,
}) => {
  await makePool("a.test", { name: "orders", nodes: [NODE] });
  const revision = await headRevision();
  const { form, save } = await openPoolForm(page);
  await form.getByLabel("Name", { exact: true }).fill("ORDERS");
  await form.getByLabel("URL of node 1").fill("http://127.0.0.1:10");
  await save();
  await faultAt(form.getByLabel("Name", { exact: true }), "This name is taken");
  expect(await pools()).toHaveLength(1);
  expect(await headRevision()).toBe(revision);
});

test("faults of a node are told at its fields, also those that only the server knows", async ({ page }) => {
  const pool = await makePool("a.test", { name: "orders", nodes: [NODE] });
  await page.goto(`/pools/${pool.id}`);
  await page.getByRole("button", { name: "Add node" }).click();
  const form = page.getByRole("dialog", { name: "Add a node to orders" });
  const [name, url, weight] = [
    form.getByRole("textbox", { name: "Name", exact: true }),
    form.getByRole("textbox", { name: "URL" }),
    form.getByRole("textbox", { name: "Weight", exact: true }),
  ];
  const save = () => form.getByRole("button", { name: "Add the node" }).click();
  await url.fill("http://user:secret@10.0.0.7");
  await weight.fill("1001");
  await save();
  await faultAt(name, /Must not be empty/);
  await faultAt(url, /Must not carry a user name or password/);
  await faultAt(weight, /Must be at most 1,?000/);
  await name.fill("A");
  await url.fill("http://127.0.0.1:10");
  await weight.fill("3");
  await save();
  await faultAt(name, /This name is taken/);
  expect(await pools()).toMatchObject([{ nodes: [{ name: "a" }] }]);
  await name.fill("b");
  await save();
  await expect(rowOf(page, "b")).toBeVisible();
  expect(await pools()).toMatchObject([{ nodes: [{ name: "a" }, { name: "b", weight: 3 }] }]);
});

test("what publishing would be warned of is told at the form while it is edited; what was saved is taken back with Undo", async ({
  page,
}) => {
  const pool = await makePool("a.test", { name: "orders", nodes: [NODE] });
  await page.goto(`/pools/${pool.id}`);
  await page.getByRole("button", { name: "Actions of a" }).click();
  await page.getByRole("menuitem", { name: "Edit…" }).click();
  const form = page.getByRole("dialog", { name: "Edit a" });
  const weight = form.getByRole("textbox", { name: "Weight", exact: true });
  const warning = form.locator('[data-early-warning="all-weights-zero"]');
  await expect(weight).toHaveValue("1");
  await expect(warning).toHaveCount(0);
  await weight.fill("0");
  await expect(warning).toBeVisible();
  await weight.fill("7");
  await expect(warning).toHaveCount(0);
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form).toBeHidden();
  expect(await pools()).toMatchObject([{ nodes: [{ name: "a", weight: 7 }] }]);
  await page.getByRole("button", { name: /^Undo: / }).click();
  await expect.poll(pools).toMatchObject([{ nodes: [{ name: "a", weight: 1 }] }]);
});

test("a pool that a route still leads to is not deleted, and the dialog says why", async ({ page }) => {
  const pool = await makePool("a.test", { name: "orders", nodes: [NODE] });
  await page.goto(`/pools/${pool.id}`);
  await page.getByRole("button", { name: "More actions of orders" }).click();
  await page.getByRole("menuitem", { name: "Delete the pool…" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete orders?" });
  await expect(dialog.getByRole("alert")).toContainText("Routes still lead here.");
  await dialog.getByLabel("Type orders to confirm").fill("orders");
  await dialog.getByRole("button", { name: "Delete orders" }).click();
  await expect(dialog).toContainText("Routes still lead to this pool.");
  expect(await pools()).toMatchObject([{ name: "orders", nodes: [{ name: "a" }] }]);
});

test("a route that would tie with another is refused with its reason, and is not saved", async ({ page }) => {
  await makePool("a.test", { name: "orders", nodes: [NODE] });
  await page.goto("/routes");
  await page.getByRole("button", { name: "New route" }).click();
  const form = page.getByRole("dialog", { name: "New route" });
  const save = () => form.getByRole("button", { name: "Create the route" }).click();
  await form.getByLabel("Host", { exact: true }).fill("a.test:8080");
  await form.getByLabel("Path prefix").fill("v1");
  await save();
  await faultAt(form.getByLabel("Host", { exact: true }), /Must be a host name/);
  await faultAt(form.getByLabel("Path prefix"), /Must start with \//);
  await form.getByLabel("Host", { exact: true }).fill("a.test");
  await form.getByLabel("Path prefix").fill("");
  await save();
  await expect(form).toContainText(/Another route matches/);
  expect(await routes()).toHaveLength(1);
});

test("the API names every bad field of a body, and saves nothing of it", async () => {
  const revision = await headRevision();
  const nodes = [{ name: "a", url: "10.0.0.7", weight: 2000 }];
  const refused = await call<Problem>("POST", "/pools", { name: "", algorithm: "fastest", nodes, surprise: 1 });
  expect(refused).toMatchObject({ status: 400, body: { code: "invalid-input" } });
  const paths = refused.body.faults?.map(({ path }) => path.join("."));
  expect(paths).toEqual(expect.arrayContaining(["name", "algorithm", "nodes.0.url", "nodes.0.weight"]));
  expect(await headRevision()).toBe(revision);
});
