// `npm test`: everything that must hold, in the order in which a failure is cheapest to find. All steps run even after
// one failed. A tool that is missing is installed or is a failure; nothing is left out in silence.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { findChromium } from "#tests/support/chromium.ts";
import { signalGroup } from "#workers/supervisor/process-identity.ts";

type Counts = { passed: number; failed: number; skipped: number };
type Outcome = Counts & { name: string; tookMs: number };

const root = path.resolve(import.meta.dirname, "..");
const reports = fs.mkdtempSync(path.join(os.tmpdir(), "gb-test-reports-"));
/** A step that hangs is ended: the whole run is to stay below 15 minutes. */
const STEP_LIMIT_MS = 8 * 60_000;
const PASSED: Counts = { passed: 1, failed: 0, skipped: 0 };
const FAILED: Counts = { passed: 0, failed: 1, skipped: 0 };

let current: ChildProcess | undefined;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => abort(signal));
process.on("disconnect", () => abort("SIGTERM"));

function abort(signal: NodeJS.Signals): void {
  if (current?.pid) signalGroup(current.pid, signal);
  process.exitCode = 1;
  aborted = true;
}
let aborted = false;

/** Runs a program to its end and says whether it ended well. */
async function run(file: string, args: string[], env: Record<string, string> = {}): Promise<boolean> {
  if (aborted) return false;
  const child = spawn(file, args, {
    cwd: root,
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1", ...env },
    stdio: ["ignore", "inherit", "inherit"],
    detached: true,
  });
  current = child;
  const limit = setTimeout(() => {
    process.stderr.write(`${path.basename(file)} did not end within ${STEP_LIMIT_MS / 60_000} minutes\n`);
    if (child.pid) signalGroup(child.pid, "SIGKILL");
  }, STEP_LIMIT_MS);
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
const counted = (ok: boolean): Counts => (ok ? PASSED : FAILED);

async function types(): Promise<Counts> {
  return counted((await node("next/dist/bin/next", ["typegen"])) && (await node("typescript/bin/tsc", ["--noEmit"])));
}

async function vitest(project: string): Promise<Counts> {
  const file = path.join(reports, `${project}.json`);
  const reporting = ["--reporter=default", "--reporter=json", `--outputFile=${file}`];
  const ok = await node("vitest/vitest.mjs", ["run", "--project", project, ...reporting]);
  type Report = { numPassedTests: number; numFailedTests: number; numPendingTests: number; numTodoTests: number };
  return tally(ok, file, (report: Report) => ({
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  }));
}

async function playwright(): Promise<Counts> {
  const file = path.join(reports, "e2e.json");
  if (!(await ensureChromium())) return FAILED;
  const ok = await node("@playwright/test/cli.js", ["test", "--reporter=list,json"], {
    PLAYWRIGHT_JSON_OUTPUT_FILE: file,
  });
  type Report = { stats: { expected: number; unexpected: number; flaky: number; skipped: number } };
  return tally(ok, file, ({ stats }: Report) => ({
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky,
    skipped: stats.skipped,
  }));
}

/** Counts from a runner's report. A runner that failed otherwise than by a test (no report, a broken file) counts as one. */
function tally<Report>(ok: boolean, file: string, read: (report: Report) => Counts): Counts {
  if (!fs.existsSync(file)) return FAILED;
  const counts = read(JSON.parse(fs.readFileSync(file, "utf8")) as Report);
  return ok || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

/** On Debian, root installs what is missing; anybody else is told. */
async function ensureChromium(): Promise<boolean> {
  if (findChromium()) return true;
  const install = ["install", "-y", "--no-install-recommends", "chromium"];
  const isDebianRoot = process.getuid?.() === 0 && fs.existsSync("/usr/bin/apt-get");
  const quiet = { DEBIAN_FRONTEND: "noninteractive" };
  if (isDebianRoot && (await run("apt-get", ["update"], quiet))) await run("apt-get", install, quiet);
  if (findChromium()) return true;
  process.stderr.write(
    "The end-to-end tests need a browser: install chromium, or run `npx playwright install chromium`.\n",
  );
  return false;
}

const STEPS: [string, () => Promise<Counts>][] = [
  ["lint", async () => counted(await node("@biomejs/biome/bin/biome", ["check", "."]))],
  ["types", types],
  ...["core", "services", "proxy", "control", "supervisor"].map((name): [string, () => Promise<Counts>] => [
    name,
    () => vitest(name),
  ]),
  ["e2e", playwright],
];

const outcomes: Outcome[] = [];
for (const [name, step] of STEPS) {
  process.stdout.write(`\n=== ${name}\n`);
  const startedMs = performance.now();
  const counts = await step();
  outcomes.push({ name, ...counts, tookMs: performance.now() - startedMs });
}
fs.rmSync(reports, { recursive: true, force: true });

const sum = (key: keyof Counts) => outcomes.reduce((total, outcome) => total + outcome[key], 0);
const line = ({ passed, failed, skipped }: Counts) => `${passed} passed, ${failed} failed, ${skipped} skipped`;
process.stdout.write("\n");
for (const outcome of outcomes)
  process.stdout.write(
    `${outcome.name.padEnd(12)}${(outcome.tookMs / 1000).toFixed(1).padStart(6)} s   ${line(outcome)}\n`,
  );
process.stdout.write(`\n${line({ passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") })}\n`);
process.exit(sum("failed") > 0 || aborted ? 1 : 0);
