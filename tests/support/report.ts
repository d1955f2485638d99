// What the reports of the two test runners say: how many tests passed, and what failed and why, so that whoever sees
// only the end of a long run sees that, too.
import fs from "node:fs";
import path from "node:path";

export type Counts = { passed: number; failed: number; skipped: number };
export type Tally = Counts & { failures: string[] };

/** What failed as a whole, without a test to name. */
export const FAILED: Tally = { passed: 0, failed: 1, skipped: 0, failures: [] };
/** Lines of a failure's message that are repeated at the end. Where it was is among the first ones. */
const MESSAGE_LINES = 12;

type VitestReport = {
  numPassedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  numFailedTests: number;
  testResults: {
    name: string;
    message: string;
    status: string;
    assertionResults: { status: string; fullName: string; failureMessages?: string[] }[];
  }[];
};
type PlaywrightSuite = { title: string; suites?: PlaywrightSuite[]; specs?: PlaywrightSpec[] };
type PlaywrightSpec = {
  title: string;
  file: string;
  ok: boolean;
  tests: { results: { status: string; error?: { message?: string } }[] }[];
};
type PlaywrightReport = {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number };
  suites: PlaywrightSuite[];
};

/** Counts and failures of a run of vitest from its JSON report; `ok` is whether the runner ended well. */
export const vitestTally = (ok: boolean, file: string): Tally => tally(ok, file, readVitest);

/** Counts and failures of a run of Playwright from its JSON report; `ok` is whether the runner ended well. */
export const playwrightTally = (ok: boolean, file: string): Tally => tally(ok, file, readPlaywright);

/** A runner that failed otherwise than by a test (no report, a broken file) counts as one failure. */
function tally<Report>(ok: boolean, file: string, read: (report: Report) => Tally): Tally {
  if (!fs.existsSync(file)) return FAILED;
  const counts = read(JSON.parse(fs.readFileSync(file, "utf8")) as Report);
  return ok || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

function readVitest(report: VitestReport): Tally {
  const failures = report.testResults.flatMap(({ name, message, status, assertionResults }) => {
    const failed = assertionResults.filter((each) => each.status === "failed");
    if (failed.length === 0 && status === "failed") return [failure(name, "the file itself", message)];
    return failed.map((each) => failure(name, each.fullName, each.failureMessages?.join("\n") ?? ""));
  });
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
    failures,
  };
}

function readPlaywright({ stats, suites }: PlaywrightReport): Tally {
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky,
    skipped: stats.skipped,
    failures: suites.flatMap(failedSpecs),
  };
}

function failedSpecs({ suites = [], specs = [] }: PlaywrightSuite): string[] {
  const own = specs
    .filter(({ ok }) => !ok)
    .map(({ file, title, tests }) => {
      const message = tests.flatMap(({ results }) => results).find(({ error }) => error)?.error?.message;
      return failure(file, title, message ?? "it did not begin, or did not end in time");
    });
  return [...own, ...suites.flatMap(failedSpecs)];
}

/** The frames of the runner itself tell nothing. */
const isOurs = (line: string) => !/^\s+at .*(node_modules|node:internal|new Promise)/.test(line);

function failure(file: string, title: string, message: string): string {
  const said = message.split("\n").filter(isOurs).slice(0, MESSAGE_LINES);
  return [`${path.relative(process.cwd(), path.resolve("tests/e2e", file))}: ${title}`, ...said].join("\n    ");
}
