// The JSON Schema of the file, held against a validator that is not ours.
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { writeFile } from "#lib/core/config-file/write.ts";
import { writeText } from "#lib/services/config/config-text.ts";
import { anyConfig } from "#tests/support/any-config.ts";
import { fetchText, putYaml } from "./config-files.ts";
import { serveApi } from "./harness.ts";

serveApi();

const schema = async () => JSON.parse((await fetchText("/config/schema.json")).text);
const schemaValidator = async () => {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
  addFormats.default(ajv);
  return ajv.compile(await schema());
};

describe("the JSON Schema", () => {
  it("takes every export, whatever it holds", async () => {
    const validate = await schemaValidator();
    fc.assert(
      fc.property(anyConfig, (document) => {
        const file = parseYaml(writeText(writeFile(document, { ids: true }), "yaml", 1));
        if (!validate(file)) throw new Error(JSON.stringify(validate.errors));
      }),
      { numRuns: 100 },
    );
  });
  it("finds a misspelt setting, a wrong type and a value out of range", async () => {
    const validate = await schemaValidator();
    const pool = { name: "a", algorithm: "peak-ewma" };
    expect(validate({ pools: [pool] })).toBe(true);
    for (const wrong of [
      { algoritm: "x" },
      { maxQueue: "5" },
      { maxQueue: -1 },
      { algorithm: "x" },
      { breaker: { x: 1 } },
    ])
      expect(validate({ pools: [{ ...pool, ...wrong }] }), JSON.stringify(wrong)).toBe(false);
  });
  it("says something of every setting", async () => {
    const silent: string[] = [];
    const walk = (node: { properties?: object; anyOf?: object[]; oneOf?: object[] }, path: string): void => {
      for (const option of [...(node.anyOf ?? []), ...(node.oneOf ?? [])]) walk(option, path);
      for (const [key, child] of Object.entries(node.properties ?? {})) {
        if (child.description === undefined && !child.properties) silent.push(`${path}${key}`);
        walk(child, `${path}${key}.`);
      }
    };
    const { properties } = await schema();
    walk(properties.proxy, "proxy.");
    walk(properties.pools.items, "pool.");
    walk(properties.routes.items, "route.");
    expect(silent).toEqual([]);
  });
});

describe("the examples in docs/as-code.md", () => {
  it("are valid, for the schema and for the server", async () => {
    const text = readFileSync(new URL("../../docs/as-code.md", import.meta.url), "utf8");
    const files = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, file]) => file as string);
    const [first, ...others] = files.filter((file) => /^pools:/m.test(file));
    expect(others).toEqual([]);
    const validate = await schemaValidator();
    expect(validate(parseYaml(first as string)), JSON.stringify(validate.errors)).toBe(true);
    const answer = await putYaml(first as string, "?dryRun=true");
    expect([answer.status, answer.body.changes.length]).toEqual([200, 7]);
  });
});
