import fs from "node:fs";
import path from "node:path";
import { parseEnv } from "node:util";
import { expect, test } from "vitest";
import { Environment, readEnvironment } from "#lib/contracts/env.ts";

const text = fs.readFileSync(path.resolve(import.meta.dirname, "../../.env.example"), "utf8");
const shown = parseEnv(text.replaceAll(/^#(?=[A-Z])/gm, ""));

test(".env.example shows every variable there is and no other", () => {
  expect(Object.keys(shown).sort()).toEqual(Object.keys(Environment.shape).sort());
});

test("what .env.example shows is usable, and shows the defaults where there are any", () => {
  const defaults = readEnvironment({});
  const example = readEnvironment(shown as Record<string, string>);
  for (const [name, value] of Object.entries(defaults)) expect([name, example[name as never]]).toEqual([name, value]);
});
