import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { expect, test } from "vitest";
import { startTestDatabase } from "#tests/support/postgres.ts";
import { ownVariables, startSupervisor, type Variables } from "#tests/support/product.ts";
import { freePort } from "#workers/supervisor/ports.ts";
import { temporaryDir } from "./support.ts";

async function faultsOf(variables: Variables): Promise<string[]> {
  const { exit, output } = startSupervisor(variables);
  expect(await exit).toBe(1);
  const lines = output().trimEnd().split("\n");
  expect(lines[0]).toBe("[gemini-balance] Gemini Balance cannot start:");
  expect(fs.existsSync(path.join(variables.GB_DATA_DIR ?? "", "supervisor.json"))).toBe(false);
  return lines.slice(1).map((line) => line.trim());
}

async function takenPort() {
  const server = net.createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return { port: String((server.address() as net.AddressInfo).port), close: () => server.close() };
}

test("lists every bad variable, taken port and broken database together and leaves nothing running", async () => {
  const taken = await takenPort();
  const nobody = await freePort();
  const variables = await ownVariables(temporaryDir(), {
    GB_WEB_PORT: "eighty",
    GB_PROXY_PORT: taken.port,
    GB_ADMIN_PASSWORD: "short",
    GB_WEB_BIND: "everywhere",
    GB_PROXY_PROCESSES: "0",
    DATABASE_URL: `postgresql://gb@127.0.0.1:${nobody}/gb`,
  });
  const faults = await faultsOf(variables);
  expect(faults).toEqual([
    expect.stringMatching(/^GB_WEB_PORT: /),
    expect.stringMatching(/^GB_WEB_BIND: /),
    expect.stringMatching(/^GB_ADMIN_PASSWORD: /),
    expect.stringMatching(/^GB_PROXY_PROCESSES: /),
    `GB_PROXY_PORT: 127.0.0.1:${taken.port} is taken by another program`,
    expect.stringMatching(`^DATABASE_URL: gb@127.0.0.1:${nobody}/gb cannot be reached: .*ECONNREFUSED`),
  ]);
  expect(fs.existsSync(path.join(variables.GB_DATA_DIR as string, "pg"))).toBe(false);
  taken.close();
});

test("lists every taken port", async () => {
  const [web, proxy, admin] = await Promise.all([takenPort(), takenPort(), takenPort()]);
  const ports = { GB_WEB_PORT: web.port, GB_PROXY_PORT: proxy.port, GB_ADMIN_PORT: admin.port };
  const faults = await faultsOf(await ownVariables(temporaryDir(), ports));
  expect(faults).toEqual(
    Object.entries(ports).map(([name, port]) => `${name}: 127.0.0.1:${port} is taken by another program`),
  );
  for (const one of [web, proxy, admin]) one.close();
});

test("a database that refuses the password is a fault, and the password is not shown", async () => {
  const database = await startTestDatabase();
  const url = new URL(database.url);
  url.password = "not-the-password";
  const faults = await faultsOf(await ownVariables(temporaryDir(), { DATABASE_URL: url.href }));
  expect(faults).toEqual([
    expect.stringMatching(/^DATABASE_URL: postgres@.* refuses the connection: .*authentication/),
  ]);
  expect(faults.join()).not.toContain("not-the-password");
  await database.stop();
});

test("a malformed DATABASE_URL is a fault", async () => {
  const faults = await faultsOf(await ownVariables(temporaryDir(), { DATABASE_URL: "mysql://127.0.0.1/gb" }));
  expect(faults).toEqual([expect.stringMatching(/^DATABASE_URL: must be a URL with the scheme postgres/)]);
});

test("a data directory that is a file is a fault", async () => {
  const variables = await ownVariables(temporaryDir());
  const file = path.join(variables.GB_DATA_DIR as string, "file");
  fs.writeFileSync(file, "");
  const faults = await faultsOf({ ...variables, GB_DATA_DIR: file });
  expect(faults).toEqual([`GB_DATA_DIR: ${file} is not a directory`]);
});
