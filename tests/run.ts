// `npm test`: everything that must hold, in the order in which a failure is cheapest to find. All steps run even after
// one failed. A tool that is missing is installed or is a failure; nothing is left out in silence.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { type Counts, FAILED, playwrightTally, type Tally, vitestTally } from "#tests/support/report.ts";
import { findTool, installHint, packageOf, type Step, type ToolName, toolsOf } from "#tests/support/tools.ts";
import { ensureBuilt } from "#workers/supervisor/build.ts";
import { signalGroup } from "#workers/supervisor/process-identity.ts";

type Outcome = Tally & { name: string; tookMs: number };

const root = path.resolve(import.meta.dirname, "..");
const reports = fs.mkdtempSync(path.join(os.tmpdir(), "gb-test-reports-"));
/** A step that hangs is ended. On two idle cores the longest takes a quarter of an hour; this is for machines with company. */
const STEP_LIMIT_MS = 30 * 60_000;
/** Whoever waits for the run loses patience after an hour: what is left by then is told as failed before. */
const RUN_LIMIT_MS = 54 * 60_000;
const PASSED: Tally = { passed: 1, failed: 0, skipped: 0, failures: [] };

let current: ChildProcess | undefined;
let abortBuild: (() => void) | undefined;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => abort(signal));
process.on("disconnect", () => abort("SIGTERM"));

function abort(signal: NodeJS.Signals): void {
  if (current?.pid) signalGroup(current.pid, signal);
  abortBuild?.();
  process.exitCode = 1;
  aborted = true;
}
let aborted = false;

const stepLimitMs = () => Math.max(0, Math.min(STEP_LIMIT_MS, RUN_LIMIT_MS - performance.now()));

/** Runs a program to its end and says whether it ended well. */
async function run(file: string, args: string[], env: Record<string, string> = {}): Promise<boolean> {
  if (aborted) return false;
  const limitMs = stepLimitMs();
  const child = spawn(file, args, {
    cwd: root,
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1", ...env },
    stdio: ["ignore", "inherit", "inherit"],
    detached: true,
  });
  current = child;
  const limit = setTimeout(() => {
    process.stderr.write(`${path.basename(file)} did not end within ${(limitMs / 60_000).toFixed(1)} minutes\n`);
    if (child.pid) signalGroup(child.pid, "SIGKILL");
  }, limitMs);
  try {
    const [code] = await once(child, "exit");
    return code === 0;
  } catch (error) {
    process.stderr.write(`${file}: ${(error as Error).message}\n`);
    return false;
  } finally {
    clearTimeout(limit);
    current = undefined;
  }
}

const node = (script: string, args: string[], env?: Record<string, string>) =>
  run(process.execPath, [path.join(root, "node_modules", script), ...args], env);
const counted = (ok: boolean): Tally => (ok ? PASSED : FAILED);

async function types(): Promise<Tally> {
  return counted((await node("next/dist/bin/next", ["typegen"])) && (await node("typescript/bin/tsc", ["--noEmit"])));
}

/** Once and by itself: the tests that start the product are not to wait for it, each with its own patience. */
async function build(): Promise<Tally> {
  if (aborted) return FAILED;
  const stopping = new AbortController();
  const limit = setTimeout(() => stopping.abort(new Error("The build did not end in time")), stepLimitMs());
  abortBuild = () => stopping.abort(new Error("stopped"));
  try {
    await ensureBuilt(root, { ...process.env, NEXT_TELEMETRY_DISABLED: "1" }, stopping.signal);
    return PASSED;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return FAILED;
  } finally {
    clearTimeout(limit);
    abortBuild = undefined;
  }
}

async function vitest(project: Step): Promise<Tally> {
  const file = path.join(reports, `${project}.json`);
  const reporting = ["--reporter=default", "--reporter=json", `--outputFile=${file}`];
  return vitestTally(await node("vitest/vitest.mjs", ["run", "--project", project, ...reporting]), file);
}

async function playwright(): Promise<Tally> {
  const file = path.join(reports, "e2e.json");
  const env = { PLAYWRIGHT_JSON_OUTPUT_FILE: file };
  return playwrightTally(await node("@playwright/test/cli.js", ["test", "--reporter=list,json"], env), file);
}

/** Installs what a step needs and is missing, where we may. Returns what is still missing, each of which is a failure. */
async function equip(step: Step): Promise<ToolName[]> {
  const missing = () => toolsOf(step).filter((name) => findTool(name) === undefined);
  const isDebianRoot = process.getuid?.() === 0 && fs.existsSync("/usr/bin/apt-get");
  if (isDebianRoot && missing().length > 0) {
    const quiet = { DEBIAN_FRONTEND: "noninteractive" };
    const patient = ["-o", "DPkg::Lock::Timeout=300"];
    await run("apt-get", [...patient, "update"], quiet);
    await run("apt-get", [...patient, "install", "-y", "--no-install-recommends", ...missing().map(packageOf)], quiet);
  }
  for (const name of missing()) process.stderr.write(`The ${step} tests need ${installHint(name)}\n`);
  return missing();
}

/** Runs the tests of a step; each tool that is missing counts as a failure of its own beside the tests that miss it. */
async function tests(step: Step, start: (step: Step) => Promise<Tally>): Promise<Tally> {
  const missing = await equip(step);
  const counts = await start(step);
  return { ...counts, failed: counts.failed + missing.length };
}

const STEPS: [string, () => Promise<Tally>][] = [
  ["lint", async () => counted(await node("@biomejs/biome/bin/biome", ["check", "."]))],
  ["types", types],
  ["build", build],
  ...(["core", "services", "proxy", "control", "supervisor"] as const).map((step): [string, () => Promise<Tally>] => [
    step,
    () => tests(step, vitest),
  ]),
  ["e2e", () => tests("e2e", playwright)],
];

/** `npm test -- core e2e` runs these only. */
const chosen = process.argv.slice(2);
const unknown = chosen.filter((wanted) => !STEPS.some(([name]) => name === wanted));
if (unknown.length > 0) {
  process.stderr.write(`No such step: ${unknown.join(", ")}. Steps: ${STEPS.map(([name]) => name).join(", ")}\n`);
  process.exit(1);
}

const outcomes: Outcome[] = [];
for (const [name, step] of STEPS) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  process.stdout.write(`\n=== ${name}\n`);
  const startedMs = performance.now();
  const counts = await step();
  outcomes.push({ name, ...counts, tookMs: performance.now() - startedMs });
}
fs.rmSync(reports, { recursive: true, force: true });

const sum = (key: keyof Counts) => outcomes.reduce((total, outcome) => total + outcome[key], 0);
const line = ({ passed, failed, skipped }: Counts) => `${passed} passed, ${failed} failed, ${skipped} skipped`;
for (const { name, failures } of outcomes)
  for (const failure of failures) process.stdout.write(`\nFAILED in ${name}: ${failure}\n`);
process.stdout.write("\n");
for (const outcome of outcomes)
  process.stdout.write(
    `${outcome.name.padEnd(12)}${(outcome.tookMs / 1000).toFixed(1).padStart(6)} s   ${line(outcome)}\n`,
  );
process.stdout.write(`\n${line({ passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") })}\n`);
process.exit(sum("failed") > 0 || aborted ? 1 : 0);
