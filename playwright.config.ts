// End-to-end tests: a real Chromium against the real product, which tests/e2e/global-setup.ts starts once for all of them.
import { defineConfig } from "@playwright/test";
import { findChromium } from "#tests/support/chromium.ts";

export default defineConfig({
  testDir: "tests/e2e",
  testMatch: "**/*.spec.ts",
  // Takes minutes and writes into docs/: only `npm run screenshots` does it.
  testIgnore: process.env.GB_SCREENSHOTS ? [] : "**/screenshots.spec.ts",
  globalSetup: "./tests/e2e/global-setup.ts",
  // One product and one configuration: specs that ran side by side would see each other's pools.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  // Patience for a busy machine: what must be quick is measured where it is promised.
  timeout: 180_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  reporter: "list",
  use: {
    // Set by global-setup.ts, before the worker that runs the specs reads this file again.
    baseURL: process.env.GB_E2E_WEB_URL,
    // A trace takes a picture of the page at every step, which costs more than the steps do: `--trace on` for the one that fails.
    trace: "off",
    launchOptions: {
      executablePath: findChromium(),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
      ],
    },
  },
});
