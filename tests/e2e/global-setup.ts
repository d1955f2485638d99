// Starts the whole product once for the end-to-end tests: embedded PostgreSQL and all data in a temporary folder, free
// ports, two proxy processes. Specs find it through these variables:
//   GB_E2E_WEB_URL     dashboard and REST API (also Playwright's baseURL)     GB_E2E_EMAIL, GB_E2E_PASSWORD  the admin
//   GB_E2E_PROXY_URL   the proxy                                              GB_E2E_TOKEN                   API token
//   GB_E2E_ADMIN_URL   /metrics, /livez, /readyz of control                   GB_E2E_DATA_DIR                its data
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { ownVariables, startSupervisor, untilReady } from "#tests/support/product.ts";

/** The first start builds the web interface, unless `npm test` has done so before. */
const READY_WITHIN_MS = 600_000;

export default async function setup() {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), "gb-e2e-"));
  const access = {
    GB_ADMIN_EMAIL: "admin@example.org",
    GB_ADMIN_PASSWORD: randomBytes(12).toString("hex"),
    GB_API_TOKEN: `gb_${randomBytes(24).toString("hex")}`,
  };
  const variables = await ownVariables(dataDir, { ...access, GB_ZONE: "e2e-1", GB_NOTIFY_ALLOW: "127.0.0.0/8" });
  const product = startSupervisor(variables);
  const stop = async () => {
    product.child.kill("SIGTERM");
    await product.exit;
    fs.rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    await untilReady(product, READY_WITHIN_MS);
  } catch (error) {
    await stop();
    throw error;
  }
  Object.assign(process.env, {
    GB_E2E_WEB_URL: `http://127.0.0.1:${variables.GB_WEB_PORT}`,
    GB_E2E_PROXY_URL: `http://127.0.0.1:${variables.GB_PROXY_PORT}`,
    GB_E2E_ADMIN_URL: `http://127.0.0.1:${variables.GB_ADMIN_PORT}`,
    GB_E2E_EMAIL: access.GB_ADMIN_EMAIL,
    GB_E2E_PASSWORD: access.GB_ADMIN_PASSWORD,
    GB_E2E_TOKEN: access.GB_API_TOKEN,
    GB_E2E_DATA_DIR: dataDir,
  });
  return stop;
}
