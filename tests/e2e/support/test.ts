// The tests' own `test`: a page that is signed in, nodes and load that end with the test, an empty configuration before.
import { test as base, expect, type Locator, type Page } from "@playwright/test";
import { clearConfiguration } from "./api.ts";
import { type Backend, startBackend } from "./backend.ts";
import { fromSetup } from "./environment.ts";
import { startLoad } from "./traffic.ts";

type Fixtures = {
  emptyConfiguration: undefined;
  /** What the pages of this test wrote to their consoles as errors, and what they threw. */
  pageErrors: string[];
  backend: (name: string, delayMs?: number) => Promise<Backend>;
  load: (host: string, perSecond: number) => ReturnType<typeof startLoad>;
};
type StorageState = Awaited<ReturnType<ReturnType<Page["context"]>["storageState"]>>;

export async function signIn(page: Page, password = fromSetup("PASSWORD")): Promise<void> {
  await page.getByLabel("E-mail").fill(fromSetup("EMAIL"));
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

export const test = base.extend<Fixtures, { session: StorageState }>({
  session: [
    async ({ browser }, use) => {
      const page = await browser.newPage({ baseURL: fromSetup("WEB_URL"), locale: "en-US" });
      await page.goto("/sign-in");
      await signIn(page);
      await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
      const state = await page.context().storageState();
      await page.close();
      await use(state);
    },
    { scope: "worker" },
  ],
  storageState: ({ session }, use) => use(session),
  emptyConfiguration: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of wanted fixtures from this pattern
    async ({}, use) => {
      await clearConfiguration();
      await use(undefined);
    },
    { auto: true },
  ],
  pageErrors: [
    async ({ context }, use) => {
      const errors: string[] = [];
      context.on("console", (message) => message.type() === "error" && errors.push(message.text()));
      context.on("weberror", (error) => errors.push(error.error().message));
      await use(errors);
    },
    { auto: true },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: as above
  backend: async ({}, use) => {
    const started: Backend[] = [];
    await use(async (name, delayMs) => {
      const backend = await startBackend(name, delayMs);
      started.push(backend);
      return backend;
    });
    await Promise.all(started.map((backend) => backend.kill()));
  },
  // biome-ignore lint/correctness/noEmptyPattern: as above
  load: async ({}, use) => {
    const started: ReturnType<typeof startLoad>[] = [];
    await use((host, perSecond) => {
      const load = startLoad(host, perSecond);
      started.push(load);
      return load;
    });
    await Promise.all(started.map((load) => load.stop()));
  },
});
export { expect };

/** Row of a table that is about the node, pool or other thing with this name. */
export const rowOf = (page: Page, name: string) =>
  page.getByRole("row").filter({ has: page.getByRole("link", { name, exact: true }) });

/** Gives something the focus that the server drew: it takes it once its code is there. */
export const focusOn = (control: Locator) =>
  expect(async () => {
    await control.focus();
    await expect(control).toBeFocused({ timeout: 500 });
  }).toPass();
