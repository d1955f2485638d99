import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { ensureBuilt, isBuilt, sourceHash } from "#workers/supervisor/build.ts";
import { temporaryDir } from "./support.ts";

function checkout(): string {
  const root = temporaryDir();
  fs.mkdirSync(path.join(root, "app"));
  fs.writeFileSync(path.join(root, "app/page.tsx"), "one");
  fs.writeFileSync(path.join(root, "package-lock.json"), "{}");
  return root;
}

test("a copy with other times and another place needs no new build", () => {
  const [one, other] = [checkout(), checkout()];
  fs.utimesSync(path.join(other, "app/page.tsx"), 1, 1);
  expect(sourceHash(other)).toBe(sourceHash(one));
});

test.each([
  ["a changed file", (root: string) => fs.writeFileSync(path.join(root, "app/page.tsx"), "two")],
  ["a new file", (root: string) => fs.writeFileSync(path.join(root, "app/layout.tsx"), "")],
  ["a renamed file", (root: string) => fs.renameSync(path.join(root, "app/page.tsx"), path.join(root, "app/home.tsx"))],
  ["other dependencies", (root: string) => fs.writeFileSync(path.join(root, "package-lock.json"), "{ }")],
])("%s needs a new build", (_what, change) => {
  const root = checkout();
  const before = sourceHash(root);
  change(root);
  expect(sourceHash(root)).not.toBe(before);
});

test("what the web interface is not made of needs none", () => {
  const root = checkout();
  const before = sourceHash(root);
  fs.mkdirSync(path.join(root, "workers"));
  fs.writeFileSync(path.join(root, "workers/main.ts"), "");
  expect(sourceHash(root)).toBe(before);
});

/** A checkout whose builder is this program. */
function checkoutBuiltBy(program: string): string {
  const root = checkout();
  const bin = path.join(root, "node_modules/next/dist/bin");
  fs.mkdirSync(bin, { recursive: true });
  fs.writeFileSync(path.join(bin, "next"), program);
  return root;
}
const build = (root: string) => ensureBuilt(root, process.env, new AbortController().signal);

test("a build that fails says what the builder said, and is tried again at the next start", async () => {
  const root = checkoutBuiltBy('console.error("app/page.tsx: no such module"); process.exit(3)');
  await expect(build(root)).rejects.toThrow(/ended with 3\):\napp\/page\.tsx: no such module$/);
  expect(isBuilt(root)).toBe(false);
});

test("a build that goes well is quiet, and is not repeated", async () => {
  const root = checkoutBuiltBy('require("node:fs").appendFileSync("builds", "1"); console.log("much")');
  await build(root);
  await build(root);
  expect(fs.readFileSync(path.join(root, "builds"), "utf8")).toBe("1");
});
