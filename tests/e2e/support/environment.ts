/** What tests/e2e/global-setup.ts says about the product under test. */
export function fromSetup(
  name: "WEB_URL" | "PROXY_URL" | "ADMIN_URL" | "EMAIL" | "PASSWORD" | "TOKEN" | "DATA_DIR",
): string {
  const value = process.env[`GB_E2E_${name}`];
  if (!value) throw new Error(`GB_E2E_${name} is not set: tests/e2e/global-setup.ts has not run`);
  return value;
}
