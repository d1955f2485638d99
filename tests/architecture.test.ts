// The shape of the house, held by a scan of every source file: imports run one way, decisions are pure, files stay small.
import { describe, expect, test } from "vitest";
import { importFaults, isClientModule, lineCount, purityFaults } from "#tests/architecture/rules.ts";
import { importsOf, readSources, resolveImport } from "#tests/architecture/source.ts";
import { toolsOf } from "#tests/support/tools.ts";

const MAX_LINES = 300;
const PRODUCT = readSources(["lib", "app", "components", "workers"]);
const ALL = [...PRODUCT, ...readSources(["tests", "prisma"])];

describe("the source", () => {
  test("imports run one way only", () => {
    expect(PRODUCT.flatMap(importFaults)).toEqual([]);
  });
  test("lib/core reads no clock and no random source, starts no timer and does no I/O", () => {
    expect(PRODUCT.filter((file) => file.path.startsWith("lib/core/")).flatMap(purityFaults)).toEqual([]);
  });
  test("a page renders on the server: no page.tsx is a client module", () => {
    const pages = PRODUCT.filter((file) => /^app\/(.*\/)?page\.tsx$/.test(file.path));
    expect(pages.filter((file) => isClientModule(file.text)).map((file) => file.path)).toEqual([]);
  });
  test("links are those that fetch nothing before they are pressed: next/link is imported by components/data/link.tsx alone", () => {
    const files = PRODUCT.filter((file) => importsOf(file.text).includes("next/link")).map(({ path }) => path);
    expect(files).toEqual(["components/data/link.tsx"]);
  });
  test(`no file has more than ${MAX_LINES} lines`, () => {
    const long = ALL.filter((file) => lineCount(file.text) > MAX_LINES);
    expect(long.map((file) => `${file.path}: ${lineCount(file.text)} lines`)).toEqual([]);
  });
  test("every tool that a test asks for is known to the step that runs the test", () => {
    const asked = ALL.flatMap(({ path, text }) =>
      [...text.matchAll(/requireTool\("([\w-]+)"\)/g)].map(([, name]) => ({
        path,
        name,
        step: path.split("/")[1] ?? "",
      })),
    );
    const unknown = asked.filter(({ name, step }) => !(toolsOf(step) as string[]).includes(name ?? ""));
    expect(unknown.map(({ path, name }) => `${path}: ${name}`)).toEqual([]);
  });
  test("our own parts are never mocked in tests", () => {
    const mocking = ALL.filter((file) =>
      /\bvi\s*\.\s*(do)?[mM]ock\s*\(\s*["'`(]*(import\()?["'`]?[#.]/.test(file.text),
    );
    expect(mocking.map((file) => file.path)).toEqual([]);
  });
});

// The scan is held to account as well: a rule that finds nothing anywhere would pass for ever.
describe("the scan", () => {
  test("finds every form of import, and none in comments or strings", () => {
    const text = [
      'import a, { type B as C } from "a";',
      "import * as d from 'd'",
      'import type { E } from "./e.ts";',
      'import {\n  f,\n  g,\n} from "f/g";',
      'import "side";',
      'export * from "#lib/h.ts";',
      'export type { I } from "@s/i/j";',
      'const k = await import("k"); type L = import("l").L; const m = require("m");',
      '// import x from "x1"',
      '/* import x from "x2" */',
      'const s = \'import y from "x3"\'; const url = "http://x4"; export const from = "x5";',
      'const quote = /["`\'/]/; export default quote; // "',
      'import n from "n";',
    ].join("\n");
    expect(importsOf(text)).toEqual([
      ...["a", "d", "./e.ts", "f/g", "side", "#lib/h.ts", "@s/i/j", "k", "l", "m", "n"],
    ]);
  });
  test("resolves aliases, relative paths and packages", () => {
    expect(
      ["#lib/a.ts", "../b.ts", "node:fs", "next/link", "@mantine/core/styles.css"].map((s) =>
        resolveImport(s, "workers/proxy/x.ts"),
      ),
    ).toEqual([
      { path: "lib/a.ts" },
      { path: "workers/b.ts" },
      { package: "node:fs" },
      { package: "next" },
      { package: "@mantine/core" },
    ]);
  });
  test.each([
    ["lib/contracts/a.ts", "#lib/core/counts.ts"],
    ["lib/contracts/a.ts", "node:crypto"],
    ["lib/core/a.ts", "#lib/store/db.ts"],
    ["lib/core/config/a.ts", "../../store/db.ts"],
    ["lib/core/a.ts", "node:fs"],
    ["lib/core/a.ts", "pg"],
    ["lib/store/a.ts", "#lib/services/access.ts"],
    ["lib/store/a.ts", "next"],
    ["lib/services/a.ts", "#lib/server/session.ts"],
    ["lib/services/a.ts", "react"],
    ["lib/client/a.ts", "#lib/store/db.ts"],
    ["lib/client/a.ts", "node:path"],
    ["lib/server/a.ts", "#components/x.tsx"],
    ["lib/new/a.ts", "#app/page.tsx"],
    ["components/a.tsx", "#workers/main.ts"],
    ["components/a.tsx", "#lib/services/access.ts"],
    ["app/page.tsx", "../workers/main.ts"],
    ["app/page.tsx", "@/lib/a.ts"],
    ["workers/a.ts", "#lib/services/access.ts"],
    ["workers/a.ts", "#lib/client/api.ts"],
    ["workers/a.ts", "@mantine/core"],
    ["workers/a.ts", "next-intl/server"],
  ])("forbids %s to import %s", (path, specifier) => {
    expect(importFaults({ path, text: `import x from "${specifier}";` })).toHaveLength(1);
  });
  test.each([
    ["lib/core/config/a.ts", "../routing/match.ts"],
    ["lib/store/a.ts", "#lib/core/histogram.ts"],
    ["lib/store/a.ts", "pg"],
    ["lib/services/a.ts", "#lib/store/db.ts"],
    ["lib/server/a.ts", "next/headers"],
    ["components/a.tsx", "#lib/core/status.ts"],
    ["app/page.tsx", "#lib/services/pools/read-pools.ts"],
    ["workers/a.ts", "node:net"],
  ])("allows %s to import %s", (path, specifier) => {
    expect(importFaults({ path, text: `import x from "${specifier}";` })).toEqual([]);
  });
  test.each([
    "const t = Date.now();",
    "const t = new Date();",
    "const t = new Date().getTime();",
    "const t = Date();",
    "const t = performance.now();",
    "const r = Math.random();",
    "const r = crypto.randomUUID();",
    "setTimeout(f, 1);",
    "setInterval (f, 1);",
    "const e = process.env.X;",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the scanned code is a template
    "const s = `${Date.now()}`;",
  ])("finds the impurity in %s", (text) => {
    expect(purityFaults({ path: "lib/core/a.ts", text })).toHaveLength(1);
  });
  test.each([
    "// callers read Date.now() and Math.random()",
    "/** process.env */ const process1 = 1;",
    'throw new Error("use Date.now()");',
    "const text = new Date(atMs).toISOString();",
    "const ratio = total / count; // setTimeout(",
  ])("finds no impurity in %s", (text) => {
    expect(purityFaults({ path: "lib/core/a.ts", text })).toEqual([]);
  });
  test("knows a client module by its directive alone", () => {
    expect(
      ['"use client";\n', '// why\n\n/* more */\n"use client"', 'const a = "use client";'].map(isClientModule),
    ).toEqual([true, true, false]);
  });
});
