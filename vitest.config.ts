import { defineConfig } from "vitest/config";

// One project per kind of test, so that `npm test` can say which guarantee a failure belongs to.
const project = (name: string, settings: object = {}) => ({
  test: { name, include: [`tests/${name}/**/*.test.ts`], ...settings },
});

/** A real PostgreSQL for the project's run: tests/support/postgres.ts hands out databases of it. */
const globalSetup = "tests/support/postgres-server.ts";

export default defineConfig({
  test: {
    projects: [
      {
        // Properties run hundreds of times, and machines are shared: a slow one is no failure.
        test: { name: "core", include: ["tests/core/**/*.test.ts", "tests/architecture.test.ts"], testTimeout: 30_000 },
      },
      project("services", { globalSetup, testTimeout: 20_000, hookTimeout: 60_000 }),
      project("proxy", { testTimeout: 20_000, hookTimeout: 30_000 }),
      project("control", { globalSetup, testTimeout: 20_000, hookTimeout: 60_000 }),
      project("supervisor", { globalSetup, testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false }),
    ],
  },
});
