#!/usr/bin/env node
// `npx gb`: runs on Node.js 20.19, with built-in modules only, and goes on under Node.js 24, which runs the TypeScript of the
// command line as it is and is among the dependencies.
import { spawn } from "node:child_process";
import fs from "node:fs";
import module from "node:module";
import os from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const RUNTIME = 24;
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const main = path.join(root, "workers/cli/main.ts");

function fail(text) {
  process.stderr.write(`error: ${text}\n`);
  process.exit(1);
}

if (!fs.existsSync(path.join(root, "node_modules/yaml"))) fail(`what gb needs is not installed: run npm ci in ${root}`);
// Compiled code is kept: the next command starts in half the time.
const cache = path.join(root, "node_modules/.cache/node");
if (Number(process.versions.node.split(".")[0]) >= RUNTIME) {
  module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE ?? cache);
  await import(pathToFileURL(main).href);
} else {
  const node = path.join(root, `node_modules/node-${process.platform}-${process.arch}/bin/node`);
  if (!fs.existsSync(node))
    fail(`for ${process.platform} on ${process.arch}, please install Node.js ${RUNTIME} or newer yourself`);
  const env = { NODE_COMPILE_CACHE: cache, ...process.env };
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: "inherit", env });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.once("error", (error) => fail(error.message));
  child.once("exit", (code, signal) => process.exit(signal ? 128 + os.constants.signals[signal] : code));
}
